"""Mails of sign-in and joining; they leave by the post office of an upper room, named in the settings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from tenancy import clock
from tenancy.models import Organisation
from tenancy.wall import current_organisation_id


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is written to, in the shape that the post office takes."""

    address: str
    name: str
    language: str
    time_zone: str
    membership_id: int | None = None
    why: str = ""


def send(
    kind: str,
    *,
    mail: str,
    name: str,
    why: str,
    facts: dict[str, Any],
    dedupe: str,
    at: datetime | None = None,
) -> None:
    """Post a mail that holds a secret: what it was made of is forgotten once it is sent."""
    organisation = Organisation.objects.get(pk=current_organisation_id())
    to = Addressee(mail, name, organisation.language, organisation.time_zone, why=why)
    post = import_string(settings.POST_OFFICE)
    post(kind=kind, to=to, facts=facts, dedupe=dedupe, thread=dedupe, at=at or clock.now(), forget=True)
