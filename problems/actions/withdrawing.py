"""Take back what a statement stood on, and what was thought of it because of that."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from problems.actions.notices import tell
from problems.actions.step import Step, begin, finish, may
from problems.analysis import Belief, Loss
from problems.lifecycle import MOVES, Refused, Status, Verb
from problems.models import Evidence, Statement, Withdrawal
from problems.queries import what_goes_with
from tenancy.members import Denied, Member


@transaction.atomic
def withdraw(member: Member, *, number: int, evidence: UUID, reason: str, at: datetime | None = None) -> Loss:
    """Say that it shows nothing after all, and why; return what its statement loses by that.

    What nothing carries any more is open again. Where that was the root cause, none is known any more; its summary
    stays in the record as what was thought, until another one is established.
    """
    step = begin(member, number, Verb.WITHDRAW, given={"reason"} if reason.strip() else set(), at=at)
    found = _find(step, member, evidence)
    said = found.statement
    if said.state != Belief.OPEN and not may(member, Verb.JUDGE, step.problem):
        raise Denied(MOVES[Verb.JUDGE].permission)
    lost = what_goes_with(found)
    if lost is Loss.CAUSE and not step.problem.is_open:
        raise _refused(step, _("It is the only evidence of the root cause. Reopen the problem before you withdraw it."))
    Withdrawal.objects.create(evidence=found, reason=reason.strip(), by_id=member.id, at=step.at)
    facts = {"statement_id": said.pk, "evidence_id": found.pk, **_take_back(step, said, lost)}
    entry = finish(step, facts)
    if lost is Loss.CAUSE:
        tell(step, "problem_cause_lost", entry)
    return lost


def _find(step: Step, member: Member, evidence: UUID) -> Evidence:
    """The evidence, read under the lock; refuse what is not there for this member, or not any more."""
    said = Statement.objects.all().visible_to(member).filter(problem=step.problem)
    seen = Evidence.objects.all().visible_to(member).filter(statement__in=said).select_related("statement")
    found = seen.filter(public_id=evidence).first()
    if found is None:
        raise _refused(step, _("There is no such evidence on this problem."))
    if found.withdrawal:
        raise _refused(step, _("It is withdrawn already."))
    return found


def _take_back(step: Step, said: Statement, lost: Loss) -> dict[str, Any]:
    """Open the statement again, without its judgement; facts for the trail."""
    if lost is Loss.NOTHING:
        return {}
    if lost is Loss.CAUSE:
        step.problem.cause_known_at = None
    before = said.state
    said.state, said.is_cause, said.judgement = Belief.OPEN.value, False, ""
    said.judged_by = said.judged_at = None
    said.save(update_fields=["state", "is_cause", "judgement", "judged_by", "judged_at"])
    return {"judgement": [before, said.state]}


def _refused(step: Step, because: str) -> Refused:
    return Refused(step.verb, Status(step.problem.status), because=because)
