"""Shape an incident's escalation for the desk: how far it has come, who answered, and what happens next."""

from dataclasses import replace
from typing import Any

from incidents.actions.escalating import facts_of
from incidents.calling import in_words
from incidents.models import Escalation, Incident
from incidents.models.promises import clocks_of
from incidents.views import shape

SHOWN = 4


def escalation_of(record: Incident) -> dict[str, Any] | None:
    """What the page tells of it; nothing of one that is over, or that nobody is called for."""
    if not record.is_open:
        return None
    under_way = Escalation.objects.filter(incident=record, is_over=False).select_related("edition__policy")
    course = under_way.order_by("-generation").first()
    if course is None and not record.acknowledged_at:
        return None
    return {
        "name": course.edition.policy.name if course else "",
        "level": record.escalation_level,
        "acknowledged_by": record.acknowledged_by.name if record.acknowledged_by else "",
        "acknowledged_at": record.acknowledged_at,
        "alarm": record.get_escalation_alarm_display() if record.escalation_alarm else "",
        "major": record.major_proposed_at is not None,
        "next": _next(record, course)[:SHOWN] if course else [],
    }


def _next(record: Incident, course: Escalation) -> list[str]:
    """What would happen if nobody did anything from now on."""
    steps = course.edition.read()
    if record.restricted:  # none moves it
        steps = tuple(replace(step, team=None) for step in steps)
    facts = facts_of(record, course, steps, clocks_of(record))
    return in_words(steps, facts, fired=course.so_far(len(steps)), when=shape.moment)
