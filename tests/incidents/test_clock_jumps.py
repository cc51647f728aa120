"""The database's notion of now jumps about, forwards and back: each deadline is kept once, whatever the clock says.

Now is moved by a function in a schema that is searched before PostgreSQL's own.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from incidents.actions import timing
from incidents.models import EscalationEdition, EscalationPolicy, Incident, Timer
from tenancy import clock
from tenancy.models import CalendarEdition, Organisation, TrailEntry
from tenancy.models.calendars import usual
from tests import database
from tests.incidents.conftest import Cast
from tests.incidents.factories import reported

pytestmark = pytest.mark.django_db(transaction=True)
STEPS = [
    {"after": 5, "tell": [["team_lead"]]},
    {"after": 90, "tell": [["role", "incident_manager"]], "level": 1},
    {"after": 50, "of": "resolution", "until": "resolved", "tell": [["team_lead"]], "level": 2},
]
# In minutes: small and large, back and forth, over days.
JUMPS = [1, 3, -60, 70, 2, -1440, 1500, 30, -5, 240, -10000, 12000, 1, 4 * 24 * 60]
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago"]


class Now:
    """What PostgreSQL says that it is."""

    def set(self, at: datetime) -> None:
        with database.owner() as owner:
            owner.execute("UPDATE moved.now SET at = %s", [at])


@pytest.fixture
def now(harbour: Organisation) -> Iterator[Now]:
    with database.owner() as owner:
        owner.execute("CREATE SCHEMA moved")
        owner.execute("CREATE TABLE moved.now AS SELECT pg_catalog.clock_timestamp() AS at")
        owner.execute(
            "CREATE FUNCTION moved.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER "
            "AS 'SELECT at FROM moved.now'"
        )
        owner.execute("GRANT USAGE ON SCHEMA moved TO PUBLIC")
    with connection.cursor() as cursor:
        cursor.execute("SET search_path = moved, pg_catalog, public")
    try:
        yield Now()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET search_path")
        with database.owner() as owner:
            owner.execute("DROP SCHEMA moved CASCADE")


def _changes(zone: str) -> list[datetime]:
    """The first instants of 2026 after the zone's clocks were put forward and back."""
    local = ZoneInfo(zone)
    found, at = [], datetime(2026, 1, 1, tzinfo=UTC)
    while at.year == 2026:
        after = at + timedelta(minutes=30)
        if at.astimezone(local).utcoffset() != after.astimezone(local).utcoffset():
            found.append(after)
        at = after
    return found


def deeds() -> list[tuple[str, object, object]]:
    """What was done by itself."""
    kinds = ["incident.escalated", "incident.clock_warned"]
    found = TrailEntry.objects.filter(kind__in=kinds).order_by("id")
    return [(one.kind, one.facts.get("step", one.facts.get("measure")), one.facts.get("level")) for one in found]


@pytest.mark.parametrize("zone", ZONES)
def test_each_deadline_is_kept_once_however_the_clock_jumps(
    zone: str, now: Now, cast: Cast, harbour: Organisation
) -> None:
    EscalationPolicy.objects.update(is_active=False)
    policy = EscalationPolicy.objects.create(name="All")
    EscalationEdition.objects.create(policy=policy, takes_effect_at=datetime(2020, 1, 1, tzinfo=UTC), steps=STEPS)
    hours = usual(clock.now())[0]
    CalendarEdition.objects.create(
        calendar_id=hours.calendar_id, takes_effect_at=datetime(2020, 1, 1, tzinfo=UTC), zone=zone, week=hours.week
    )
    for change in _changes(zone):
        start = change - timedelta(hours=3)
        now.set(start)
        assert clock.now() == start
        incident = reported(cast.reporter, at=start, service=cast.service, impact="department", urgency="high")
        before = len(deeds())
        at = start
        for jump in JUMPS:
            at += timedelta(minutes=jump)
            now.set(at)
            while timing.CLAIMS.attend_batch(harbour.id):
                pass
        found = deeds()[before:]
        steps = [what for kind, what, _level in found if kind == "incident.escalated"]
        assert sorted(map(int, map(str, steps))) == [1, 2, 3], "each step once"
        warned = [(what, level) for kind, what, level in found if kind == "incident.clock_warned"]
        assert len(warned) == len(set(warned)), "each warning once"
        assert {what for what, level in warned if level == 100} == {"response", "update", "resolution"}
        Timer.objects.filter(incident=incident).delete()
    assert Incident.objects.count() == 2
