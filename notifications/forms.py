"""What people choose: a timing for each kind, and their quiet hours."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds import Kind
from notifications.wishes import MAIL, Timing, Timings, Wishes

WORDS = {Timing.AT_ONCE: gettext_lazy("By mail, at once"), Timing.OFF: gettext_lazy("Not at all")}
USUAL = {
    Timing.AT_ONCE: gettext_lazy("As usual here (by mail, at once)"),
    Timing.OFF: gettext_lazy("As usual here (not at all)"),
}
AS_THE_HOUSE = ""


class KindsForm(forms.Form):
    """One field for each kind; what can't be turned off says so, and has none."""

    def __init__(self, *args: Any, kinds: Iterable[Kind], chosen: Timings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fixed = []
        for kind in kinds:
            if not kind.may_be_off:
                self.fixed.append(kind)
                continue
            self.fields[kind.name] = forms.ChoiceField(
                label=kind.label,
                help_text=kind.note,
                choices=self.choices(kind.name),
                initial=chosen.get(kind.name, {}).get(MAIL, self.unchosen),
                required=False,
            )

    unchosen = Timing.AT_ONCE.value

    def choices(self, name: str) -> list[tuple[str, Any]]:
        """What can be chosen about a kind."""
        return [(timing.value, WORDS[timing]) for timing in Timing]

    def timings(self) -> dict[str, Timing | None]:
        """What was chosen, by kind; of what nothing was chosen: none."""
        names = [name for name in self.fields if name not in ("quiet_from", "quiet_until")]
        return {name: Timing(told) if (told := self.cleaned_data[name]) else None for name in names}


class WishesForm(KindsForm):
    """One's own choices, and quiet hours."""

    unchosen = AS_THE_HOUSE
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )

    def __init__(self, *args: Any, kinds: Iterable[Kind], wishes: Wishes, **kwargs: Any) -> None:
        self.wishes = wishes
        initial = {"quiet_from": wishes.quiet_from, "quiet_until": wishes.quiet_until}
        super().__init__(*args, kinds=kinds, chosen=wishes.own, initial=initial, **kwargs)

    def choices(self, name: str) -> list[tuple[str, Any]]:
        """As everybody here, or otherwise."""
        usual = Wishes(house=self.wishes.house).timing(name)
        return [(AS_THE_HOUSE, USUAL[usual]), *super().choices(name)]

    @property
    def kind_fields(self) -> list[forms.BoundField]:
        """Those of the kinds, for the page."""
        return [field for field in self if field.name not in ("quiet_from", "quiet_until")]

    def clean(self) -> dict[str, Any]:
        """Refuse half of the quiet hours."""
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if not self.errors and (begins is None) != (ends is None):
            self.add_error("quiet_until" if ends is None else "quiet_from", _("Give both times, or none."))
        return cleaned

    def quiet(self) -> tuple[time, time] | None:
        """From when until when, if at all."""
        begins, ends = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]
        return (begins, ends) if begins is not None and ends is not None else None
