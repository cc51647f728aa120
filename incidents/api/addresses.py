"""Find what an address names, and say where something stands."""

import json

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter

from incidents.api.whole import RELATED
from incidents.models import Incident, IncidentQuerySet
from incidents.models.incident import PREFIX
from tenancy.members import Member
from tenancy.models import KeptAnswer

LABEL = OpenApiParameter(
    "number",
    {"type": "string", "pattern": "^INC-[1-9][0-9]{0,8}$"},
    OpenApiParameter.PATH,
    description="The number as people write it: INC-1042.",
)


def one_of(incidents: IncidentQuerySet, number: int) -> Incident:
    """The incident with what a body shows of it; raises `Http404` where there is none, or none to be seen."""
    incident = seen(incidents, number)
    if incident is None:
        raise Http404
    return incident


def seen(incidents: IncidentQuerySet, number: int) -> Incident | None:
    """The same, or None."""
    return incidents.select_related(*RELATED).filter(number=number).first()


def still_open(member: Member, kept: KeptAnswer) -> bool:
    """Whether the member may still see the incident that a kept answer tells of, from the same side of the desk."""
    told = json.loads(kept.body or "null")
    if told is None:
        return True
    number = int(told["number"].removeprefix(PREFIX))
    incident = Incident.objects.visible_to(member).filter(number=number).first()
    return incident is not None and (told["desk"] is None or incident.is_open_to_staff(member))


def version_of(incident: Incident) -> str:
    """The incident's own state: every step counts it up, whatever is renamed around it leaves it."""
    return f"{incident.number}-{round(incident.updated_at.timestamp() * 1_000_000):x}"


def address_of(number: int) -> str:
    """The address of an incident."""
    return reverse("api:incident", args=[number])
