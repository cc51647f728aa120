"""The one question that only the reporter can answer, wherever it is asked: in the portal, or from a mail."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from incidents import actions
from incidents.forms import VerdictForm
from incidents.lifecycle import Status, Verb
from incidents.models import Incident, Message
from incidents.views.verbs import form_for
from tenancy.members import Member


def answer_verdict(member: Member, number: int, form: VerdictForm) -> Verb:
    """Confirm or reject, as the one form says; return which."""
    if form.is_confirmed:
        actions.confirm(member, number=number, word=form.confirmation())
        return Verb.CONFIRM
    actions.reject(member, number=number, text=form.cleaned_data["comment"])
    return Verb.REJECT


def verdict_of(
    record: Incident, forms: Mapping[str, Any], *, verdict_url: str, contest_url: str, unfolded: bool = False
) -> dict[str, Any] | None:
    """What the reporter is asked, if anything: does it work, or is the ending not so."""
    if record.status == Status.RESOLVED or "verdict" in forms:
        form = forms.get("verdict") or VerdictForm(incident=record)
        by = record.resolved_by.name if record.resolved_by else ""
        return {
            "kind": "resolved",
            "note": record.resolution_note,
            "by": by,
            "until": record.closes_at,
            "form": form,
            "url": verdict_url,
        }
    contestable = record.is_final and record.contest_until and record.contest_until > timezone.now()
    if contestable or "contest" in forms:
        said = record.messages.filter(internal=False, kind=Message.Kind.REASON)
        # An older reason, of a reopening, is not this ending's.
        reason = said.filter(at=record.ended_at).last() if record.ended_at else None
        return {
            "kind": "contest",
            "cancelled": record.status == Status.CANCELLED,
            "note": reason.text if reason else record.get_ending_display(),
            "until": record.contest_until,
            "form": forms.get("contest") or form_for(Verb.CONTEST, record),
            "url": contest_url,
            "open": unfolded,
        }
    return None
