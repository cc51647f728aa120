"""Readings that are more than one QuerySet."""

from collections.abc import Iterable
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection

from tenancy.models import Host, Invitation, Person, TrailEntry
from tenancy.models.people import ROLE_LABELS
from tenancy.roles import Role
from tenancy.wall import TenantModel


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation that somebody belongs to."""

    name: str
    address: str
    url: str
    roles: list[str]
    current: bool


def organisations_of(person: Person, here: str) -> list[Place]:
    """Where the person is an active member, over the wall; ``here`` is the host they look from."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, host, roles FROM organisations_of(%s)", [person.pk])
        found = cursor.fetchall()
    return [
        Place(
            name=name,
            address=host,
            url=Host(name=host).address,
            roles=[str(ROLE_LABELS[Role(role)]) for role in roles],
            current=host == here,
        )
        for name, host, roles in found
    ]


def invitation_for(token: str) -> Invitation | None:
    """The bound organisation's invitation with this token; another organisation's is none."""
    found = Invitation.objects.filter(token_hash=Invitation.hash_of(token))
    return found.select_related("invited_by").first()


def person_with(mail: str) -> Person | None:
    """Who signs in with this mail address, or has proved it."""
    person = Person.objects.filter(email=mail.lower()).first()
    if person:
        return person
    proved = EmailAddress.objects.filter(email__iexact=mail, verified=True).select_related("user").first()
    return proved.user if proved else None


def names_of(entries: Iterable[TrailEntry]) -> dict[tuple[str, int], str]:
    """What the records behind trail entries are called, in whatever room; one query for each sort of record."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        wanted.setdefault(entry.record, set()).add(entry.record_id)
    sorts = {model._meta.model_name: model for model in apps.get_models() if issubclass(model, TenantModel)}
    return {
        (record, row.pk): str(row)
        for record, ids in wanted.items()
        if record in sorts
        for row in sorts[record]._default_manager.filter(pk__in=ids)
    }
