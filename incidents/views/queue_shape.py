"""Shape the queue for its template: tabs, headings, rows."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.models import Incident
from incidents.priority import Priority
from incidents.queries import Tab
from incidents.views import shape
from tenancy.members import Member

TAB_LABELS = {
    "open": gettext_lazy("All open"),
    "unassigned": gettext_lazy("Unassigned"),
    "mine": gettext_lazy("Mine"),
    "teams": gettext_lazy("My teams"),
    "waiting": gettext_lazy("Waiting for requester"),
    "resolved": gettext_lazy("Resolved"),
    "all": gettext_lazy("All"),
}
# Which orders a column's heading switches between, first the one it starts with.
COLUMNS = (
    (gettext_lazy("Incident"), ("title", "-title")),
    (gettext_lazy("Status"), ("status", "-status")),
    (gettext_lazy("Priority"), ("burning", "-burning")),
    (gettext_lazy("Due"), ("due", "-due")),
    (gettext_lazy("Requester"), ()),
    (gettext_lazy("Agent"), ()),
    (gettext_lazy("Reported"), ("newest", "oldest")),
)


def tabs(views: Iterable[Tab], current: str, numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    """The queue's tabs with their counts."""
    return [
        {
            "label": TAB_LABELS[tab.name],
            "url": f"?tab={tab.name}",
            "current": tab.name == current,
            "count": numbers.get(tab.name),
        }
        for tab in views
    ]


def clear_url(query: QueryDict, tab: str) -> str:
    """This tab without its filters; empty when none is set."""
    is_filtered = any(value for name, value in query.items() if name not in {"tab", "sort", "page"})
    return f"?tab={tab}" if is_filtered else ""


def columns(query: QueryDict, order: str) -> list[dict[str, str]]:
    """The headings: each leads to its other order."""
    order = order or "burning"
    return [
        {"label": str(label), "url": _sorted_by(query, orders, order), "direction": _direction(orders, order)}
        for label, orders in COLUMNS
    ]


def _sorted_by(query: QueryDict, orders: tuple[str, ...], order: str) -> str:
    if not orders:
        return ""
    again = query.copy()
    again["sort"] = orders[1] if order == orders[0] else orders[0]
    again.pop("page", None)
    return f"?{again.urlencode()}"


def _direction(orders: tuple[str, ...], order: str) -> str:
    return "" if order not in orders else "ascending" if order == orders[0] else "descending"


def choices(member: Member) -> list[dict[str, str]]:
    """What the member may do with the lines that they choose."""
    return [
        {"url": reverse(name), "label": str(label)}
        for name, permission, label in settings.QUEUE_CHOICES
        if member.may(permission)
    ]


def row(record: Incident, *, choosable: bool = False) -> dict[str, Any]:
    """One line of the queue."""
    heat, heat_label = _heat(record)
    return {
        "choosable": choosable,
        "number": record.label,
        "title": record.title,
        "url": reverse("desk:incident", args=[record.number]),
        "status": record.status,
        "waiting_for": shape.waiting_for(record, mine=False),
        "priority": record.priority,
        "service_name": record.service.name if record.service else "",
        "type_name": record.type.name if record.type else "",
        "requester_name": record.reporter.name,
        "requester_initials": record.reporter.initials,
        "assignee_name": record.assignee.name if record.assignee else "",
        "assignee_initials": record.assignee.initials if record.assignee else "",
        "team_name": record.team.name if record.team else "",
        "reported_at": record.reported_at,
        "due_at": record.due_at,
        "heat": heat,
        "heat_label": heat_label,
        "restricted": record.restricted,
        "escalation_level": record.escalation_level,
        "alarm": record.get_escalation_alarm_display() if record.is_open and record.escalation_alarm else "",
        "reopened_count": record.reopened_count,
    }


def _heat(record: Incident) -> tuple[str, str]:
    urgent = record.priority in (Priority.P1, Priority.P2)
    if not record.is_open or not urgent:
        return "", ""
    if record.assignee_id is None:
        return "hot", _("Nobody has it")
    return ("hot" if record.priority == Priority.P1 else "warm"), ""
