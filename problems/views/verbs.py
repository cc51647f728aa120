"""From a verb in an address to its action; the one place where the pages' verbs meet the doors."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from problems import actions
from problems.forms import FORMS, ProblemForm
from problems.lifecycle import Verb
from problems.models import Problem
from tenancy.members import Member

PERFORM: dict[Verb, Callable[..., object]] = {
    Verb.ASSESS: actions.assess,
    Verb.APPOINT: actions.appoint,
    Verb.DESCRIBE: actions.describe,
    Verb.INVESTIGATE: actions.investigate,
    Verb.STATE: actions.state,
    Verb.REWORD: actions.reword,
    Verb.SUPPORT: actions.support,
    Verb.JUDGE: actions.judge,
    Verb.ADOPT: actions.adopt,
    Verb.ESTABLISH: actions.establish,
    Verb.WORK_AROUND: actions.work_around,
    Verb.BROADCAST: actions.broadcast,
    Verb.FIX: actions.begin_fix,
    Verb.APPLY: actions.apply_fix,
    Verb.UNDO: actions.undo_fix,
    Verb.ACCEPT: actions.accept_risk,
    Verb.MERGE: actions.merge,
    Verb.CANCEL: actions.cancel,
    Verb.CLOSE: actions.close,
    Verb.REOPEN: actions.reopen,
    Verb.LINK: actions.link,
    Verb.UNLINK: actions.unlink,
    Verb.NOTE: actions.note,
    Verb.PLAN: actions.add_task,
    Verb.TICK: actions.finish_task,
    Verb.REVIEW: actions.set_review,
    Verb.WATCH: actions.watch,
    Verb.UNWATCH: actions.unwatch,
}


def form_for(
    verb: Verb, problem: Problem, member: Member, request: HttpRequest | None = None, *, about: str = "", **more: Any
) -> ProblemForm:
    """The verb's form: empty, or with what was sent. Ids on a page full of forms carry the verb's name."""
    kind = FORMS.get(verb, ProblemForm)
    form = kind(request.POST if request else None, problem=problem, member=member, **more)
    about = about or form.about
    form.auto_id = f"{verb}-{about}-%s" if about else f"{verb}-%s"
    return form


def perform(verb: Verb, member: Member, problem: Problem, form: ProblemForm) -> None:
    """Do it."""
    PERFORM[verb](member, number=problem.number, **form.arguments())
