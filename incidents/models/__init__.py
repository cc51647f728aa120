"""The incident's record and what surrounds it."""

from incidents.models.catalogue import Category, DeskRules, Following, IncidentType, NumberCounter, Service
from incidents.models.conversation import Attachment, Hypothesis, Message, Reference
from incidents.models.incident import Incident, IncidentQuerySet, Involvement

__all__ = [
    "Attachment",
    "Category",
    "DeskRules",
    "Following",
    "Hypothesis",
    "Incident",
    "IncidentQuerySet",
    "IncidentType",
    "Involvement",
    "Message",
    "NumberCounter",
    "Reference",
    "Service",
]
