"""Every part of the look on one page, for those who build; it exists only in development."""

from datetime import timedelta
from types import SimpleNamespace as Sample

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone


class SampleForm(forms.Form):
    """One field of every sort."""

    title = forms.CharField(label="A line", help_text="With a sentence that helps.")
    text = forms.CharField(label="A text", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    service = forms.ChoiceField(label="A choice", choices=[("", "I am not sure"), ("vpn", "Remote access")])
    urgency = forms.ChoiceField(
        label="Cards",
        widget=forms.RadioSelect,
        choices=[("high", "Badly\nAn important task is blocked."), ("low", "A little\nIt can wait.")],
    )
    restricted = forms.BooleanField(label="A tick", required=False)
    attachment = forms.FileField(label="A file", required=False)


class SampleComposer(forms.Form):
    """The two modes of writing on an incident."""

    mode = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("public", "Public reply"), ("internal", "Internal note")]
    )
    body = forms.CharField(label="Text", widget=forms.Textarea(attrs={"rows": 3}))


def _message(kind: str, body: str, **more: object) -> Sample:
    at = timezone.now() - timedelta(minutes=40)
    return Sample(kind=kind, body=body, at=at, author_name="Mara Lindqvist", author_initials="ML", **more)


def _files() -> list[Sample]:
    return [
        Sample(name="screenshot.png", size=234_567, url="#", scan="clean", kind_label="Evidence"),
        Sample(name="eventlog.txt", size=4_567, url="#", scan="not_scanned", kind_label=""),
        Sample(name="invoice.exe", size=4_567, url="#", scan="infected", kind_label=""),
    ]


def _conversation() -> list[Sample]:
    return [
        _message("public", "Since this morning the connection is lost every few minutes.", files=_files()),
        _message("system", "Assigned to the team Network."),
        _message("question", "Which version of the client do you use?"),
        _message("public", "5.1.2, updated last Friday.", mine=True),
        _message("workaround", "Use the old client until tomorrow."),
        _message("solution", "The server's certificate was renewed."),
        _message("internal", "The vendor knows of it. Do not promise a date."),
    ]


def _steps() -> list[Sample]:
    states = {
        "Logged": "done",
        "Classified": "done",
        "Investigating": "current",
        "Resolved": "todo",
        "Closed": "todo",
    }
    return [Sample(label=label, state=state) for label, state in states.items()]


def samples() -> dict[str, object]:
    """What the page shows: made up, and the same at every call but for the times."""
    composer = SampleComposer(initial={"mode": "public"}, auto_id="composer_%s")
    return {
        "statuses": ["new", "in_progress", "on_hold", "resolved", "closed", "cancelled"],
        "priorities": ["P1", "P2", "P3", "P4", "P5", ""],
        "tones": ["info", "success", "warning", "error"],
        "form": SampleForm({"text": "Typed, and still here", "urgency": "high"}),
        "conversation": _conversation(),
        "files": _files(),
        "steps": _steps(),
        "tabs": [
            Sample(label="All open", url="#", current=True, count=34),
            Sample(label="Mine", url="#", count=7),
        ],
        "facts": [
            Sample(label="Service", value="Remote access", url="#"),
            Sample(label="Error code", value=""),
        ],
        "entries": [Sample(at=timezone.now(), actor_name="Mara Lindqvist", text="took the incident")],
        "composer": Sample(form=composer, url="#", to="Priya Raman"),
        "verbs": [
            Sample(label="Resolve", url="#", form=SampleForm(auto_id="resolve_%s"), primary=True),
            Sample(label="Take it", url="#", form=None),
            Sample(label="Cancel", url="#", form=SampleForm(auto_id="cancel_%s"), danger=True),
        ],
    }


def look(request: HttpRequest) -> HttpResponse:
    """Show every part."""
    return render(request, "dev/look.html", samples())
