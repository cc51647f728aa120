"""What administrators type about a calendar."""

from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from tenancy import clock, holidays, icalendars, openings
from tenancy.drafts import CalendarDraft
from tenancy.forms import ZONE_CHOICES, PreviewForm
from tenancy.holidays import Holiday
from tenancy.hours import Calendar, Hours
from tenancy.models import CalendarEdition

DAYS = tuple(f"day_{weekday}" for weekday in openings.WEEK)
HOW = _("As many times as you like: 08:00-12:00, 13:00-18:00. Past midnight: 22:00-06:00. Nothing: closed.")


class DayField(forms.CharField):
    """The hours of a weekday, as text."""

    def __init__(self, weekday: int) -> None:
        super().__init__(label=WEEKDAYS[weekday], required=False, max_length=200)
        self.weekday = weekday

    def clean(self, value: Any) -> tuple[Hours, ...]:
        """Read them."""
        try:
            return openings.read_day(self.weekday, super().clean(value))
        except openings.UnreadableHours as error:
            raise ValidationError(str(error)) from error


class HolidaysField(forms.CharField):
    """A holiday in each line."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Holidays"),
            required=False,
            max_length=100_000,
            widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
            help_text=_("One day in a line, and what it is called. Whatever opens on such a day does not count."),
        )

    def clean(self, value: Any) -> tuple[Holiday, ...]:
        """Read them."""
        try:
            return holidays.read(super().clean(value))
        except holidays.UnreadableHoliday as error:
            raise ValidationError(str(error)) from error


class EffectField(forms.DateField):
    """From which day on something holds: one to come, or none for at once."""

    def __init__(self) -> None:
        super().__init__(
            label=_("In effect from"),
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            help_text=_("From midnight on that day; empty: at once. What has been promised by then is kept as it was."),
        )

    def clean(self, value: Any) -> date | None:
        """Refuse a day that has begun."""
        day: date | None = super().clean(value)
        if day and day <= timezone.localdate(clock.now()):
            raise ValidationError(_("Name a day to come, or leave this empty: what has been promised stays."))
        if day and day.year >= 2200:
            raise ValidationError(_("This is too far ahead: is the year right?"))
        return day


class CalendarForm(PreviewForm):
    """A calendar's name and hours as they hold now; what is different makes another edition."""

    zone = forms.ChoiceField(label=_("Time zone"), choices=ZONE_CHOICES)
    always = forms.BooleanField(
        label=_("Round the clock"), required=False, help_text=_("Every hour counts, on holidays too.")
    )
    day_0, day_1, day_2, day_3, day_4, day_5, day_6 = (DayField(weekday) for weekday in openings.WEEK)
    holidays = HolidaysField()
    file = forms.FileField(
        label=_("Holidays from a file"),
        required=False,
        help_text=_("An iCal file (.ics). What it holds is added above for you to look at before it is saved."),
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
    )
    takes_effect = EffectField()

    found: icalendars.Found | None = None
    """What the file held that came along."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.update(_as_typed(CalendarEdition.objects.filter(calendar=self.instance).holding(clock.now())))

    def _get_validation_exclusions(self) -> set[str]:
        inherited: Any = super()
        return {*inherited._get_validation_exclusions(), "is_default"}  # the action takes it from another one

    def clean_file(self) -> UploadedFile | None:
        """Read the file, and add what it holds to what was typed."""
        upload: UploadedFile | None = self.cleaned_data["file"]
        if upload:
            try:
                self.found = icalendars.read(upload.read(icalendars.MAX_BYTES + 1), timezone.localdate(clock.now()))
            except icalendars.UnreadableCalendar as error:
                raise ValidationError(str(error)) from error
        return None

    def clean(self) -> dict[str, Any]:
        """Refuse hours that never come, and show what came from a file before it is saved."""
        cleaned = super().clean()
        if self.found:
            self._add(self.found.holidays)
        days = [cleaned.get(name) for name in DAYS]
        if not cleaned.get("always") and None not in days and not any(days):
            raise ValidationError(_("Say when it is open, or that it counts round the clock."))
        return cleaned

    def _add(self, found: tuple[Holiday, ...]) -> None:
        typed = self.cleaned_data.get("holidays")
        both = holidays.merged([*(typed or ()), *found])
        text = holidays.write(found if typed is None else both)
        typed_text = self.data.get("holidays", "")
        self.data = cast(Any, self.data).copy()
        cast(Any, self.data)["holidays"] = text if typed is not None else f"{typed_text}\n{text}"
        self.cleaned_data["holidays"] = both

    def is_valid(self) -> bool:
        """Whether it can be saved; not yet, where a file came along."""
        valid = super().is_valid()
        self.previews = self.previews or (valid and self.found is not None)
        return valid and not self.previews

    def rules(self) -> Calendar:
        """What was typed, ready to count with."""
        draft = self.draft()
        return Calendar(draft.zone, draft.week, frozenset(day for day, _name in draft.holidays), draft.always)

    def draft(self) -> CalendarDraft:
        """What was typed, for the action."""
        given = self.cleaned_data
        return CalendarDraft(
            **{key: given[key] for key in ("name", "is_default", "zone", "always", "holidays")},
            week=tuple(hours for name in DAYS for hours in given[name]),
            takes_effect=given.get("takes_effect"),
        )


def _as_typed(edition: CalendarEdition | None) -> dict[str, Any]:
    if edition is None:
        return {}
    week = edition.rules().week
    hours = {name: [one for one in week if one.weekday == weekday] for weekday, name in enumerate(DAYS)}
    return {
        "zone": edition.zone,
        "always": edition.always,
        "holidays": holidays.write((date.fromisoformat(day), name) for day, name in edition.holidays),
        **{name: openings.write_day(opened) for name, opened in hours.items()},
    }
