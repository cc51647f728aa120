"""Readings that are more than one QuerySet."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import connection

from tenancy.models import Host, Invitation, Person
from tenancy.models.people import ROLE_LABELS
from tenancy.roles import Role


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


def canonical_host(organisation_id: int) -> Host:
    """The host that stands in every link we send."""
    return Host.objects.select_related("organisation").get(organisation_id=organisation_id, is_canonical=True)
