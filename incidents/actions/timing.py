"""What is due by itself: when an incident is next looked at, and looking at those whose time has come.

Whoever looks holds the incident's lock, as every verb does: the two come one after the other, never at once.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F

from incidents import history
from incidents.actions import clocks
from incidents.actions.round import Round
from incidents.models import Incident, Timer
from tenancy import clock
from tenancy.models import TrailEntry
from tenancy.wall import bound

log = structlog.get_logger(__name__)

BATCH = 50
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)


def replan(incident: Incident, entry: TrailEntry) -> None:
    """Set the incident's clocks and timer anew after this entry of its trail; it is locked, or was just made."""
    if entry.kind in history.KINDS:
        moments = [one.next_at for one in clocks.replan(incident, entry)]
        _wake({incident.pk: moments}, forget=entry.kind != history.REPORTED)


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
    """Look at up to `BATCH` incidents of an organisation whose time has come; return how many."""
    with bound(organisation_id):
        due = Timer.objects.due().select_related("incident")
        timers = list(due.select_for_update(of=("incident",), skip_locked=True)[:BATCH])
        if timers:
            _attend_all([timer.incident for timer in timers])
    return len(timers)


def _attend_all(incidents: list[Incident]) -> None:
    """All at once; if that fails one by one, so that one in trouble takes no other along."""
    try:
        _attend(incidents)
    except Exception:  # whatever it is: the others' time has come
        log.exception("a round failed", incidents=[incident.pk for incident in incidents])
        for incident in incidents:
            _attend_alone(incident)


def _attend_alone(incident: Incident) -> None:
    try:
        _attend([incident])
    except Exception as error:  # it is shown to a human, and tried again later and later
        log.exception("an incident can't be attended to", incident=incident.pk)
        _put_off(incident, f"{type(error).__name__}: {error}")


@transaction.atomic
def _attend(incidents: Iterable[Incident]) -> None:
    due = Round(clock.now(), {incident.pk: incident for incident in incidents})
    clocks.attend(due)
    due.write()
    moments: dict[int, list[datetime | None]] = {number: [] for number in due.incidents}
    for one in due.clocks:
        moments[one.incident_id].append(one.next_at)
    _wake(moments)


def _put_off(incident: Incident, why: str) -> None:
    timer = Timer.objects.get(incident=incident)
    pause = min(FIRST_PAUSE * 2**timer.attempts, LONGEST_PAUSE)
    Timer.objects.filter(pk=timer.pk).update(
        attempts=F("attempts") + 1, retry_at=clock.now() + pause, last_error=why[:500]
    )
