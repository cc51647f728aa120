"""What is written once must be the same for everybody who gets it again."""

from datetime import timedelta
from typing import Any

import pytest
from django import forms
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tenancy.templatetags.moments import distance_of, due
from tenancy.templatetags.pieces import form_fields, line, piece


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


def queue_line(**more: Any) -> str:
    row = {"number": "INC-1", "title": "Smoke", "url": "/x/", "status": "new", "reported_at": timezone.now(), **more}
    return line("incidents/_desk_row.html", row)


def test_a_line_is_written_anew_for_whatever_it_shows() -> None:
    assert "Smoke" in queue_line()
    assert "&lt;b&gt;" in queue_line(title="<b>")
    assert "&lt;b&gt;" in queue_line(title=SafeString("<b>"))
    assert "Restricted" in queue_line(restricted=True)
    assert "Restricted" not in queue_line(restricted=False)


def test_a_line_tells_its_moments_as_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    row = {"number": "INC-1", "title": "Smoke", "url": "/x/", "status": "new", "reported_at": now, "due_at": now}
    told = set()
    for later in (timedelta(0), timedelta(minutes=5), timedelta(hours=3), timedelta(days=5)):
        monkeypatch.setattr(timezone, "now", lambda later=later: now + later)
        told.add(line("incidents/_desk_row.html", row))
    assert len(told) == 4


def test_what_is_told_alike_lies_equally_far_away() -> None:
    now = timezone.now()
    assert distance_of(now - timedelta(minutes=5, seconds=1)) == distance_of(now - timedelta(minutes=5, seconds=40))
    assert distance_of(now - timedelta(minutes=5)) != distance_of(now + timedelta(minutes=5, seconds=5))
    assert distance_of(now - timedelta(hours=47, minutes=1)) != distance_of(now - timedelta(hours=46, minutes=1))


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(90, "in 1 minute"), (30, "now"), (-30, "now"), (-90, "1 minute late"), (5400, "in 1 hour")],
)
def test_a_deadline_within_the_minute_is_now(seconds: int, told: str) -> None:
    assert f">{told}</time>" in due(timezone.now() + timedelta(seconds=seconds))
