"""The trail in sentences."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents import words as incident_words
from problems.models import Problem, Statement
from tenancy.models import TrailEntry

STAFF = {
    "problem.raised": _("raised it"),
    "problem.assessed": _("assessed it"),
    "problem.appointed": _("appointed people"),
    "problem.described": _("edited it"),
    "problem.investigated": _("began to look for the cause"),
    "problem.stated": _("added a statement to the analysis"),
    "problem.reworded": _("edited a statement of the analysis"),
    "problem.supported": _("added evidence to a statement"),
    "problem.evidence_withdrawn": _("withdrew evidence of a statement"),
    "problem.judged": _("judged a statement"),
    "problem.hypothesis_adopted": _("took an incident’s hypothesis into the analysis"),
    "problem.cause_established": _("established the root cause"),
    "problem.worked_around": _("wrote a workaround"),
    "problem.broadcast": _("told the workaround to everybody who waits"),
    "problem.fix_begun": _("began the fix"),
    "problem.fix_applied": _("applied the fix"),
    "problem.fix_undone": _("took the fix back"),
    "problem.risk_accepted": _("accepted the risk"),
    "problem.merged": _("closed it as a duplicate"),
    "problem.cancelled": _("cancelled it"),
    "problem.reopened": _("reopened it"),
    "problem.closed": _("closed it"),
    "problem.linked": _("linked incidents"),
    "problem.unlinked": _("unlinked an incident"),
    "problem.noted": _("wrote an internal note"),
    "problem.attached": _("added files"),
    "problem.planned": _("added a task"),
    "problem.task_done": _("did a task"),
    "problem.review_set": _("set a review date"),
    "problem.review_due": _("a review is due"),
    "problem.task_late": _("a task is late"),
    "problem.recurred": _("seems to have happened again"),
    "problem.rejected": _("was reopened, as reporters say that it is still broken"),
    "problem.proven": _("stayed away: the fix is proven"),
    "problem.watched": _("watches it"),
    "problem.unwatched": _("stopped watching it"),
}
FIELDS: dict[str, Any] = {
    "status": (_("status"), dict(Problem.State.choices)),
    "priority": (_("priority"), {}),
    "impact": (_("impact"), incident_words.IMPACT),
    "urgency": (_("urgency"), incident_words.URGENCY),
    "code": (_("ended by"), dict(Problem.Ending.choices)),
    "judgement": (_("judgement"), dict(Statement.State.choices)),
}


def narrate(entry: TrailEntry) -> str:
    """The whole step for staff: what was done, and each change of a word from what to what."""
    changed: Mapping[str, Any] = entry.facts.get("changed", {})
    told = str(STAFF.get(entry.kind, entry.kind))
    if entry.kind == "problem.evidence_withdrawn" and "cause_known_at" in changed:
        told = gettext("withdrew the evidence of the root cause, which is not known any more")
    if "judgement" in entry.facts:
        changed = {**changed, "judgement": entry.facts["judgement"]}
    changes = [_change(field, pair) for field, pair in changed.items() if field in FIELDS]
    return f"{told}: {', '.join(changes)}" if changes else told


def outline(entry: TrailEntry) -> str:
    """The step in the organisation's trail; nothing of other rooms' records."""
    return narrate(entry) if entry.kind in STAFF else ""


def _change(field: str, pair: list[Any]) -> str:
    label, values = FIELDS[field]
    before, after = (str(values.get(one, one)) if one else "–" for one in pair)
    return f"{label} {before} → {after}"
