"""Sets up when an organisation is open and what it promises, as its administrator would."""

from config.demo.promised import Vow
from config.demo.setup import Setup
from incidents import durations
from incidents.actions.promises import add_policy, change_policy
from incidents.drafts import PolicyDraft
from incidents.models import Policy
from incidents.sla import Measure
from tenancy import icalendars
from tenancy.actions.calendars import add_calendar, change_calendar
from tenancy.drafts import CalendarDraft
from tenancy.models import Calendar
from tenancy.openings import read_day

ALWAYS = "always"


def promise(setup: Setup) -> None:
    """Set it up on the day on which everything is."""
    given = setup.house.promising
    found = icalendars.read(given.holidays.encode(), setup.at.date()).holidays
    calendars: dict[str, Calendar] = {}
    for hours in given.hours:
        draft = CalendarDraft(
            name=hours.name,
            zone=setup.house.time_zone,
            is_default=not calendars,
            week=tuple(span for day, text in hours.days.items() for span in read_day(day, text)),
            holidays=found,
        )
        calendars[hours.name] = _open(setup, draft)
    for vow in given.vows:
        _vow(setup, vow, calendars[vow.hours or given.hours[0].name])


def _open(setup: Setup, draft: CalendarDraft) -> Calendar:
    if draft.is_default:
        usual = Calendar.objects.get(is_default=True)
        return change_calendar(setup.administrator, calendar=usual, draft=draft, at=setup.at)
    return add_calendar(setup.administrator, draft=draft, at=setup.at)


def _vow(setup: Setup, vow: Vow, calendar: Calendar) -> None:
    draft = PolicyDraft(
        name=vow.name,
        calendar=calendar,
        targets={priority: _targets(line) for priority, line in vow.lines.items()},
        service=setup.cast.services[vow.service] if vow.service else None,
    )
    if vow.service:
        add_policy(setup.administrator, draft=draft, at=setup.at)
    else:
        change_policy(setup.administrator, policy=Policy.objects.get(service=None, type=None), draft=draft, at=setup.at)


def _targets(line: str) -> dict[str, int | bool]:
    given = [part.strip() for part in line.split(",")]
    times = zip(Measure, given, strict=False)
    found: dict[str, int | bool] = {measure.value: durations.read(text) for measure, text in times if text != "-"}
    return {**found, ALWAYS: True} if ALWAYS in given else found
