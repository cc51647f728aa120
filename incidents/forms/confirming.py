"""The last word is the reporter's."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.drafts import Confirmation
from incidents.forms.fields import text_field
from incidents.forms.verb import VerbForm
from incidents.lifecycle import Verb


class WithdrawForm(VerbForm):
    """Take one's own report back."""

    text = text_field(gettext_lazy("Would you tell us why?"), rows=2, required=False)


class ContestForm(VerbForm):
    """Say that it is not so."""

    text = text_field(
        gettext_lazy("What is not so?"),
        rows=3,
        error_messages={"required": gettext_lazy("Say in a sentence what is not so.")},
    )


class VerdictForm(VerbForm):
    """The reporter's one answer: it works, or it is still broken; the two can't contradict."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        choices=[
            (Verb.CONFIRM, gettext_lazy("It works\nWe close the incident.")),
            (Verb.REJECT, gettext_lazy("Still broken\nWe keep working on it.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose “It works” or “Still broken”.")},
    )
    comment = text_field(
        gettext_lazy("Anything to add?"),
        rows=3,
        required=False,
        help_text=gettext_lazy("If it is still broken, say in a sentence what is wrong."),
    )
    retest = forms.CharField(label=gettext_lazy("How did you try it?"), required=False, max_length=1000)
    rating = forms.ChoiceField(
        label=gettext_lazy("How was our help?"),
        required=False,
        choices=[(str(stars), str(stars)) for stars in range(1, 6)],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("1 is poor, 5 is great."),
    )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if facts.get("verdict") == Verb.REJECT and not facts.get("comment", "").strip():
            self.add_error("comment", _("Say in a sentence what is still broken."))
        if facts.get("verdict") == Verb.CONFIRM and len(facts.get("comment", "")) > 500:
            self.add_error("comment", _("Please keep it to 500 characters."))
        return facts

    @property
    def is_confirmed(self) -> bool:
        """Whether it works."""
        return bool(self.cleaned_data["verdict"] == Verb.CONFIRM)

    def confirmation(self) -> Confirmation:
        """The reporter's word."""
        facts = self.cleaned_data
        rating = int(facts["rating"]) if facts["rating"] else None
        return Confirmation(retested_how=facts["retest"], rating=rating, word=facts["comment"])
