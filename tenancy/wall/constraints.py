"""The database's side of the wall, as constraints that migrations create, change and remove like any other."""

from typing import Any

from django.db.backends.ddl_references import Statement
from django.db.models import BaseConstraint, Model, UniqueConstraint

# In this form it is an index condition, and an unset variable is an error instead of zero rows.
POLICY = "organisation_id = (SELECT current_setting('app.organisation_id'))::bigint"
# An owner without BYPASSRLS could not even add a key to the table; see `tenancy.wall.passes`.
OWNER_PASSES = (
    "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = current_user AND NOT rolbypassrls AND NOT rolsuper) "
    "THEN CREATE POLICY wall_owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true); END IF; END $$"
)
FORGET_PASSES = "DROP POLICY IF EXISTS wall_owner ON {table}; DROP POLICY IF EXISTS wall_engine ON {table}"


class _SqlConstraint(BaseConstraint):
    """A constraint made of our own SQL, added after the table stands."""

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        self.create_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """Wait for the migration's end: a key's target may get its unique constraint later in the same one."""
        sql = self._create(model, schema_editor.quote_name)
        schema_editor.deferred_sql.append(Statement(sql, table=model._meta.db_table))

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return Statement(self._remove(model, schema_editor.quote_name), table=model._meta.db_table)

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database is the judge."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SqlConstraint) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((type(self), self.name))

    def _create(self, model: type[Model], quote: Any) -> str:
        raise NotImplementedError

    def _remove(self, model: type[Model], quote: Any) -> str:
        raise NotImplementedError


class Walled(_SqlConstraint):
    """Row-level security: the rows of other organisations don't exist, not even for the table's owner."""

    def _create(self, model: type[Model], quote: Any) -> str:
        table = quote(model._meta.db_table)
        return (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; "
            f"CREATE POLICY wall ON {table} USING ({POLICY}) WITH CHECK ({POLICY}); {OWNER_PASSES.format(table=table)}"
        )

    def _remove(self, model: type[Model], quote: Any) -> str:
        table = quote(model._meta.db_table)
        return (
            f"DROP POLICY wall ON {table}; {FORGET_PASSES.format(table=table)}; "
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"
        )


class OrganisationWalled(Walled):
    """The organisation's own row: everyone may read which there are, only the bound one may be changed."""

    def _create(self, model: type[Model], quote: Any) -> str:
        table = quote(model._meta.db_table)
        own = POLICY.replace("organisation_id", "id", 1)
        return (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; "
            f"CREATE POLICY wall_read ON {table} FOR SELECT USING (true); "
            f"CREATE POLICY wall ON {table} FOR UPDATE USING ({own}) WITH CHECK ({own}); "
            f"{OWNER_PASSES.format(table=table)}"
        )

    def _remove(self, model: type[Model], quote: Any) -> str:
        return f"DROP POLICY wall_read ON {quote(model._meta.db_table)}; {super()._remove(model, quote)}"


class CompositeKey(_SqlConstraint):
    """A foreign key on (organisation, id): a plain one would let a row hang on another organisation's record.

    PostgreSQL checks referential integrity behind row-level security's back, so the organisation must be part
    of the key itself.
    """

    def __init__(self, *, column: str, table: str, name: str) -> None:
        self.column = column
        self.table = table
        super().__init__(name=name)

    def _create(self, model: type[Model], quote: Any) -> str:
        return (
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)} "
            f"FOREIGN KEY (organisation_id, {quote(self.column)}) "
            f"REFERENCES {quote(self.table)} (organisation_id, id)"
        )

    def _remove(self, model: type[Model], quote: Any) -> str:
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "column": self.column, "table": self.table}


def walled(table: str, **keys: str) -> list[BaseConstraint]:
    """Return what every tenant table needs.

    ``table`` is its own name; each keyword is a foreign key to another tenant table: field name to table name.
    """
    return [
        Walled(name=f"{table}_wall"),
        UniqueConstraint(fields=["organisation", "id"], name=f"{table}_in_organisation"),
        *(
            CompositeKey(column=f"{field}_id", table=target, name=f"{table}_{field}_key")
            for field, target in keys.items()
        ),
    ]


def public(table: str) -> list[BaseConstraint]:
    """Return what a `PublicModel`'s table needs besides: no two rows of an organisation have one public id."""
    return [UniqueConstraint(fields=["organisation", "public_id"], name=f"{table}_public_id")]
