"""From a verb in an address to its action; the one place where the pages' verbs meet the doors."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest

from incidents import actions
from incidents.forms import FORMS, VerbForm
from incidents.forms.files import FilesMixin, ids_in
from incidents.lifecycle import Verb
from incidents.models import Attachment, Incident, rules
from tenancy.members import Member
from tenancy.models import StoredFile
from tenancy.requests import MemberRequest

PERFORM: dict[Verb, Callable[..., object]] = {
    Verb.TAKE: actions.take,
    Verb.ACKNOWLEDGE: actions.acknowledge,
    Verb.ASSIGN: actions.assign,
    Verb.ROUTE: actions.route,
    Verb.CLASSIFY: actions.classify,
    Verb.OVERRIDE: actions.override_priority,
    Verb.RESET: actions.reset_priority,
    Verb.RESTRICT: actions.restrict,
    Verb.UNRESTRICT: actions.unrestrict,
    Verb.HOLD: actions.hold,
    Verb.RESUME: actions.resume,
    Verb.RESOLVE: actions.resolve,
    Verb.REOPEN: actions.reopen,
    Verb.CLOSE: actions.close,
    Verb.CANCEL: actions.cancel,
    Verb.SUSPECT: actions.suspect,
    Verb.CONCLUDE: actions.conclude,
    Verb.DIAGNOSE: actions.diagnose,
    Verb.REFER: actions.refer,
    Verb.INVOLVE: actions.involve,
    Verb.RELEASE: actions.release,
    Verb.WITHDRAW: actions.withdraw,
    Verb.CONTEST: actions.contest,
}


def form_for(verb: Verb, incident: Incident, request: HttpRequest | None = None, **more: Any) -> VerbForm:
    """The verb's form: empty, or with what was sent. Ids on a page full of forms carry the verb's name."""
    kind = FORMS.get(verb, VerbForm)
    data = request.POST if request else None
    return kind(data, incident=incident, auto_id=more.pop("auto_id", f"{verb}-%s"), **more)


def perform(verb: Verb, member: Member, incident: Incident, form: VerbForm) -> Verb:
    """Do it; return what was done."""
    PERFORM[verb](member, number=incident.number, **form.arguments())
    return verb


def kept_files(request: MemberRequest) -> list[Attachment]:
    """The files that came with an earlier attempt and are still wanted; those unticked since are thrown away."""
    wanted = ids_in(request.POST, "kept_files")
    for uuid in ids_in(request.POST, "offered_files"):
        if uuid not in wanted:
            actions.discard(request.member, uuid=uuid)
    return list(Attachment.objects.kept_for(request.member.id).filter(uuid__in=wanted)) if wanted else []


def filled(
    form_class: type[FilesMixin], request: MemberRequest, *, kind: str = Attachment.Kind.EVIDENCE, **more: Any
) -> Any:
    """The form with what was sent, its files in safe keeping whatever else is wrong with it."""
    form = form_class(request.POST, request.FILES, rules=rules(), kept=kept_files(request), **more)
    form.is_valid()
    if form.good_files:
        chosen = request.POST.get("kind", "")
        kind = chosen if chosen in set(Attachment.Kind) else kind
        form.kept += actions.keep(request.member, uploads=form.good_files, kind=kind)
    return form


def empty(form_class: type[FilesMixin], **more: Any) -> Any:
    """The form before anything is sent."""
    return form_class(rules=rules(), **more)


def keeping(form: FilesMixin) -> dict[str, Any]:
    """What a template needs to show the files a form holds."""
    kept: Sequence[StoredFile] = form.kept
    return {
        "kept_files": [{"id": one.uuid, "name": one.name, "size": one.size} for one in kept],
        "limits": form.limits,
    }
