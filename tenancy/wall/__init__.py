"""The wall between organisations: bound transactions, managers that raise, and PostgreSQL's row-level security."""

from tenancy.wall.among import Among, OneOf
from tenancy.wall.binding import Unbound, bound, current_organisation_id, refuse_unbound, said
from tenancy.wall.constraints import CompositeKey, Walled, public, walled
from tenancy.wall.inserting import Conflict, insert, insert_all
from tenancy.wall.models import PublicModel, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from tenancy.wall.roles import apply_grants, as_owner, check_role
from tenancy.wall.updating import update_all
from tenancy.wall.written import Written

__all__ = [
    "Among",
    "CompositeKey",
    "Conflict",
    "OneOf",
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
    "insert_all",
    "public",
    "refuse_unbound",
    "said",
    "update_all",
    "walled",
]
