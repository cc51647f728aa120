"""What in a migration's SQL holds a table for long, or breaks the release that still runs."""

import re
from collections.abc import Iterator

from django.core.management import call_command
from django_migration_linter.sql_analyser import analyse_sql_statements
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

# Rebuilds every row of a table while nobody can read it; the linter does not know these.
VOLATILE = re.compile(
    r"ADD COLUMN .* DEFAULT \(?(gen_random_uuid|clock_timestamp|random|nextval|uuidv7)", re.IGNORECASE
)
# Reads a whole table, or two, while nobody can write them: wants NOT VALID first and VALIDATE later.
PROVED = re.compile(r'ALTER TABLE "?(\w+)"? ADD CONSTRAINT \S+ (FOREIGN KEY|CHECK)(?!.*NOT VALID)')


def complaints(statements: list[str]) -> set[str]:
    """The codes of what is wrong with a migration."""
    _errors, ignored, warnings = analyse_sql_statements(PostgresqlAnalyser, statements)
    return {issue.code for issue in [*_errors, *ignored, *warnings]} | set(_ours(statements))


def _ours(statements: list[str]) -> Iterator[str]:
    made = {name for statement in statements for name in re.findall(r'^CREATE TABLE "(\w+)"', statement)}
    for statement in statements:
        if VOLATILE.search(statement):
            yield "VOLATILE_DEFAULT"
        if (proved := PROVED.search(statement)) and proved[1] not in made:
            yield "PROVED_AT_ONCE"


def statements_of(app: str, name: str) -> list[str]:
    """The migration as SQL, one statement each."""
    told = str(call_command("sqlmigrate", app, name, stdout=_Nowhere()))
    return [line for line in told.splitlines() if line and not line.startswith("--")]


class _Nowhere:
    """The command gives back what it prints."""

    def write(self, text: str) -> None:
        """Drop it."""

    def isatty(self) -> bool:
        return False
