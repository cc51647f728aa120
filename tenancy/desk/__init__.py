"""The desk: Django's admin for one organisation, with rights from roles, changes through actions, and our trail."""

from tenancy.desk.admins import DeskAdmin, LookingAdmin
from tenancy.desk.rights import DeskInline, OnlyLooking
from tenancy.desk.site import DeskSite
from tenancy.desk.verbs import ObjectVerb

__all__ = ["DeskAdmin", "DeskInline", "DeskSite", "LookingAdmin", "ObjectVerb", "OnlyLooking"]
