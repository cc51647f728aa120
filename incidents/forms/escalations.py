"""What administrators type about escalations: a few steps, each a row of answers."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from incidents.calling import OF, UNTIL, WHO, as_example
from incidents.escalation import HIGHEST_LEVEL, LONGEST, MOST_TIMES, From, Step, Target, Until, Who
from incidents.models import EscalationEdition, EscalationPolicy
from incidents.reach import ROLES
from tenancy import clock
from tenancy.forms import PreviewForm
from tenancy.models import Membership, Team
from tenancy.models.people import ROLE_LABELS

Word = TypeVar("Word", From, Until)

ROWS = 8
CELLS = ("after", "of", "until", "tell", "people", "level", "team", "major", "times", "every")
LABELS = {
    "after": _("After"),
    "of": _("counted in"),
    "until": _("Only"),
    "tell": _("Tell"),
    "people": _("and these people, by mail address"),
    "level": _("Raise to level"),
    "team": _("Move to team"),
    "major": _("Propose a major incident"),
    "times": _("How often"),
    "every": _("every so many minutes"),
}


def _targets() -> list[tuple[str, Any]]:
    named = [(who.value, label) for who, label in WHO.items()]
    return [*named, *((f"role:{role}", format_lazy("{}: {}", _("Role"), ROLE_LABELS[role])) for role in ROLES)]


class StepsWidget(forms.MultiWidget):
    """So many rows, each a step; an empty one is none."""

    template_name = "incidents/steps.html"
    use_fieldset = True

    def __init__(self) -> None:
        number = {"inputmode": "numeric", "size": 5}
        cells: dict[str, Callable[[], forms.Widget]] = {
            "after": lambda: forms.TextInput(number),
            "of": lambda: forms.Select(choices=[(one.value, label) for one, label in OF.items()]),
            "until": lambda: forms.Select(choices=[(one.value, label) for one, label in UNTIL.items()]),
            "tell": lambda: forms.CheckboxSelectMultiple(choices=_targets()),
            "people": forms.TextInput,
            "level": lambda: forms.TextInput(number),
            "team": forms.Select,
            "major": forms.CheckboxInput,
            "times": lambda: forms.TextInput(number),
            "every": lambda: forms.TextInput(number),
        }
        super().__init__([cells[cell]() for _row in range(ROWS) for cell in CELLS])

    def offer_teams(self) -> None:
        """Let each row choose among the organisation's teams."""
        teams = [("", "–"), *((str(one.public_id), one.name) for one in Team.objects.filter(is_active=True))]
        for widget in self.widgets[CELLS.index("team") :: len(CELLS)]:
            cast(Any, widget).choices = teams

    def decompress(self, value: Any) -> list[Any]:
        """Cells as they are: `cells_of` makes them from steps."""
        return list(value or [None] * (len(CELLS) * ROWS))

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        cells = iter(context["widget"]["subwidgets"])
        rows = [{cell: next(cells) for cell in CELLS} for _row in range(ROWS)]
        context["steps"] = [
            {
                "number": number + 1,
                "cells": [(cell, LABELS[cell], widget) for cell, widget in row.items()],
                "is_blank": not row["after"]["value"],
            }
            for number, row in enumerate(rows)
        ]
        return context


class StepsField(forms.Field):
    """The rows as `incidents.escalation.Step`s."""

    widget = StepsWidget

    def clean(self, value: Any) -> list[Step]:
        """Read each row; say of each that can't be read which it is, and why."""
        given = list(value or [])
        found, errors = [], []
        for number in range(ROWS):
            row = dict(zip(CELLS, given[number * len(CELLS) : (number + 1) * len(CELLS)], strict=False))
            if not str(row.get("after") or "").strip():
                continue
            try:
                found.append(_step(row))
            except ValidationError as error:
                told = {"number": number + 1, "why": " ".join(error.messages)}
                errors.append(_("Step %(number)s: %(why)s") % told)
        if errors:
            raise ValidationError(errors)
        if not found:
            raise ValidationError(_("Say of one step at least when it happens."))
        return found


def _step(row: dict[str, Any]) -> Step:
    times = _number(row["times"] or "1", 1, MOST_TIMES, LABELS["times"])
    tell = [_target(one) for one in row["tell"] or []] + _people(str(row["people"] or ""))
    step = Step(
        after=_number(row["after"], 0, LONGEST, LABELS["after"]),
        of=_one_of(From, row["of"] or From.START),
        until=_one_of(Until, row["until"] or Until.ACKNOWLEDGED),
        tell=tuple(tell),
        level=_number(row["level"] or "0", 0, HIGHEST_LEVEL, LABELS["level"]),
        team=_team(str(row["team"] or "")),
        major=bool(row["major"]),
        times=times,
        every=_number(row["every"] or "", 1, LONGEST, LABELS["every"]) if times > 1 else 0,
    )
    if not (step.tell or step.level or step.team or step.major):
        raise ValidationError(_("Say what happens then: whom to tell, or what to change."))
    return step


def _one_of(words: type[Word], typed: str) -> Word:
    try:
        return words(typed)
    except ValueError as error:
        raise ValidationError(_("Choose one of the list.")) from error


def _number(typed: str, least: int, most: int, label: Any) -> int:
    text = str(typed).strip()
    if not (text.isascii() and text.isdecimal()) or len(text) > 6 or not least <= int(text) <= most:
        raise ValidationError(
            _("“%(label)s” needs a whole number from %(least)s to %(most)s.")
            % {"label": label, "least": least, "most": most}
        )
    return int(text)


def _target(chosen: str) -> Target:
    who, _colon, role = chosen.partition(":")
    if chosen not in dict(_targets()):
        raise ValidationError(_("Choose whom to tell from the list."))
    return Target(Who(who), role)


def _people(typed: str) -> list[Target]:
    mails = [one.strip() for one in typed.replace(";", ",").split(",") if one.strip()]
    found = []
    for mail in mails:
        person = Membership.objects.filter(mail__iexact=mail, state=Membership.State.ACTIVE).first()
        if person is None:
            raise ValidationError(_("Nobody here has the address %(mail)s.") % {"mail": mail})
        found.append(Target(Who.PERSON, person.pk))
    return found


def _team(public_id: str) -> int | None:
    if not public_id:
        return None
    team = next((one for one in Team.objects.all() if str(one.public_id) == public_id), None)
    if team is None:
        raise ValidationError(_("Choose a team from the list."))
    return team.pk


class EscalationPolicyForm(PreviewForm):
    """An escalation with its steps as they hold now; others make another edition."""

    steps = StepsField(
        label=_("Steps"),
        help_text=_("A step that reaches nobody lets the next one happen at once, and tells the catch-all."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "steps" in self.fields:
            self.fields["steps"].widget.offer_teams()
            self.initial["steps"] = cells_of(steps_of(self.instance))

    def has_new_steps(self) -> bool:
        """Whether other steps were typed than those that hold."""
        typed: list[Step] = self.cleaned_data["steps"]
        return list(steps_of(self.instance)) != typed

    def sentences(self) -> list[str]:
        """What was typed, in words."""
        return as_example(self.cleaned_data["steps"], timezone.localtime())


def steps_of(policy: EscalationPolicy) -> tuple[Step, ...]:
    """The steps that hold now."""
    if not policy.pk:
        return ()
    held = EscalationEdition.objects.filter(policy=policy, takes_effect_at__lte=clock.now())
    edition = held.order_by("-takes_effect_at", "-id").first()
    return edition.read() if edition else ()


def cells_of(steps: tuple[Step, ...]) -> list[Any]:
    """Steps as the cells of all rows, one after the other."""
    people = [one.which for step in steps for one in step.tell if one.who is Who.PERSON]
    mails = dict(Membership.objects.filter(pk__in=people).values_list("pk", "mail")) if people else {}
    moves = Team.objects.filter(pk__in=[step.team for step in steps if step.team])
    teams = {one.pk: str(one.public_id) for one in moves}
    rows = [
        [
            step.after,
            step.of.value,
            step.until.value,
            [_chosen(one) for one in step.tell if one.who is not Who.PERSON],
            ", ".join(mails.get(int(one.which), "") for one in step.tell if one.who is Who.PERSON),
            step.level or "",
            teams.get(step.team or 0, ""),
            step.major,
            step.times if step.times > 1 else "",
            step.every or "",
        ]
        for step in steps[:ROWS]
    ]
    return [cell for row in rows for cell in row] + [None] * (len(CELLS) * (ROWS - len(rows)))


def _chosen(target: Target) -> str:
    return f"role:{target.which}" if target.who is Who.ROLE else target.who.value
