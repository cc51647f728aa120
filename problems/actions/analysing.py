"""Ask why: statements, what they stand on, and what is thought of them. All of it under the problem's lock."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.models import Attachment, Hypothesis, Incident
from problems.actions.step import Step, begin, finish
from problems.analysis import DEEPEST, MOST, Belief, Kind, fits, is_web_address
from problems.drafts import EvidenceDraft, StatementDraft
from problems.lifecycle import Refused, Status, Verb
from problems.models import Evidence, File, Statement
from tenancy.members import Member
from tenancy.refusal import NotPossible


@transaction.atomic
def state(member: Member, *, number: int, draft: StatementDraft, at: datetime | None = None) -> Statement:
    """Say what is so, or why something else is."""
    step = begin(member, number, Verb.STATE, given={"statement"} if draft.text.strip() else set(), at=at)
    _refuse_too_many(step)
    said = Statement.objects.create(
        problem=step.problem,
        parent=_parent(step, member, None, draft.parent),
        text=draft.text.strip(),
        branch=draft.branch or "",
        happened_at=draft.happened_at,
        said_by_id=member.id,
        said_at=step.at,
    )
    finish(step, {"statement_id": said.pk})
    return said


@transaction.atomic
def reword(
    member: Member, *, number: int, statement: UUID, draft: StatementDraft, at: datetime | None = None
) -> Statement:
    """Say it better, or hang it elsewhere, as long as it isn't judged."""
    step = begin(member, number, Verb.REWORD, given={"statement"} if draft.text.strip() else set(), at=at)
    found = find(step, member, statement)
    if found.state != Belief.OPEN:
        raise _refused(step, _("It is judged already. Open it again before you change what it says."))
    found.parent = _parent(step, member, found, draft.parent) or _unseen_parent(step, member, found)
    found.text, found.branch = draft.text.strip(), draft.branch or ""
    found.happened_at = draft.happened_at
    found.save(update_fields=["parent", "text", "branch", "happened_at"])
    finish(step, {"statement_id": found.pk})
    return found


@transaction.atomic
def support(
    member: Member, *, number: int, statement: UUID, evidence: EvidenceDraft, at: datetime | None = None
) -> Evidence:
    """Say what shows it, before it is judged or after; the same evidence again changes nothing."""
    thing = _thing(member, number, evidence)
    step = begin(member, number, Verb.SUPPORT, given={"evidence"} if thing else set(), at=at)
    found = find(step, member, statement)
    added, is_new = _add(step, member, found, kind=evidence.kind.value, words=evidence.words.strip(), **thing)
    if is_new:
        finish(step, {"statement_id": found.pk, "evidence_id": added.pk, "kind": added.kind})
    return added


@transaction.atomic
def judge(
    member: Member, *, number: int, statement: UUID, belief: Belief, reason: str = "", at: datetime | None = None
) -> Statement:
    """Confirm it, which needs evidence; rule it out, which needs evidence or a reason; or open it again."""
    step = begin(member, number, Verb.JUDGE, given={"judgement"}, at=at)
    found, reason = find(step, member, statement), reason.strip()
    before = found.state
    if (before, found.judgement) == (belief, reason):
        return found
    _refuse_unfounded(step, found, belief, reason)
    found.state, found.judgement = belief.value, reason
    is_open = belief is Belief.OPEN
    found.judged_by_id, found.judged_at = (None, None) if is_open else (member.id, step.at)
    found.save(update_fields=["state", "judgement", "judged_by", "judged_at"])
    finish(step, {"statement_id": found.pk, "judgement": [before, found.state]})
    return found


@transaction.atomic
def adopt(member: Member, *, number: int, hypothesis: UUID, at: datetime | None = None) -> Statement:
    """Take in what was suspected on an incident of the problem: with who suspected it, and the incident as evidence.

    Everybody at the desk reads the analysis: what restricted incidents say stays with them. Judging it is another verb.
    """
    step = begin(member, number, Verb.ADOPT, given={"hypothesis"}, at=at)
    taken = Hypothesis.objects.filter(public_id=hypothesis, incident__restricted=False)
    seen = step.problem.links.all().visible_to(member).values("incident")
    source = taken.filter(incident__in=seen).select_related("incident").first()
    if source is None:
        raise _refused(step, _("There is no such hypothesis on an incident of this problem."))
    known = Statement.objects.filter(problem=step.problem, source=source).first()
    if known:
        return known
    _refuse_too_many(step)
    said = Statement.objects.create(
        problem=step.problem, text=source.suspicion, said_by_id=source.author_id, said_at=source.at, source=source
    )
    _add(step, member, said, kind=Kind.INCIDENT.value, words=source.test, incident=source.incident)
    finish(step, {"statement_id": said.pk, "hypothesis_id": source.pk})
    return said


def find(step: Step, member: Member, statement: UUID) -> Statement:
    """The problem's statement, read under the lock; refuse what is not there for this member."""
    seen = Statement.objects.all().visible_to(member).filter(problem=step.problem)
    found = seen.filter(public_id=statement).first()
    if found is None:
        raise _refused(step, _("There is no such statement on this problem."))
    return found


def conclude(step: Step, member: Member, statement: UUID) -> Statement:
    """Let a confirmed statement be the root cause, as part of a step."""
    found = find(step, member, statement)
    if not Statement.objects.all().confirmed().filter(pk=found.pk).exists():
        because = _("“%(text)s” can’t be the root cause yet: it has to be confirmed, with evidence.")
        raise _refused(step, because % {"text": found.text})
    step.problem.statements.filter(is_cause=True).exclude(pk=found.pk).update(is_cause=False)
    found.is_cause = True
    found.save(update_fields=["is_cause"])
    return found


def _parent(step: Step, member: Member, one: Statement | None, parent: UUID | None) -> Statement | None:
    """Whose why it answers; nothing hangs below itself."""
    if parent is None:
        return None
    above = find(step, member, parent)
    tree = dict(Statement.objects.filter(problem=step.problem).values_list("pk", "parent_id"))
    if not fits(tree, one.pk if one else None, above.pk):
        because = _("It can’t hang there: below itself, or more than %(count)s whys deep.")
        raise _refused(step, because % {"count": DEEPEST})
    return above


def _thing(member: Member, number: int, draft: EvidenceDraft) -> dict[str, Any]:
    """The thing itself, or nothing where the kind's is missing or isn't there for this member."""
    match draft.kind:
        case Kind.INCIDENT:
            return {"incident": _incident(member, draft.incident)} if draft.incident else {}
        case Kind.LINK:
            return {"url": draft.url.strip()} if is_web_address(draft.url.strip()) else {}
        case Kind.MEASUREMENT:
            is_said = draft.value is not None and draft.words.strip()
            return {"value": draft.value, "unit": draft.unit.strip()} if is_said else {}
        case Kind.FILE:
            return _file(member, number, draft.file) if draft.file else {}


def _unseen_parent(step: Step, member: Member, one: Statement) -> Statement | None:
    """What it hangs below, where the member may not read that: whoever doesn't see it can't mean to leave it."""
    seen = Statement.objects.all().visible_to(member).values("pk")
    return Statement.objects.filter(problem=step.problem, answers=one).exclude(pk__in=seen).first()


def _file(member: Member, number: int, uuid: UUID) -> dict[str, Any]:
    """A file of the problem, or one with its incident, which decides who may read of it."""
    own = File.objects.all().open_to(member).filter(uuid=uuid, problem__number=number).first()
    if own:
        return {"file": own}
    seen = Incident.objects.for_desk(member).values("pk")
    files = Attachment.objects.all().open_to(member).filter(uuid=uuid, incident__in=seen)
    found = files.select_related("incident").first()
    return {"attachment": found, "incident": found.incident} if found else {}


def _incident(member: Member, number: int) -> Incident:
    found = Incident.objects.for_desk(member).filter(number=number).first()
    if found is None:
        raise NotPossible(_("There is no incident INC-%(number)s.") % {"number": number})
    return found


def _add(step: Step, member: Member, statement: Statement, **said: Any) -> tuple[Evidence, bool]:
    added = {"added_by_id": member.id, "added_at": step.at}
    return Evidence.objects.all().standing().get_or_create(statement=statement, **said, defaults=added)


def _refuse_unfounded(step: Step, found: Statement, belief: Belief, reason: str) -> None:
    has_evidence = found.evidence.all().standing().exists()
    if found.is_cause and belief is not Belief.CONFIRMED:
        raise _refused(step, _("It is the root cause. Establish another one or withdraw its evidence."))
    if belief is Belief.CONFIRMED and not has_evidence:
        raise _refused(step, _("Nothing shows it yet: add evidence before you confirm it."))
    if belief is Belief.RULED_OUT and not (has_evidence or reason):
        raise _refused(step, _("Say why it is ruled out, or add evidence first."))


def _refuse_too_many(step: Step) -> None:
    if step.problem.statements.count() >= MOST:
        because = _("A problem has %(count)s statements at most.")
        raise _refused(step, because % {"count": MOST})


def _refused(step: Step, because: str) -> Refused:
    return Refused(step.verb, Status(step.problem.status), because=because)
