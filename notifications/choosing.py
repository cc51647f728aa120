"""Choose what one is told; or, as an administrator, what people are told who choose nothing."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from notifications import outbox, preferences
from notifications.kinds import kinds
from notifications.models import HouseRules, Preference
from notifications.wishes import MAIL, Timing
from tenancy import clock, trail
from tenancy.members import Member
from tenancy.models import Membership
from tenancy.refusal import NotPossible
from tenancy.wall import refuse_unbound


@transaction.atomic
def choose(
    member: Member,
    *,
    timings: Mapping[str, Timing | None],
    quiet: tuple[time, time] | None,
    at: datetime | None = None,
) -> None:
    """Say what one wants to be told (nothing said: as the organisation says), and one's quiet hours."""
    refuse_unbound()
    at = at or clock.now()
    quiet_from, quiet_until = quiet or (None, None)
    if quiet and quiet_from == quiet_until:
        raise NotPossible(_("Let the quiet hours end at another time than they begin."))
    held = Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=member.id)
    row, _new = Preference.objects.get_or_create(membership_id=member.id)
    wanted = {"timings": _kept(timings), "quiet_from": quiet_from, "quiet_until": quiet_until}
    if changed := _write(row, wanted):
        facts = {"membership_id": member.id, "changed": changed}
        trail.record("preference.changed", record=("preference", row.pk), actor=member, at=at, facts=facts)
    if changed.keys() & {"quiet_from", "quiet_until"}:
        outbox.wake(member.id, at=preferences.of(held).peace_until(at, member.time_zone) or at)


@transaction.atomic
def choose_for_all(member: Member, *, timings: Mapping[str, Timing | None], at: datetime | None = None) -> None:
    """Say what people are told who choose nothing themselves."""
    refuse_unbound()
    member.require("organisation.administer")
    rules, _new = HouseRules.objects.get_or_create()
    if changed := _write(rules, {"timings": _kept(timings)}):
        record = ("houserules", rules.pk)
        trail.record(
            "houserules.changed", record=record, actor=member, at=at or clock.now(), facts={"changed": changed}
        )


def _kept(timings: Mapping[str, Timing | None]) -> dict[str, dict[str, str]]:
    known = {kind.name: kind for kind in kinds()}
    for name, timing in timings.items():
        if name not in known or (timing is Timing.OFF and not known[name].may_be_off):
            raise NotPossible(_("This can’t be turned off: somebody waits for your answer."))
    return {name: {MAIL: timing.value} for name, timing in sorted(timings.items()) if timing}


def _write(row: Any, wanted: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set what differs; return it from what to what."""
    changed = {name: [getattr(row, name), value] for name, value in wanted.items() if getattr(row, name) != value}
    for name, (_before, value) in changed.items():
        setattr(row, name, value)
    if changed:
        row.save(update_fields=list(changed))
    return {name: [one.isoformat() if isinstance(one, time) else one for one in pair] for name, pair in changed.items()}
