"""Both sides speak."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy

from incidents.forms.fields import text_field
from incidents.forms.files import FilesMixin, ids_in
from incidents.forms.verb import VerbForm
from incidents.models import Attachment


class ComposerForm(FilesMixin, VerbForm):
    """A public reply or an internal note: one box, two clearly different modes."""

    PUBLIC, INTERNAL = "public", "internal"
    MODES = (
        (PUBLIC, gettext_lazy("Public reply\nGoes to the requester's side.")),
        (INTERNAL, gettext_lazy("Internal note\nOnly staff see this.")),
    )

    mode = forms.ChoiceField(
        label=gettext_lazy("Who reads it?"),
        choices=MODES,
        widget=forms.RadioSelect,
        initial=PUBLIC,
    )
    body = text_field(gettext_lazy("Message"))
    article = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("What the files are"), choices=Attachment.Kind.choices, required=False)

    field_order = ("mode", "body", "article", "uploads", "kind")

    def __init__(self, *args: Any, may_reply: bool, **kwargs: Any) -> None:
        self.may_reply = may_reply
        super().__init__(*args, **kwargs)

    @property
    def articles(self) -> list[UUID]:
        """Whose texts were put into it, wherever they came from."""
        return ids_in(self.data, "article")

    def prepare(self) -> None:
        # What is sent too late is for the action to refuse: it says who was first.
        if not self.may_reply or (self.incident.is_final and not self.is_bound):
            mode = cast(forms.ChoiceField, self.fields["mode"])
            mode.choices, mode.initial = self.MODES[1:], self.INTERNAL


class AnswerForm(FilesMixin, VerbForm):
    """A message from the requester's side."""

    body = text_field(
        gettext_lazy("Your message"),
        error_messages={"required": gettext_lazy("Write a word before you send.")},
    )
    field_order = ("body", "uploads")


class LinkAnswerForm(VerbForm):
    """The answer to a question, from a mail: words only."""

    body = text_field(
        gettext_lazy("Your answer"),
        error_messages={"required": gettext_lazy("Write a word before you send.")},
    )
