"""From a verb in an address to its action; the one place where the pages' verbs meet the doors."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from incidents.models import rules
from problems import actions
from problems.forms import FORMS, FilesForm, ProblemForm
from problems.forms.files import ids_in
from problems.lifecycle import Verb
from problems.models import File, Problem
from tenancy.members import Member

PERFORM: dict[Verb, Callable[..., object]] = {
    Verb.ASSESS: actions.assess,
    Verb.APPOINT: actions.appoint,
    Verb.DESCRIBE: actions.describe,
    Verb.INVESTIGATE: actions.investigate,
    Verb.STATE: actions.state,
    Verb.REWORD: actions.reword,
    Verb.SUPPORT: actions.support,
    Verb.WITHDRAW: actions.withdraw,
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
    Verb.ATTACH: actions.attach,
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
    form: ProblemForm
    if issubclass(kind, FilesForm):
        form = _with_files(kind, problem, member, request, **more)
    else:
        form = kind(request.POST if request else None, problem=problem, member=member, **more)
    about = about or form.about
    form.auto_id = f"{verb}-{about}-%s" if about else f"{verb}-%s"
    return form


def _with_files(
    kind: type[FilesForm], problem: Problem, member: Member, request: HttpRequest | None, **more: Any
) -> FilesForm:
    """A form with its files in safe keeping, whatever else is wrong with it."""
    given = {"problem": problem, "member": member, "rules": rules(), **more}
    if request is None:
        return kind(None, **given)
    if not member.may("problem.contribute"):  # the action refuses it, and nothing is kept for that
        return kind(request.POST, request.FILES, **given)
    for unwanted in set(ids_in(request.POST, "offered_files")) - set(wanted := ids_in(request.POST, "kept_files")):
        actions.discard(member, uuid=unwanted)
    kept = list(File.objects.kept_for(member.id).filter(uuid__in=wanted)) if wanted else []
    form = kind(request.POST, request.FILES, kept=kept, **given)
    form.is_valid()
    if form.good_files:
        form.kept += actions.keep(member, uploads=form.good_files)
    return form


def perform(verb: Verb, member: Member, problem: Problem, form: ProblemForm) -> object:
    """Do it, and return what came of it."""
    return PERFORM[verb](member, number=problem.number, **form.arguments())
