"""The trail in sentences."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents import words
from incidents.lifecycle import HoldReason
from incidents.queries import NAMED
from tenancy.models import TrailEntry

PUBLIC = {
    "incident.taken": gettext_lazy("%(name)s took it on"),
    "incident.assigned": gettext_lazy("%(name)s gave it to an agent"),
    "incident.resumed": gettext_lazy("%(name)s went on with it"),
    "incident.resolved": gettext_lazy("%(name)s resolved it"),
    "incident.reopened": gettext_lazy("%(name)s reopened it"),
    "incident.closed": gettext_lazy("Closed by %(name)s"),
    "incident.closed_by_silence": gettext_lazy("Closed, as nobody answered"),
    "incident.reminded": gettext_lazy("A reminder was sent"),
    "incident.cancelled": gettext_lazy("Cancelled by %(name)s"),
    "incident.answered": gettext_lazy("%(name)s answered"),
    "incident.withdrawn": gettext_lazy("%(name)s withdrew it"),
    "incident.fix_undone": gettext_lazy("The fix was taken back by %(name)s"),
    "incident.confirmed": gettext_lazy("%(name)s confirmed: it works"),
    "incident.rejected": gettext_lazy("%(name)s says: still broken"),
    "incident.contested": gettext_lazy("%(name)s says: not so"),
}

HELD = {
    HoldReason.SUPPLIER: gettext_lazy("On hold, waiting for a supplier"),
    HoldReason.PROBLEM: gettext_lazy("On hold, waiting for a problem's fix"),
    HoldReason.CHANGE: gettext_lazy("On hold, waiting for a change"),
    HoldReason.SCHEDULED: gettext_lazy("On hold until the planned date"),
}

STAFF = {
    "incident.reported": gettext_lazy("reported it"),
    "incident.taken": gettext_lazy("took it"),
    "incident.acknowledged": gettext_lazy("acknowledged it"),
    "incident.tried_again": gettext_lazy("had its deadlines tried again"),
    "incident.escalated": gettext_lazy("was escalated, since nobody answered or solved it"),
    "incident.unanswered": gettext_lazy("was not answered by anybody who was told"),
    "incident.reminded": gettext_lazy("the reporter was reminded"),
    "incident.closed_by_silence": gettext_lazy("closed, as nobody answered"),
    "incident.assigned": gettext_lazy("assigned it"),
    "incident.routed": gettext_lazy("moved it to another team"),
    "incident.classified": gettext_lazy("classified it"),
    "incident.priority_overridden": gettext_lazy("set the priority by hand"),
    "incident.priority_reset": gettext_lazy("let the matrix set the priority"),
    "incident.restricted": gettext_lazy("restricted it"),
    "incident.unrestricted": gettext_lazy("lifted the restriction"),
    "incident.held": gettext_lazy("put it on hold"),
    "incident.resumed": gettext_lazy("resumed it"),
    "incident.resolved": gettext_lazy("resolved it"),
    "incident.reopened": gettext_lazy("reopened it"),
    "incident.closed": gettext_lazy("closed it for the reporter"),
    "incident.cancelled": gettext_lazy("cancelled it"),
    "incident.replied": gettext_lazy("replied"),
    "incident.noted": gettext_lazy("wrote an internal note"),
    "incident.advised": gettext_lazy("told the workaround of its problem"),
    "incident.fix_undone": gettext_lazy("took the fix of its problem back"),
    "incident.suspected": gettext_lazy("added a hypothesis"),
    "incident.concluded": gettext_lazy("concluded a hypothesis"),
    "incident.diagnosed": gettext_lazy("wrote the root cause"),
    "incident.referred": gettext_lazy("added a reference"),
    "incident.person_added": gettext_lazy("added a person"),
    "incident.person_removed": gettext_lazy("removed a person"),
    "incident.commented": gettext_lazy("wrote a message"),
    "incident.answered": gettext_lazy("answered"),
    "incident.withdrawn": gettext_lazy("withdrew it"),
    "incident.confirmed": gettext_lazy("confirmed that it works"),
    "incident.rejected": gettext_lazy("said that it is still broken"),
    "incident.contested": gettext_lazy("said that it is not so"),
    "incident.handed_over": gettext_lazy("handed it over"),
    "incident.promises_renewed": gettext_lazy("applied to it what is promised now"),
    "incident.clock_warned": gettext_lazy("time was running out"),
}

FIELDS: dict[str, Any] = {
    "status": (gettext_lazy("status"), words.STATUS),
    "priority": (gettext_lazy("priority"), {}),
    "team_id": (gettext_lazy("team"), {}),
    "assignee_id": (gettext_lazy("agent"), {}),
    "reporter_id": (gettext_lazy("reporter"), {}),
    "service_id": (gettext_lazy("service"), {}),
    "category_id": (gettext_lazy("category"), {}),
    "type_id": (gettext_lazy("type"), {}),
    "impact": (gettext_lazy("impact"), words.IMPACT),
    "urgency": (gettext_lazy("urgency"), words.URGENCY),
    "risk": (gettext_lazy("risk"), words.RISK),
    "severity": (gettext_lazy("severity"), words.SEVERITY),
    "hold_reason": (gettext_lazy("waiting for"), words.HOLD_REASON),
}


def public_event(entry: TrailEntry) -> str:
    """What the requester's side may read of a step; empty where that is nothing."""
    name = entry.actor.name if entry.actor else _("The service desk")
    if entry.kind == "incident.held":
        _before, reason = entry.facts.get("changed", {}).get("hold_reason", ["", ""])
        asked = reason in ("", HoldReason.REQUESTER)  # the question itself tells it
        return "" if asked else str(HELD[HoldReason(reason)])
    sentence = PUBLIC.get(entry.kind)
    return str(sentence) % {"name": name} if sentence else ""


def narrate(entry: TrailEntry, names: Mapping[tuple[str, int], str]) -> str:
    """The whole step for staff: what was done, and each change from what to what."""
    told = [_warned(entry) if entry.kind == "incident.clock_warned" else str(STAFF.get(entry.kind, entry.kind))]
    for field, pair in entry.facts.get("changed", {}).items():
        if field in FIELDS and isinstance(pair, list):
            told.append(_change(field, pair, names))
    if person := entry.facts.get("person_id"):
        told.append(names.get(("Membership", person), ""))
    if "source_reference" in entry.facts.get("rewritten", ()):
        told.append(_("its source’s reference leads to a newer incident"))
    return told[0] + (": " + ", ".join(told[1:]) if len(told) > 1 else "")


def _warned(entry: TrailEntry) -> str:
    facts = {"promise": words.MEASURE[entry.facts["measure"]], "level": entry.facts["level"]}
    late, running_out = _("%(promise)s: late"), _("%(promise)s: %(level)s %% of the time used")
    return (late if entry.facts["level"] == 100 else running_out) % facts


def outline(entry: TrailEntry) -> str:
    """The step in the organisation's trail: what was done and what changed; nothing of other rooms' records."""
    if entry.kind not in STAFF:
        return ""
    fields = [str(FIELDS[field][0]) for field in entry.facts.get("changed") or {} if field in FIELDS]
    return f"{STAFF[entry.kind]}: {', '.join(fields)}" if fields else str(STAFF[entry.kind])


def _change(field: str, pair: list[Any], names: Mapping[tuple[str, int], str]) -> str:
    label, values = FIELDS[field]
    before, after = (_value(field, values, one, names) for one in pair)
    return f"{label} {before} → {after or _('none')}" if before else f"{label} {after}"


def _value(field: str, values: Mapping[Any, Any], one: Any, names: Mapping[tuple[str, int], str]) -> str:
    if one in (None, ""):
        return ""
    if field in NAMED:
        return names.get((NAMED[field].__name__, one), str(one))
    return str(values.get(one, one))
