"""What is written once must be the same for everybody who gets it again."""

from typing import Any

import pytest
from django import forms
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tenancy.templatetags.pieces import form_fields, piece


def test_a_text_that_was_called_safe_is_not_safe_for_the_next() -> None:
    marked = piece("avatar", name=SafeString("<b>Ada</b>"), initials="A")
    typed = piece("avatar", name="<b>Ada</b>", initials="A")
    assert marked == typed
    assert "&lt;b&gt;Ada" in typed


def test_a_piece_speaks_the_readers_language() -> None:
    english = piece("status", status="resolved")
    with translation.override("de"):
        assert piece("status", status="resolved") != english
    assert piece("status", status="resolved") == english


class Question(forms.Form):
    """One of each sort."""

    colour = forms.ChoiceField(label=_("Priority"), choices=[("r", "Red"), ("b", "Blue")])
    why = forms.CharField(widget=forms.Textarea, required=False)


def question(data: Any = None, *, choices: Any = None, **more: Any) -> str:
    form = Question(data, **more)
    if choices:
        form.fields["colour"].choices = choices
    return form_fields(form)


@pytest.mark.parametrize(
    "other",
    [
        {"initial": {"colour": "b"}},
        {"initial": {"why": "<i>because</i>"}},
        {"auto_id": "second-%s"},
        {"prefix": "p"},
        {"choices": [("g", "Green")]},
        {"data": {"colour": "b", "why": "so"}},
        {"data": {}},
    ],
)
def test_forms_that_differ_are_written_differently(other: dict[str, Any]) -> None:
    plain = question()
    assert question(**other) != plain
    assert question() == plain


def test_what_somebody_typed_is_never_shown_to_another() -> None:
    assert "secret" in question({"why": "secret"})
    assert "secret" not in question()


def test_a_label_is_in_the_readers_language() -> None:
    english = question()
    with translation.override("de"):
        assert question() != english
