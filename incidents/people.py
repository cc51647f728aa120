"""Find people by what staff type: a name, an address, or the line that a suggestion wrote."""

import re

from django.db.models import Q, QuerySet

from tenancy.models import Membership

MOST = 10
SHORTEST = 2
# What `line` writes: a name, and in brackets the address or the phone that tells namesakes apart.
LINE = re.compile(r"(?P<name>.*?)\s*(?:<(?P<mail>[^<>]+)>|\((?P<phone>[^()]+)\))?\s*")


def line(person: Membership) -> str:
    """How a person stands in a field: with what tells them from their namesakes."""
    if person.mail:
        return f"{person.name} <{person.mail}>"
    return f"{person.name} ({person.phone})" if person.phone else person.name


def suggested(text: str) -> "QuerySet[Membership]":
    """The first few who are here and whom the text may mean."""
    text = text.strip()
    if len(text) < SHORTEST:
        return Membership.objects.none()
    return _active().filter(Q(name__icontains=text) | Q(mail__icontains=text))[:MOST]


def meant(text: str) -> list[Membership]:
    """Whom the text names: one, if it is clear; several, if it fits more; none, if it fits nobody who is here."""
    parts = LINE.fullmatch(text.strip())
    if parts and parts["mail"]:
        return list(_active().filter(mail__iexact=parts["mail"].strip())[:1])
    if parts and parts["phone"] and (found := _active().filter(name__iexact=parts["name"], phone=parts["phone"])):
        return list(found[:MOST])
    exactly = list(_active().filter(Q(name__iexact=text.strip()) | Q(mail__iexact=text.strip()))[:MOST])
    return exactly or list(suggested(text))


def _active() -> "QuerySet[Membership]":
    return Membership.objects.filter(state=Membership.State.ACTIVE)
