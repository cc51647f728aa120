"""What administrators type about promises: a table of how long what may take."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from incidents import durations, words
from incidents.drafts import PolicyDraft
from incidents.models import Policy, PolicyEdition
from incidents.priority import Priority
from incidents.promising import Scope, sentences
from incidents.sla import Measure, Targets
from tenancy import clock
from tenancy.calendar_form import EffectField
from tenancy.choices import RecordChoice
from tenancy.forms import PreviewForm
from tenancy.models import Calendar, CalendarEdition

ALWAYS = "always"
CELLS = [*Measure, ALWAYS]


class TargetsWidget(forms.MultiWidget):
    """A row for each priority: how long each thing may take, and whether the clock never stops."""

    template_name = "incidents/targets.html"

    def __init__(self) -> None:
        cells = [forms.CheckboxInput() if cell == ALWAYS else forms.TextInput() for _row in Priority for cell in CELLS]
        super().__init__(cells)

    def decompress(self, value: Any) -> list[Any]:
        targets = value or {}
        return [
            bool(row.get(ALWAYS)) if cell == ALWAYS else durations.write(int(row.get(cell, 0)))
            for row in (targets.get(priority, {}) for priority in Priority)
            for cell in CELLS
        ]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        cells = iter(context["widget"]["subwidgets"])
        context["headings"] = [_heading(cell) for cell in CELLS]
        context["rows"] = [(priority.value, [(_heading(cell), next(cells)) for cell in CELLS]) for priority in Priority]
        for label, row in context["rows"]:
            for heading, widget in row:
                widget["attrs"]["aria-label"] = f"{label}, {heading}"
        return context


def _heading(cell: str) -> str:
    return str(_("Round the clock") if cell == ALWAYS else words.MEASURE[Measure(cell)])


class TargetsField(forms.Field):
    """The table as `incidents.sla.Targets`."""

    widget = TargetsWidget

    def clean(self, value: Any) -> Targets:
        """Read each cell; say of each that can't be read which it is."""
        given = iter(value or [])
        targets: dict[str, dict[str, int | bool]] = {}
        errors = []
        for priority in Priority:
            row: dict[str, int | bool] = {}
            for cell in CELLS:
                typed = next(given, "")
                try:
                    row[cell] = bool(typed) if cell == ALWAYS else durations.read(str(typed or ""))
                except durations.UnreadableTime as error:
                    errors.append(f"{priority}, {_heading(cell)}: {error}")
            row = {cell: target for cell, target in row.items() if target}
            if row.keys() - {ALWAYS}:
                targets[priority.value] = row
        if errors:
            raise ValidationError(errors)
        if not targets:
            raise ValidationError(_("Promise something for one priority at least."))
        return targets


class PolicyForm(PreviewForm):
    """A promise as it holds now; what is different makes another edition."""

    calendar = RecordChoice(
        label=_("Calendar"), queryset=None, empty_label=None, help_text=_("In whose open hours the time counts.")
    )
    targets = TargetsField(
        label=_("Promised"),
        help_text=_("Like 15 min, 4 h or 1 h 30 min of open hours. Empty: not promised."),
    )
    takes_effect = EffectField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "calendar" not in self.fields:
            return  # somebody may only look
        cast(Any, self.fields["calendar"]).queryset = Calendar.objects.all()
        edition = self._held()
        usual = Calendar.objects.filter(is_default=True).values_list("pk", flat=True).first()
        self.initial["calendar"] = edition.calendar_id if edition else usual
        self.initial["targets"] = edition.targets if edition else {}

    def _held(self) -> PolicyEdition | None:
        """What holds now; of one that rests, or has not begun, what it promised or will."""
        if not self.instance.pk:
            return None
        editions = PolicyEdition.objects.filter(policy=self.instance).exclude(targets={})
        return editions.holding(clock.now()) or editions.first()

    def sentences(self) -> list[str]:
        """What was typed, in words."""
        draft = self.draft()
        edition = CalendarEdition.objects.filter(calendar=draft.calendar).holding(clock.now())
        return sentences(draft.targets, scope_of(self.instance), edition.rules()) if edition else []

    def draft(self) -> PolicyDraft:
        """What was typed, for the action."""
        given = self.cleaned_data
        row = self.instance
        return PolicyDraft(
            name=given["name"],
            calendar=given["calendar"],
            targets=given["targets"],
            service=row.service,
            type=row.type,
            takes_effect=given["takes_effect"],
        )


def scope_of(policy: Policy) -> Scope:
    """What a policy is for, by name."""
    service, kind = policy.service, policy.type
    return Scope(service=service.name if service else "", type=kind.name if kind else "")
