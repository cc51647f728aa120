"""The wall between organisations: bound transactions, managers that raise, and PostgreSQL's row-level security."""

from tenancy.wall.binding import Unbound, bound, current_organisation_id, refuse_unbound, said
from tenancy.wall.constraints import CompositeKey, Walled, public, walled
from tenancy.wall.inserting import Conflict, insert
from tenancy.wall.models import PublicModel, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from tenancy.wall.roles import apply_grants, as_owner, check_role
from tenancy.wall.written import Written

__all__ = [
    "CompositeKey",
    "Conflict",
    "PublicModel",
    "TenantForeignKey",
    "TenantManager",
    "TenantModel",
    "TenantQuerySet",
    "Unbound",
    "Walled",
    "Written",
    "apply_grants",
    "as_owner",
    "bound",
    "check_role",
    "current_organisation_id",
    "insert",
    "public",
    "refuse_unbound",
    "said",
    "walled",
]
