"""Work on a problem: how bad it is, whose it is, what it is about, and where its cause is looked for."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.models import rules
from incidents.priority import Risk, compute
from problems.actions.analysing import conclude
from problems.actions.notices import tell
from problems.actions.step import begin, finish
from problems.drafts import Assessment, Description
from problems.lifecycle import Refused, Status, Verb
from problems.models import Problem
from tenancy import clock, members
from tenancy.members import Member
from tenancy.models import Membership, Organisation
from tenancy.wall import current_organisation_id


@transaction.atomic
def assess(member: Member, *, number: int, assessment: Assessment, at: datetime | None = None) -> Problem:
    """Say how bad it is; the priority follows by the matrix that incidents have, too."""
    step = begin(member, number, Verb.ASSESS, given={"impact", "urgency"}, at=at)
    problem = step.problem
    problem.impact, problem.urgency = assessment.impact, assessment.urgency
    problem.priority = compute(rules().matrix, assessment.impact, assessment.urgency, Risk.LOW)
    finish(step)
    return problem


@transaction.atomic
def describe(member: Member, *, number: int, description: Description, at: datetime | None = None) -> Problem:
    """Say better what it is about."""
    step = begin(member, number, Verb.DESCRIBE, given={"title"} if description.title.strip() else set(), at=at)
    problem = step.problem
    problem.title, problem.description = description.title.strip(), description.description.strip()
    problem.error_code = description.error_code.strip()
    problem.service, problem.category = description.service, description.category
    finish(step)
    return problem


@transaction.atomic
def appoint(
    member: Member,
    *,
    number: int,
    manager: Membership | None,
    coordinator: Membership | None,
    at: datetime | None = None,
) -> Problem:
    """Say who answers for it and who coordinates the work; both are told."""
    step = begin(member, number, Verb.APPOINT, at=at)
    problem = step.problem
    _refuse_unfit(manager, "problem.decide", step.verb, problem)
    _refuse_unfit(coordinator, "problem.contribute", step.verb, problem)
    before = {problem.manager_id, problem.coordinator_id}
    problem.manager, problem.coordinator = manager, coordinator
    appointed = {one.pk for one in (manager, coordinator) if one} - before
    tell(step, "problem_appointed", finish(step), only=appointed)
    return problem


def _refuse_unfit(person: Membership | None, permission: str, verb: Verb, problem: Problem) -> None:
    if person is None:
        return
    organisation = Organisation.objects.get(pk=current_organisation_id())
    if not person.is_active or not members.load(person, organisation).may_somewhere(permission):
        because = _("%(name)s does not have the role for this.") % {"name": person.name}
        raise Refused(verb, Status(problem.status), because=because)


@transaction.atomic
def investigate(member: Member, *, number: int, at: datetime | None = None) -> Problem:
    """Look for the cause; also when a fix turned out to be none."""
    step = begin(member, number, Verb.INVESTIGATE, at=at)
    finish(step)
    return step.problem


@transaction.atomic
def establish(
    member: Member,
    *,
    number: int,
    cause: str,
    evidence: str,
    statement: UUID | None = None,
    at: datetime | None = None,
) -> Problem:
    """Say what the cause is: which confirmed statement, in a summary, and by which evidence; staff only read it."""
    given = {"cause": cause.strip(), "evidence": evidence.strip(), "confirmed statement": statement}
    step = begin(member, number, Verb.ESTABLISH, given={name for name, said in given.items() if said}, at=at)
    concluded = conclude(step, member, statement) if statement else None
    step.problem.cause, step.problem.cause_evidence = cause.strip(), evidence.strip()
    step.problem.cause_known_at = step.at
    finish(step, {"statement_id": concluded.pk} if concluded else None)
    return step.problem


@transaction.atomic
def begin_fix(member: Member, *, number: int, at: datetime | None = None) -> Problem:
    """The fix is being made."""
    step = begin(member, number, Verb.FIX, at=at)
    finish(step)
    return step.problem


@transaction.atomic
def set_review(member: Member, *, number: int, review_at: datetime, at: datetime | None = None) -> Problem:
    """Say when somebody has to look at it again."""
    at = at or clock.now()
    step = begin(member, number, Verb.REVIEW, given={"date"} if review_at > at else set(), at=at)
    step.problem.review_at, step.problem.review_told_at = review_at, None
    finish(step)
    return step.problem
