"""The facts that the verbs on a problem need."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.forms.fields import PointingForm, moment_field, text_field
from incidents.forms.people import PersonField
from incidents.people import line
from problems.forms.fields import IncidentsField, ProblemField
from problems.forms.files import FilesForm
from problems.forms.verb import ProblemForm


class AppointForm(ProblemForm):
    """Who answers for it, and who coordinates the work."""

    manager = PersonField(label=gettext_lazy("Problem manager"), required=False)
    coordinator = PersonField(label=gettext_lazy("Coordinator"), required=False)

    def prepare(self) -> None:
        for name in ("manager", "coordinator"):
            person = getattr(self.problem, name)
            self.fields[name].initial = line(person) if person else ""


class LinkForm(ProblemForm):
    """Which incidents it causes, too."""

    incidents = IncidentsField(
        label=gettext_lazy("Incidents"),
        max_length=4000,
        help_text=gettext_lazy("Their numbers, like INC-1042 INC-1043."),
    )


class UnlinkForm(ProblemForm):
    """Which incident it does not cause."""

    incident = IncidentsField(widget=forms.HiddenInput)

    def arguments(self) -> dict[str, Any]:
        return {"incident": self.cleaned_data["incident"][0]}


class NoteForm(FilesForm):
    """What only staff may read."""

    text = text_field(gettext_lazy("Internal note"), rows=3)
    field_order = ("text", "uploads")

    def arguments(self) -> dict[str, Any]:
        return {"text": self.cleaned_data["text"], "files": self.uuids}


class AttachForm(FilesForm):
    """Files that only staff may download."""

    def clean(self) -> dict[str, Any]:
        """Ask for one."""
        if not (self.good_files or self.kept or self.errors):
            self.add_error("uploads", _("Choose a file."))
        return self.cleaned_data

    def arguments(self) -> dict[str, Any]:
        return {"files": self.uuids}


class WorkaroundForm(ProblemForm):
    """What those who wait may do meanwhile."""

    workaround = text_field(
        gettext_lazy("What can people do until it is fixed?"),
        rows=5,
        help_text=gettext_lazy("Reporters read this once you tell it. Nobody is told by saving it."),
    )
    change = text_field(
        gettext_lazy("What has changed?"),
        required=False,
        rows=2,
        help_text=gettext_lazy("Stands above the new text for everybody who was told the old one."),
    )

    def prepare(self) -> None:
        self.fields["workaround"].initial = self.problem.workaround
        if not self.problem.told_edition:
            del self.fields["change"]


class ApplyForm(ProblemForm):
    """What was fixed, and how that was tested."""

    note = text_field(
        gettext_lazy("What was fixed"), help_text=gettext_lazy("Reporters of what waits for it read this.")
    )
    tested_how = text_field(gettext_lazy("How was it tested, and by whom?"), rows=2)


class ReasonForm(ProblemForm):
    """Why."""

    reason = text_field(gettext_lazy("Why?"), rows=3, help_text=gettext_lazy("Only staff read this."))


class MergeForm(ProblemForm):
    """Of which problem it is a duplicate."""

    into = ProblemField(
        label=gettext_lazy("The problem that goes on"),
        max_length=20,
        help_text=gettext_lazy("Its number, like PRB-1042. It gets the incidents of this one."),
    )


class TaskForm(ProblemForm):
    """What is to be done."""

    what = forms.CharField(label=gettext_lazy("What is to be done?"), max_length=200)
    assignee = PersonField(label=gettext_lazy("Who"), required=False)
    due_at = moment_field(gettext_lazy("By when"), required=False)


class TickForm(ProblemForm):
    """Which task is done."""

    task = forms.UUIDField(widget=forms.HiddenInput)


class ToProblemForm(PointingForm):
    """Which problem causes an incident."""

    problem = ProblemField(
        label=gettext_lazy("Caused by"), max_length=20, help_text=gettext_lazy("A problem’s number, like PRB-1042.")
    )


class ReviewForm(ProblemForm):
    """When somebody has to look at it again."""

    review_at = moment_field(gettext_lazy("Review on"))

    def clean_review_at(self) -> Any:
        """Refuse what is over."""
        at = self.cleaned_data["review_at"]
        if at <= timezone.now():
            raise forms.ValidationError(_("Choose a date in the future."))
        return at
