"""What is due by itself: when an incident is next looked at, and looking at those whose time has come.

Whoever looks holds the incident's lock, as every verb does: the two come one after the other, never at once.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

import structlog
from django.db.models import F

from incidents import history
from incidents.actions import clocks, escalating, waiting
from incidents.actions.round import Round
from incidents.models import Clock, Incident, Timer
from tenancy import clock, engine
from tenancy.clock import Instant
from tenancy.models import TrailEntry
from tenancy.wall import bound

log = structlog.get_logger(__name__)

NAME = "timers"
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(hours=1)
# So many at once of those that were tried 0, 1, 2, 3 times before; then each alone. Whoever takes its process along is
# soon found, and those who were only there when a process died are not held up one by one.
TOGETHER = (engine.BATCH, engine.BATCH, 12, 3)
ALONE = len(TOGETHER)


def begin(incident: Incident, started: list[Clock]) -> None:
    """Set off the clocks, the escalation and the timer of an incident that was just made."""
    clocks.keep(started)
    moments = [*(one.next_at for one in started), escalating.begin(incident, started)]
    _wake({incident.pk: moments}, forget=False)


def replan(incident: Incident, entry: TrailEntry) -> None:
    """Set the incident's clocks and timer anew after this entry of its trail; it is locked."""
    if entry.kind in history.KINDS:
        kept = clocks.replan(incident, entry.at)
    elif entry.kind == escalating.ACKNOWLEDGED:
        kept = list(Clock.objects.filter(incident=incident))
    else:
        return
    _wake({incident.pk: _moments(incident, entry, kept)})


def settle(together: Round) -> None:
    """Write what was done to many incidents at once, and set their clocks and timers anew by it."""
    together.write()
    moments = {}
    for entry in together.turns:
        incident = together.incidents[entry.record_id]
        moments[incident.pk] = _moments(incident, entry, clocks.replan(incident, together.at))
    _wake(moments)


def _moments(incident: Incident, entry: TrailEntry, kept: list[Clock]) -> list[datetime | None]:
    """When something is to be done for it by itself, after this entry: of its clocks, its escalation, its silence."""
    return [*(one.next_at for one in kept), escalating.replan(incident, entry, kept), waiting.next_of(incident)]


def _wake(moments: dict[int, list[datetime | None]], *, forget: bool = True) -> None:
    """Give each incident's timer the first of its moments; without any it has none."""
    first = {number: min((at for at in found if at), default=None) for number, found in moments.items()}
    timers = [Timer(incident_id=number, due_at=at) for number, at in first.items() if at]
    if timers:
        kept = ["due_at", "retry_at", "attempts", "last_error"]
        Timer.objects.bulk_create(
            timers, update_conflicts=True, unique_fields=["organisation", "incident"], update_fields=kept
        )
    if forget and len(timers) < len(first):
        Timer.objects.filter(incident__in=[number for number, at in first.items() if not at]).delete()


def attend_batch(organisation_id: int) -> int:
    """Look at up to `BATCH` incidents of an organisation whose time has come; return how many were looked at."""
    claimed = _claim(organisation_id)
    if not claimed:
        return 0
    try:
        return _round(organisation_id, claimed)
    except Exception:  # whatever it is: the time of the others has come, too
        if engine.is_cut_off():
            raise
        log.exception("a round failed", timers=claimed)
    for timer_id in claimed:
        _alone(organisation_id, timer_id)
    return len(claimed)


def _claim(organisation_id: int) -> list[int]:
    """Count one more try for each, and commit that before it is tried: what kills its process is counted as well.

    Whoever dies holds nothing up: after a pause they are tried again, the longer the more often they failed, and among
    ever fewer of their like.
    """
    with bound(organisation_id):
        timers = list(Timer.objects.due().select_for_update(of=("self",), skip_locked=True)[: engine.BATCH])
        if timers:
            size = _together(timers[0])
            timers = [timer for timer in timers if _together(timer) == size][:size]
        at = clock.now()
        for attempts, alike in groupby(sorted(timers, key=_attempts), key=_attempts):
            pause = min(FIRST_PAUSE * 2 ** min(attempts, 30), LONGEST_PAUSE)
            mine = Timer.objects.filter(pk__in=[timer.pk for timer in alike])
            mine.update(attempts=attempts + 1, retry_at=at + pause)
    engine.RETRIES.labels(NAME).inc(sum(timer.attempts > 0 for timer in timers))
    return [timer.pk for timer in timers]


def _attempts(timer: Timer) -> int:
    return timer.attempts


def _together(timer: Timer) -> int:
    return TOGETHER[timer.attempts] if timer.attempts < ALONE else 1


def _round(organisation_id: int, timer_ids: list[int]) -> int:
    """Attend to these, but for those that somebody works on in this moment; return how many that were."""
    with bound(organisation_id):
        due = Timer.objects.filter(pk__in=timer_ids, due_at__lte=Instant()).select_related("incident")
        timers = list(due.select_for_update(of=("incident",), skip_locked=True))
        if timers:
            at = _attend([timer.incident for timer in timers])
    for timer in timers:
        engine.LATENESS.labels(NAME).observe(max(0.0, (at - timer.due_at).total_seconds()))
    if left := set(timer_ids) - {timer.pk for timer in timers}:
        _give_back(organisation_id, left)
    return len(timers)


def _give_back(organisation_id: int, timer_ids: set[int]) -> None:
    """Those were not tried: their turn comes right after.

    In a transaction of its own, which waits for nobody: whoever works on an incident takes its lock first and its
    timer's after it, so to wait for a timer while holding an incident would be a way to wait for each other.
    """
    with bound(organisation_id):
        free = Timer.objects.filter(pk__in=timer_ids, attempts__gt=0).select_for_update(of=("self",), skip_locked=True)
        Timer.objects.filter(pk__in=[timer.pk for timer in free]).update(attempts=F("attempts") - 1, retry_at=None)


def _alone(organisation_id: int, timer_id: int) -> None:
    try:
        _round(organisation_id, [timer_id])
    except Exception as error:  # it is shown to a human, and tried again later and later
        if engine.is_cut_off():
            raise
        log.exception("an incident can't be attended to", timer=timer_id)
        with bound(organisation_id):
            Timer.objects.filter(pk=timer_id).update(last_error=f"{type(error).__name__}: {error}"[:500])


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
    for entry in due.turns:
        incident = due.incidents[entry.record_id]
        moments[incident.pk] = _moments(incident, entry, clocks.replan(incident, due.at))
    _wake(moments)
    return due.at
