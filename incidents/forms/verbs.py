"""One form per verb that needs facts; the same class serves the desk, the portal and the links in mails."""

from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents import words
from incidents.drafts import Classification, Confirmation, Hold, Resolution
from incidents.forms.fields import PointingForm, moment_field, offer, record_field, text_field
from incidents.forms.files import FilesMixin
from incidents.lifecycle import HoldReason, Verb
from incidents.models import (
    Attachment,
    Category,
    Hypothesis,
    Incident,
    IncidentType,
    Involvement,
    Reference,
    Service,
)
from incidents.priority import Impact, Priority, Risk, Severity, Urgency
from tenancy.models import Membership, Team
from tenancy.roles import RIGHTS, Role

Ending = Incident.Ending


class VerbForm(PointingForm):
    """The facts for one verb on one incident."""

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.incident = incident
        self.prepare()

    def prepare(self) -> None:
        """Offer what fits this incident."""

    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of the verb's action."""
        return self.cleaned_data


def _roles_with(right: str) -> list[Role]:
    return [role for role, rights in RIGHTS.items() if right in rights]


class AssignForm(VerbForm):
    """Give it to an agent."""

    assignee = record_field(gettext_lazy("Agent"))

    def prepare(self) -> None:
        team = self.incident.team_id
        agents = Membership.objects.filter(
            Q(grants_held__team=None) | Q(grants_held__team=team),
            state=Membership.State.ACTIVE,
            grants_held__role__in=_roles_with("incident.work"),
        ).distinct()
        if self.incident.restricted:
            agents = agents.filter(
                Q(seats__team=team)
                | Q(grants_held__role__in=_roles_with("incident.read_restricted"))
                | Q(grants_held__role=Role.TEAM_LEAD, grants_held__team=team)
            )
        offer(self, "assignee", agents, self.incident.assignee_id)


class RouteForm(VerbForm):
    """Move it to a team."""

    team = record_field(gettext_lazy("Team"))

    def prepare(self) -> None:
        offer(self, "team", Team.objects.filter(is_active=True), self.incident.team_id)


class ClassifyForm(VerbForm):
    """Say what it is."""

    type = record_field(gettext_lazy("Type"), required=False)
    category = record_field(gettext_lazy("Category"), required=False)
    service = record_field(gettext_lazy("Service"), required=False)
    impact = forms.ChoiceField(label=gettext_lazy("Impact"), choices=list(words.IMPACT.items()))
    urgency = forms.ChoiceField(label=gettext_lazy("Urgency"), choices=list(words.URGENCY.items()))
    risk = forms.ChoiceField(label=gettext_lazy("Risk"), choices=list(words.RISK.items()))
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"),
        choices=[("", gettext_lazy("Not said")), *words.SEVERITY.items()],
        required=False,
    )

    def prepare(self) -> None:
        for name, model in (("type", IncidentType), ("category", Category), ("service", Service)):
            chosen = getattr(self.incident, f"{name}_id")
            # What has been retired since stays where it is, until somebody chooses anew.
            offer(self, name, model.objects.filter(Q(is_active=True) | Q(pk=chosen)), chosen)
        for name in ("impact", "urgency", "risk", "severity"):
            self.fields[name].initial = getattr(self.incident, name)

    def arguments(self) -> dict[str, Any]:
        facts = self.cleaned_data
        classification = Classification(
            type=facts["type"],
            category=facts["category"],
            service=facts["service"],
            impact=Impact(facts["impact"]),
            urgency=Urgency(facts["urgency"]),
            risk=Risk(facts["risk"]),
            severity=Severity(facts["severity"]) if facts["severity"] else None,
        )
        return {"facts": classification}


class OverrideForm(VerbForm):
    """Set the priority by hand."""

    priority = forms.ChoiceField(label=gettext_lazy("Priority"), choices=[(p.value, p.value) for p in Priority])
    reason = text_field(gettext_lazy("Why?"), rows=2, help_text=gettext_lazy("Kept as an internal note."))

    def prepare(self) -> None:
        self.fields["priority"].initial = self.incident.priority

    def arguments(self) -> dict[str, Any]:
        return {**self.cleaned_data, "priority": Priority(self.cleaned_data["priority"])}


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
    kind = forms.ChoiceField(label=gettext_lazy("What the files are"), choices=Attachment.Kind.choices, required=False)

    field_order = ("mode", "body", "uploads", "kind")

    def __init__(self, *args: Any, may_reply: bool, **kwargs: Any) -> None:
        self.may_reply = may_reply
        super().__init__(*args, **kwargs)

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


class SuspectForm(VerbForm):
    """Write a hypothesis."""

    suspicion = text_field(gettext_lazy("What do you suspect?"), rows=2)
    test = text_field(gettext_lazy("How will you test it?"), rows=2, required=False)


class ConcludeForm(VerbForm):
    """Say what came of a hypothesis."""

    hypothesis = record_field(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), choices=Hypothesis.Outcome.choices)
    test = text_field(gettext_lazy("How was it tested?"), rows=2, required=False)
    as_root_cause = forms.BooleanField(
        label=gettext_lazy("If confirmed, it is the root cause"), required=False, initial=True
    )

    def prepare(self) -> None:
        offer(self, "hypothesis", Hypothesis.objects.filter(incident=self.incident))


class DiagnoseForm(VerbForm):
    """Write the root cause."""

    root_cause = text_field(gettext_lazy("Root cause"), rows=3)

    def prepare(self) -> None:
        self.fields["root_cause"].initial = self.incident.root_cause


class ReferForm(VerbForm):
    """Add somebody else's number."""

    kind = forms.ChoiceField(label=gettext_lazy("Whose?"), choices=Reference.Kind.choices)
    value = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=120,
        error_messages={"required": gettext_lazy("This can't stay empty.")},
    )
    url = forms.URLField(
        label=gettext_lazy("Web address"),
        required=False,
        assume_scheme="https",
        error_messages={"invalid": gettext_lazy("This is not a web address.")},
    )


class InvolveForm(VerbForm):
    """Add a person."""

    person = record_field(gettext_lazy("Person"))
    part = forms.ChoiceField(label=gettext_lazy("As"), choices=Involvement.Part.choices)

    def prepare(self) -> None:
        offer(self, "person", Membership.objects.filter(state=Membership.State.ACTIVE))


class ReleaseForm(InvolveForm):
    """Remove a person."""

    def prepare(self) -> None:
        offer(self, "person", Membership.objects.filter(involvements__incident=self.incident).distinct())
        self.fields["person"].widget = forms.HiddenInput()
        self.fields["part"].widget = forms.HiddenInput()


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


FORMS: dict[Verb, type[VerbForm]] = {
    Verb.ASSIGN: AssignForm,
    Verb.ROUTE: RouteForm,
    Verb.CLASSIFY: ClassifyForm,
    Verb.OVERRIDE: OverrideForm,
    Verb.HOLD: HoldForm,
    Verb.RESOLVE: ResolveForm,
    Verb.REOPEN: ReopenForm,
    Verb.CLOSE: CloseForm,
    Verb.CANCEL: CancelForm,
    Verb.SUSPECT: SuspectForm,
    Verb.CONCLUDE: ConcludeForm,
    Verb.DIAGNOSE: DiagnoseForm,
    Verb.REFER: ReferForm,
    Verb.INVOLVE: InvolveForm,
    Verb.RELEASE: ReleaseForm,
    Verb.WITHDRAW: WithdrawForm,
    Verb.CONTEST: ContestForm,
}
