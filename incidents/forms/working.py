"""Staff move it on: to wait, to its solution, to its end."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents import words
from incidents.drafts import Hold, Resolution
from incidents.forms.fields import moment_field, text_field
from incidents.forms.verb import VerbForm
from incidents.lifecycle import HoldReason
from incidents.models import Incident

Ending = Incident.Ending


class HoldForm(VerbForm):
    """Let it wait."""

    reason = forms.ChoiceField(label=gettext_lazy("Waiting for"), choices=list(words.HOLD_REASON.items()))
    text = text_field(
        gettext_lazy("Question to the requester, or a note"),
        required=False,
        help_text=gettext_lazy("The requester reads it only if you wait for them; otherwise it is an internal note."),
    )
    until = moment_field(
        gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("Needed for a scheduled date."),
    )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if facts.get("reason") == HoldReason.REQUESTER and not facts.get("text"):
            self.add_error("text", _("Ask the requester something: they can't know what you wait for."))
        if facts.get("reason") == HoldReason.SCHEDULED and not facts.get("until") and "until" not in self.errors:
            self.add_error("until", _("Say until when."))
        return facts

    def arguments(self) -> dict[str, Any]:
        facts = self.cleaned_data
        return {"facts": Hold(reason=HoldReason(facts["reason"]), text=facts["text"], until=facts["until"])}


class ResolveForm(VerbForm):
    """Say that it is solved, and how that was tested."""

    code = forms.ChoiceField(label=gettext_lazy("Resolution"), choices=Incident.Resolution.choices)
    note = text_field(gettext_lazy("What was done"), help_text=gettext_lazy("The reporter reads this."))
    tested_how = text_field(gettext_lazy("How was it tested, and by whom?"), rows=2)

    def arguments(self) -> dict[str, Any]:
        return {"resolution": Resolution(**self.cleaned_data)}


class ReopenForm(VerbForm):
    """Take the resolution back."""

    reason = text_field(gettext_lazy("Why?"), rows=2, help_text=gettext_lazy("The reporter reads this."))


class CloseForm(VerbForm):
    """Close for the reporter."""

    ending = forms.ChoiceField(
        label=gettext_lazy("Why without their click?"),
        choices=[(ending.value, ending.label) for ending in (Ending.PHONE, Ending.LEFT, Ending.NO_ADDRESS)],
    )
    text = text_field(gettext_lazy("A word to the reporter"), rows=2, required=False)


class CancelForm(VerbForm):
    """Cancel with a reason."""

    ending = forms.ChoiceField(
        label=gettext_lazy("Why?"),
        choices=[(ending.value, ending.label) for ending in (Ending.NOT_INCIDENT, Ending.DUPLICATE, Ending.WITHDRAWN)],
    )
    text = text_field(gettext_lazy("Explain it to the reporter"), rows=2)
    duplicate_of = forms.CharField(
        label=gettext_lazy("Duplicate of"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("The number of the incident that goes on, like INC-1042."),
    )

    def clean_duplicate_of(self) -> int | None:
        text = str(self.cleaned_data["duplicate_of"]).strip().upper().removeprefix("INC-")
        if text and not text.isdecimal():
            raise forms.ValidationError(_("Write the number like INC-1042."))
        return int(text) if text else None

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        lacks = not facts.get("duplicate_of") and "duplicate_of" not in self.errors
        if facts.get("ending") == Ending.DUPLICATE and lacks:
            self.add_error("duplicate_of", _("Say of which incident."))
        return facts
