"""What is due by itself: when an incident is next looked at, and looking at those whose time has come.

Whoever looks holds the incident's lock, as every verb does: the two come one after the other, never at once.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import QuerySet

from incidents import history
from incidents.actions import clocks, escalating, waiting
from incidents.actions.round import Round
from incidents.models import Clock, Escalation, Incident, Timer
from tenancy import clock, engine
from tenancy.clock import Instant
from tenancy.engine.claims import Claims
from tenancy.models import TrailEntry
from tenancy.wall import Conflict, OneOf, Written, insert_all

NAME = "timers"


def begin(incident: Incident, started: list[Clock]) -> None:
    """Set off the clocks, the escalation and the timer of an incident that was just made."""
    for one in started:
        one.incident = incident  # it has its number by now
    clocks.keep(started)
    moments = [*(one.next_at for one in started), escalating.begin(incident, started)]
    _wake({incident.pk: moments}, forget=False)


def replan(incident: Incident, entry: TrailEntry) -> None:
    """Set the incident's clocks and timer anew after this entry of its trail; it is locked."""
    if entry.kind in history.KINDS:
        kept = clocks.replan(incident, entry.at)
    elif escalating.is_about_answers(entry) or waiting.is_foreseen_anew(entry):
        kept = list(Clock.objects.filter(incident=incident))
    else:
        return
    current = escalating.current_ones([incident.pk]).get(incident.pk)
    _wake({incident.pk: _moments(incident, entry, kept, current)})


def settle(together: Round) -> None:
    """Write what was done to many incidents at once, and set their clocks and timers anew by it."""
    together.write()
    _wake(_turned(together))


def _turned(together: Round) -> dict[int, list[datetime | None]]:
    """Set anew the clocks and escalations of whatever turned in the round; return each incident's moments."""
    entries = {entry.record_id: entry for entry in together.turns}
    incidents = {number: together.incidents[number] for number in entries}
    if not incidents:
        return {}
    kept, current = clocks.replan_all(incidents, together.at), escalating.current_ones(incidents)
    return {
        number: _moments(one, entries[number], kept[number], current.get(number)) for number, one in incidents.items()
    }


def _moments(
    incident: Incident, entry: TrailEntry, kept: list[Clock], current: Escalation | None
) -> list[datetime | None]:
    """When something is to be done for it by itself, after this entry: of its clocks, its escalation, its silence."""
    next_step = escalating.replan(incident, entry, kept, current)
    return [*(one.next_at for one in kept), next_step, waiting.next_of(incident)]


def _wake(moments: dict[int, list[datetime | None]], *, forget: bool = True) -> None:
    """Give each incident's timer the first of its moments; without any it has none."""
    first = {number: min((at for at in found if at), default=None) for number, found in moments.items()}
    timers = [Timer(incident_id=number, due_at=at) for number, at in first.items() if at]
    insert_all(timers, _OVER)
    if forget and len(timers) < len(first):
        Timer.objects.filter(OneOf("incident", [number for number, at in first.items() if not at])).delete()


_OVER = Conflict(unique=("organisation", "incident"), update=("due_at", "retry_at", "attempts", "last_error"))


def attend(timer_ids: Collection[int]) -> set[int]:
    """Attend to the incidents of these timers; return the timers of those that somebody works on in this moment."""
    timers = _locked(tuple(timer_ids))
    if timers:
        at, lateness = _attend([timer.incident for timer in timers]), engine.LATENESS.labels(NAME)
        for timer in timers:
            lateness.observe(max(0.0, (at - timer.due_at).total_seconds()))
    return set(timer_ids) - {timer.pk for timer in timers}


def _make_locked(timer_ids: Collection[int]) -> QuerySet[Timer]:
    due = Timer.objects.filter(OneOf("pk", timer_ids), due_at__lte=Instant()).select_related("incident")
    return due.select_for_update(of=("incident",), skip_locked=True)


_locked = Written(_make_locked)
CLAIMS = Claims(NAME, Timer.objects.due, attend)


def let_pass() -> int:
    """Take what is due by now as told: an import brings a past, and nobody is to hear of it as if it were news.

    For the end of an import, in its own transaction; return how many incidents were looked at.
    """
    count = 0
    due = Timer.objects.due().select_related("incident").select_for_update(of=("incident",))
    while timers := list(due[: engine.BATCH]):
        _attend([timer.incident for timer in timers], silently=True)
        count += len(timers)
    return count


def _attend(incidents: Iterable[Incident], *, silently: bool = False) -> datetime:
    due = Round(clock.now(), {incident.pk: incident for incident in incidents})
    clocks.attend(due)
    steps, silences = escalating.attend(due), waiting.attend(due)
    if silently:
        due.hush()
    due.write()
    moments = {number: [steps.get(number), silences.get(number)] for number in due.incidents}
    for one in due.clocks:
        moments[one.incident_id].append(one.next_at)
    _wake(moments | _turned(due))
    return due.at
