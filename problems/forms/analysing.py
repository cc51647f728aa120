"""Ask why: what a statement says, what shows it, and what is thought of it."""

from typing import Any, cast

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.forms.fields import moment_field, text_field
from incidents.models import Attachment
from problems.analysis import Belief, Branch, Kind, is_web_address
from problems.drafts import EvidenceDraft, StatementDraft
from problems.forms.fields import IncidentField
from problems.forms.verb import ProblemForm
from problems.models import Evidence, File, Statement
from problems.queries import what_goes_with
from problems.words import WOULD_LOSE

# How much of a statement or a file's name stands in a choice.
SHORT = 100
# The field that says what the evidence of a kind is.
THING = {Kind.INCIDENT: "incident", Kind.LINK: "url", Kind.MEASUREMENT: "value", Kind.FILE: "file"}


class SayingForm(ProblemForm):
    """The fields of a `StatementDraft`."""

    text = text_field(gettext_lazy("Statement"), rows=2, help_text=gettext_lazy("One sentence. Only staff read it."))
    branch = forms.ChoiceField(
        label=gettext_lazy("Branch"),
        required=False,
        help_text=gettext_lazy("What it is about."),
        choices=[("", gettext_lazy("Not said")), *Statement.Bone.choices],
    )
    happened_at = moment_field(
        gettext_lazy("When did it happen?"),
        required=False,
        help_text=gettext_lazy("Then it stands on the timeline."),
    )

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        draft = StatementDraft(
            text=said["text"],
            parent=said["parent"] or None,
            branch=Branch(said["branch"]) if said["branch"] else None,
            happened_at=said["happened_at"],
        )
        return {"draft": draft}


class StateForm(SayingForm):
    """Why something is so; without that, what is so."""

    parent = forms.UUIDField(required=False, widget=forms.HiddenInput)

    @property
    def about(self) -> str:
        return str(self["parent"].value() or "")


class RewordForm(SayingForm):
    """Say it better, or hang it elsewhere."""

    statement = forms.UUIDField(widget=forms.HiddenInput)
    parent = forms.TypedChoiceField(label=gettext_lazy("It answers the why of"), required=False, empty_value=None)

    field_order = ["statement", "text", "parent", "branch", "happened_at"]

    def prepare(self) -> None:
        others = self.problem.statements.all().visible_to(self.member).values_list("public_id", "text")
        named = [(str(key), _short(text)) for key, text in others if str(key) != self.about]
        _choice(self, "parent").choices = [("", _("Nothing: it stands at the top")), *named]

    @property
    def about(self) -> str:
        return str(self["statement"].value() or "")

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "statement": self.cleaned_data["statement"]}


class SupportForm(ProblemForm):
    """What shows it."""

    statement = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("What is the evidence?"), choices=Evidence.Sort.choices)
    incident = IncidentField(
        label=gettext_lazy("Incident"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Its number, like INC-1042."),
    )
    url = forms.URLField(
        label=gettext_lazy("Web address"),
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={"invalid": gettext_lazy("This is not a web address.")},
    )
    value = forms.DecimalField(
        label=gettext_lazy("Measured value"), required=False, max_digits=18, decimal_places=6, localize=True
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), required=False, max_length=40)
    file = forms.ChoiceField(
        label=gettext_lazy("File of the problem or of a linked incident"),
        required=False,
        help_text=gettext_lazy("An incident’s file can be downloaded by whoever may open the incident."),
    )
    words = text_field(
        gettext_lazy("What does it show?"),
        rows=2,
        required=False,
        help_text=gettext_lazy("Of a measurement: what was measured, and how."),
    )

    def prepare(self) -> None:
        linked = self.problem.links.all().visible_to(self.member).values("incident")
        files = Attachment.objects.all().open_to(self.member).filter(incident__in=linked).select_related("incident")
        own = File.objects.all().open_to(self.member).filter(problem=self.problem)
        named = [(str(one.uuid), _short(one.name)) for one in own]
        named += [(str(one.uuid), f"{one.incident.label} · {_short(one.name)}") for one in files if one.incident]
        _choice(self, "file").choices = [("", _("Choose")), *named]
        if not named:
            del self.fields["file"]
            _choice(self, "kind").choices = [one for one in Evidence.Sort.choices if one[0] != Kind.FILE]

    @property
    def about(self) -> str:
        return str(self["statement"].value() or "")

    def clean_url(self) -> str:
        """Refuse where a browser should not be led."""
        url: str = self.cleaned_data["url"]
        if url and not is_web_address(url):
            raise forms.ValidationError(self.fields["url"].error_messages["invalid"])
        return url

    def clean(self) -> dict[str, Any]:
        """Ask for what the kind needs."""
        said = self.cleaned_data
        kind = said.get("kind")
        needed = [THING[Kind(kind)]] if kind else []
        if kind == Kind.MEASUREMENT:
            needed.append("words")
        for name in needed:
            if name not in self.errors and said.get(name) in (None, ""):
                self.add_error(name, _("This can't stay empty."))
        return said

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        names = ("words", "incident", "url", "value", "unit")
        told = {name: said[name] for name in names}
        draft = EvidenceDraft(kind=Kind(said["kind"]), file=said.get("file") or None, **told)
        return {"statement": said["statement"], "evidence": draft}


class WithdrawForm(ProblemForm):
    """Which evidence shows nothing after all, and why."""

    evidence = forms.UUIDField(widget=forms.HiddenInput)
    reason = text_field(gettext_lazy("Why is it no evidence?"), rows=2, help_text=gettext_lazy("Only staff read this."))

    @property
    def about(self) -> str:
        return str(self["evidence"].value() or "")

    @property
    def hint(self) -> str:
        """What goes with it."""
        try:
            key = forms.UUIDField().clean(self.about)
        except forms.ValidationError:
            return ""
        found = Evidence.objects.all().visible_to(self.member).standing().filter(statement__problem=self.problem)
        one = found.select_related("statement").filter(public_id=key).first()
        return str(WOULD_LOSE[what_goes_with(one)]) if one else ""


class JudgeForm(ProblemForm):
    """What is thought of it, and why."""

    statement = forms.UUIDField(widget=forms.HiddenInput)
    belief = forms.ChoiceField(
        label=gettext_lazy("What do you think of it?"),
        choices=Statement.State.choices,
        help_text=gettext_lazy("Confirming needs evidence; ruling out needs evidence or a reason."),
    )
    reason = text_field(gettext_lazy("Reason"), rows=2, required=False)

    @property
    def about(self) -> str:
        return str(self["statement"].value() or "")

    def arguments(self) -> dict[str, Any]:
        return {**self.cleaned_data, "belief": Belief(self.cleaned_data["belief"])}


class AdoptForm(ProblemForm):
    """Which hypothesis of an incident is taken in."""

    hypothesis = forms.UUIDField(widget=forms.HiddenInput)

    @property
    def about(self) -> str:
        return str(self["hypothesis"].value() or "")


class CauseForm(ProblemForm):
    """Which confirmed statement the cause is, in a summary, and how one knows."""

    statement = forms.ChoiceField(label=gettext_lazy("Which confirmed statement is it?"), widget=forms.RadioSelect)
    cause = text_field(
        gettext_lazy("What is the root cause?"), rows=3, help_text=gettext_lazy("In a summary. Only staff read this.")
    )
    evidence = text_field(
        gettext_lazy("Which evidence shows it?"),
        rows=3,
        help_text=gettext_lazy("In a summary: whatever convinces somebody who doubts it."),
    )

    def prepare(self) -> None:
        seen = self.problem.statements.all().visible_to(self.member).confirmed()
        found = list(seen.values_list("public_id", "text", "is_cause"))
        _choice(self, "statement").choices = [(str(key), _short(text)) for key, text, _is in found]
        self.fields["statement"].initial = next((str(key) for key, _text, is_cause in found if is_cause), None)
        self.fields["cause"].initial = self.problem.cause
        self.fields["evidence"].initial = self.problem.cause_evidence
        self.is_early = not found

    @property
    def hint(self) -> str:
        return _("A root cause is a statement that is confirmed, with evidence. None is yet.") if self.is_early else ""

    def clean_statement(self) -> Any:
        """The statement's id."""
        return forms.UUIDField().clean(self.cleaned_data["statement"])


def _choice(form: forms.Form, name: str) -> forms.ChoiceField:
    return cast(forms.ChoiceField, form.fields[name])


def _short(text: str) -> str:
    return Truncator(text).chars(SHORT)
