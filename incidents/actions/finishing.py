"""The end of a verb: saved, written on the trail, and its clocks and timer set by it."""

from typing import Any

from incidents.actions import timing, waiting
from incidents.actions.round import told
from incidents.actions.step import Step, state_of
from incidents.lifecycle import Status, Verb, target
from incidents.topics import UNTOLD, touched_by
from notifications import live
from tenancy import trail
from tenancy.models import TrailEntry

KINDS = {
    Verb.TAKE: "incident.taken",
    Verb.ACKNOWLEDGE: "incident.acknowledged",
    Verb.ASSIGN: "incident.assigned",
    Verb.ROUTE: "incident.routed",
    Verb.CLASSIFY: "incident.classified",
    Verb.OVERRIDE: "incident.priority_overridden",
    Verb.RESET: "incident.priority_reset",
    Verb.RESTRICT: "incident.restricted",
    Verb.UNRESTRICT: "incident.unrestricted",
    Verb.HOLD: "incident.held",
    Verb.RESUME: "incident.resumed",
    Verb.RESOLVE: "incident.resolved",
    Verb.REOPEN: "incident.reopened",
    Verb.CLOSE: "incident.closed",
    Verb.CANCEL: "incident.cancelled",
    Verb.REPLY: "incident.replied",
    Verb.NOTE: "incident.noted",
    Verb.SUSPECT: "incident.suspected",
    Verb.CONCLUDE: "incident.concluded",
    Verb.DIAGNOSE: "incident.diagnosed",
    Verb.REFER: "incident.referred",
    Verb.INVOLVE: "incident.person_added",
    Verb.RELEASE: "incident.person_removed",
    Verb.COMMENT: "incident.commented",
    Verb.ANSWER: "incident.answered",
    Verb.WITHDRAW: "incident.withdrawn",
    Verb.CONFIRM: "incident.confirmed",
    Verb.REJECT: "incident.rejected",
    Verb.CONTEST: "incident.contested",
}

# People's own words: the trail says that they changed, the row holds what they say and can be erased.
_WORDS = frozenset(
    {
        *("title", "description", "source_reference", "resolution_note", "tested_how", "root_cause"),
        *("retested_how", "rating_word"),
    }
)


def finish(step: Step, facts: dict[str, Any] | None = None) -> TrailEntry:
    """Move the status by the table, save what changed and write the trail entry."""
    incident = step.incident
    status = Status(step.before["status"])
    incident.status = target(step.verb, status, given=step.given, assigned=incident.assignee_id is not None)
    incident.updated_at = step.at
    waiting.foresee(incident, step.verb, step.at)
    after = state_of(incident)
    changed = {name: [step.before[name], value] for name, value in after.items() if value != step.before[name]}
    incident.save(update_fields=[*changed, "updated_at"])
    facts = facts or {}
    live.changed(touched_by(incident, inside=step.verb in UNTOLD, person_id=facts.get("person_id")))
    entry = trail.record(
        KINDS[step.verb],
        record=("incident", incident.id),
        actor=step.member,
        at=step.at,
        facts={**_told(changed), **facts},
    )
    timing.replan(incident, entry)
    return entry


def _told(changed: dict[str, list[Any]]) -> dict[str, Any]:
    """What changed as the trail keeps it: values from what to what, and of people's words only that they did."""
    values = {name: [told(one) for one in pair] for name, pair in changed.items() if name not in _WORDS}
    rewritten = sorted(_WORDS & changed.keys())
    return ({"changed": values} if values else {}) | ({"rewritten": rewritten} if rewritten else {})
