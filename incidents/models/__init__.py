"""The incident's record and what surrounds it."""

from incidents.models.catalogue import Category, DeskRules, Following, IncidentType, NumberCounter, Service, rules
from incidents.models.conversation import Attachment, Hypothesis, Message, Reference
from incidents.models.escalations import Escalation, EscalationEdition, EscalationPolicy
from incidents.models.incident import Incident, IncidentQuerySet, Involvement, staff_sight
from incidents.models.promises import Clock, Policy, PolicyEdition, Timer

__all__ = [
    "Attachment",
    "Category",
    "Clock",
    "DeskRules",
    "Escalation",
    "EscalationEdition",
    "EscalationPolicy",
    "Following",
    "Hypothesis",
    "Incident",
    "IncidentQuerySet",
    "IncidentType",
    "Involvement",
    "Message",
    "NumberCounter",
    "Policy",
    "PolicyEdition",
    "Reference",
    "Service",
    "Timer",
    "rules",
    "staff_sight",
]
