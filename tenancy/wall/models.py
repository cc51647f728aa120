"""The base of every tenant table, with a manager that raises when no organisation is bound."""

import uuid
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from tenancy.wall.binding import current_organisation_id

M_co = TypeVar("M_co", bound="TenantModel", covariant=True)


class TenantQuerySet(models.QuerySet[M_co]):
    """A QuerySet inside one organisation; rooms add their own readings to it."""


class TenantManager(models.Manager[M_co]):
    """Sees the bound organisation's rows; raises `Unbound` instead of showing all or none."""

    def get_queryset(self) -> models.QuerySet[M_co]:
        return super().get_queryset().filter(organisation_id=current_organisation_id())


class TenantForeignKey(models.ForeignKey):
    """A reference to another tenant table; the key itself is a `CompositeKey`, named in ``walled(...)``."""

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        super().__init__(to, on_delete, **{**kwargs, "db_constraint": False})


def bound_organisation_id() -> int:
    """The default of every row's organisation: the one that is bound."""
    return current_organisation_id()


class TenantModel(models.Model):
    """A row that belongs to one organisation."""

    grants = "SELECT, INSERT, UPDATE, DELETE"
    """At most what the app's role may do with the table."""

    organisation = models.ForeignKey(
        "tenancy.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        default=bound_organisation_id,
        editable=False,
    )

    if not TYPE_CHECKING:  # a type checker would not let a model have a manager of its own
        objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class PublicModel(TenantModel):
    """A row that is named outside the house: by an id that tells nothing of how many others there are.

    Unique inside the organisation: put ``*public(table)`` among the constraints.
    """

    public_id = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)

    class Meta(TenantModel.Meta):
        abstract = True
