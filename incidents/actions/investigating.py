"""Investigate by hypothesis, and keep other people's numbers."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.actions.finishing import finish
from incidents.actions.step import Step, begin
from incidents.lifecycle import Refused, Status, Verb
from incidents.models import Hypothesis, Incident, Reference
from tenancy.members import Member


@transaction.atomic
def suspect(member: Member, *, number: int, suspicion: str, test: str = "", at: datetime | None = None) -> Hypothesis:
    """Write down what may be behind it and how one will find out."""
    step = begin(member, number, Verb.SUSPECT, given={"suspicion"} if suspicion.strip() else set(), at=at)
    hypothesis = Hypothesis.objects.create(
        incident=step.incident,
        suspicion=suspicion.strip(),
        test=test.strip(),
        author_id=member.id,
        at=step.at,
    )
    finish(step, {"hypothesis_id": hypothesis.id})
    return hypothesis


@transaction.atomic
def conclude(
    member: Member,
    *,
    number: int,
    hypothesis: Hypothesis,
    outcome: str,
    test: str = "",
    as_root_cause: bool = False,
    at: datetime | None = None,
) -> Hypothesis:
    """Say what came of a hypothesis; a confirmed one may become the diagnosis."""
    known = outcome in set(Hypothesis.Outcome)
    step = begin(member, number, Verb.CONCLUDE, given={"outcome"} if known else set(), at=at)
    hypothesis = _under_lock(step, hypothesis)
    before = hypothesis.outcome
    hypothesis.outcome = outcome
    hypothesis.test = test.strip() or hypothesis.test
    reached = outcome != Hypothesis.Outcome.OPEN
    hypothesis.concluded_by_id = member.id if reached else None
    hypothesis.concluded_at = step.at if reached else None
    hypothesis.save(update_fields=["outcome", "test", "concluded_by", "concluded_at"])
    if as_root_cause and outcome == Hypothesis.Outcome.CONFIRMED:
        step.incident.root_cause = hypothesis.suspicion
    finish(step, {"hypothesis_id": hypothesis.id, "outcome": [before, outcome]})
    return hypothesis


def _under_lock(step: Step, hypothesis: Hypothesis) -> Hypothesis:
    """Read it again: somebody may have concluded it while this page stood open."""
    found = Hypothesis.objects.filter(pk=hypothesis.pk, incident=step.incident).first()
    if found is None:
        because = _("This hypothesis belongs to another incident.")
        raise Refused(step.verb, Status(step.incident.status), because=because)
    return found


@transaction.atomic
def diagnose(member: Member, *, number: int, root_cause: str, at: datetime | None = None) -> Incident:
    """Write the root cause."""
    step = begin(member, number, Verb.DIAGNOSE, given={"root cause"} if root_cause.strip() else set(), at=at)
    step.incident.root_cause = root_cause.strip()
    finish(step)
    return step.incident


@transaction.atomic
def refer(
    member: Member, *, number: int, kind: str, value: str, url: str = "", at: datetime | None = None
) -> Reference:
    """Add a supplier's, a change's or another system's reference; the same one again changes nothing."""
    step = begin(member, number, Verb.REFER, given={"reference"} if value.strip() else set(), at=at)
    reference, is_new = Reference.objects.get_or_create(
        incident=step.incident,
        kind=kind,
        value=value.strip(),
        defaults={"url": url, "added_by_id": member.id, "at": step.at},
    )
    if is_new:
        finish(step, {"reference_id": reference.id, "kind": kind})
    return reference
