"""One message instead of many: what comes in a burst, for one person about one thing, goes out together.

Whoever posts names the bundle a message belongs to and does not wait for anything. The rest is decided when the
message is about to be sent, under a lock: the first of a bundle goes at once and shuts it for a while; what comes
meanwhile waits for the end of that time and is sent as one. An urgent message never waits, and takes along what does.

What goes into a message is written down before it is sent for the first time and stays so, however often it is
handed over: with its Message-ID it is one and the same message.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import Case, F, Q, Value, When
from psycopg.errors import LockNotAvailable

from notifications.bursts import shut_for
from notifications.models import OutboxMessage

State = OutboxMessage.State
# Whoever holds the lock needs milliseconds; if they hang, the others see to other organisations.
PATIENCE = "3s"
# A burst that was interrupted for longer than this is over.
REMEMBERED = timedelta(days=1)


class Busy(Exception):
    """Somebody else has been deciding about this organisation's bundles for too long."""


def hold(organisation_id: int) -> datetime:
    """Let nobody else decide about this organisation's bundles until the transaction ends; return the instant."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, true), pg_advisory_xact_lock(hashtextextended('outbox', %s)), "
                "clock_timestamp()",
                [PATIENCE, organisation_id],
            )
        except OperationalError as error:
            raise Busy if isinstance(error.__cause__, LockNotAvailable) else error from error
        instant: datetime = cursor.fetchone()[2]
        return instant


def claim(due: Iterable[OutboxMessage], now: datetime, *, lease_until: datetime) -> list[OutboxMessage]:
    """Hold which of the due messages go out now, with what each `carries`; the others wait for their bundle."""
    claimed = _gather(due, now)
    alike: dict[tuple[datetime | None, int], list[int]] = {}
    for message in claimed:
        message.lease_until, message.attempts = lease_until, message.attempts + 1
        alike.setdefault((message.shut_until, message.turn), []).append(message.pk)
    held = {"state": State.SENDING, "lease_until": lease_until, "attempts": F("attempts") + 1}
    for (until, turn), ids in alike.items():
        OutboxMessage.objects.filter(pk__in=ids).update(shut_until=until, turn=turn, **held)
    return claimed


def _gather(due: Iterable[OutboxMessage], now: datetime) -> list[OutboxMessage]:
    due = list(due)
    fresh = [one for one in due if one.bundle and one.shut_until is None]
    again = [one for one in due if not one.bundle or one.shut_until is not None]
    return [*_with_what_they_carried(again), *_together(fresh, now)]


def _with_what_they_carried(messages: list[OutboxMessage]) -> list[OutboxMessage]:
    if leads := [one.pk for one in messages if one.shut_until is not None]:
        carried = list(OutboxMessage.objects.filter(lead__in=leads).order_by("id"))
        for message in messages:
            message.carries = [one for one in carried if one.lead_id == message.pk]
    return messages


def _together(fresh: list[OutboxMessage], now: datetime) -> list[OutboxMessage]:
    if not fresh:
        return []
    latest = _latest({one.bundle for one in fresh}, now)
    pressing = {one.bundle for one in fresh if one.urgent}
    shut = {bundle: until for bundle, (until, _turn) in latest.items() if until > now and bundle not in pressing}
    _put_off(shut, now)
    waiting = _waiting([one for one in fresh if one.bundle not in shut], pressing, now)
    leads = [one for one in fresh if one.urgent]
    for bundle in waiting.keys() - pressing:
        leads.append(waiting[bundle].pop(0))
    for lead in leads:
        lead.carries = _of_one_address(waiting.get(lead.bundle, []), lead.address)
        lead.turn = _turn(lead, latest.get(lead.bundle))
        lead.shut_until = now + shut_for(lead.bundle, lead.turn, timedelta(seconds=settings.BURST_SECONDS))
        if lead.carries:
            carried = OutboxMessage.objects.filter(pk__in=[one.pk for one in lead.carries])
            carried.update(state=State.CARRIED, lead=lead)
    return sorted(leads, key=lambda one: one.pk)


def _of_one_address(waiting: list[OutboxMessage], address: str) -> list[OutboxMessage]:
    """Take from what waits what goes to this address; who has got another one meanwhile gets the rest by itself."""
    alike = [one for one in waiting if one.address == address]
    waiting[:] = [one for one in waiting if one.address != address]
    return alike


def _latest(names: Iterable[str], now: datetime) -> dict[str, tuple[datetime, int]]:
    """Until when each bundle was last shut, and by the how-manieth message of its burst."""
    found = OutboxMessage.objects.filter(bundle__in=names, shut_until__gt=now - REMEMBERED)
    rows = found.order_by("bundle", "-shut_until").distinct("bundle").values_list("bundle", "shut_until", "turn")
    return {bundle: (until, turn) for bundle, until, turn in rows if until}


def _fresh(names: Iterable[str]) -> Q:
    return Q(bundle__in=names, state=State.PENDING, urgent=False, shut_until=None)


def _put_off(shut: dict[str, datetime], now: datetime) -> None:
    if shut:
        until = Case(*(When(bundle=bundle, then=Value(moment)) for bundle, moment in shut.items()))
        OutboxMessage.objects.filter(_fresh(shut), due_at__lte=now).update(due_at=until)


def _waiting(
    fresh: Sequence[OutboxMessage], pressing: Collection[str], now: datetime
) -> dict[str, list[OutboxMessage]]:
    """What waits in the bundles of these, oldest first; where something is pressing, also what was to wait longer."""
    known = [one for one in fresh if not one.urgent and (one.due_at <= now or one.bundle in pressing)]
    ready = Q(due_at__lte=now) | Q(bundle__in=pressing)
    more = OutboxMessage.objects.filter(_fresh({one.bundle for one in fresh}), ready)
    more = more.exclude(pk__in=[one.pk for one in fresh]).select_for_update()
    found: dict[str, list[OutboxMessage]] = {}
    for one in sorted([*known, *more], key=lambda one: one.pk):
        found.setdefault(one.bundle, []).append(one)
    return found


def _turn(lead: OutboxMessage, before: tuple[datetime, int] | None) -> int:
    """A burst goes on with what was posted while its bundle was shut; what comes later begins a new one."""
    if before is None or lead.created_at > before[0]:
        return 0
    return before[1] + 1


def dissolve(lead: OutboxMessage) -> None:
    """Let what it carries go out one by one: no message can be made of it, so none has been sent."""
    _let_go(lead, bundle="")


def release(lead: OutboxMessage) -> None:
    """Let what it carries wait for another: nobody needs this one any more, so it has not been sent."""
    _let_go(lead)


def _let_go(lead: OutboxMessage, **changes: str) -> None:
    OutboxMessage.objects.filter(lead=lead).update(state=State.PENDING, lead=None, **changes)
    lead.carries = ()
