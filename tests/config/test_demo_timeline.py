"""The demo's stories have a believable time for every step, whenever somebody starts them."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.demo.house import House
from config.demo.seeding import HOUSES, OPENED_BEFORE
from config.demo.stage import QUIET_FOR, timeline
from config.demo.worktime import SATURDAY, Week

BERLIN = Week(ZoneInfo("Europe/Berlin"), time(9), time(17))
FRIDAY = datetime(2026, 11, 20, 16, 30, tzinfo=ZoneInfo("Europe/Berlin"))
# Any minute of three years: weekends, nights, both changes of the clocks.
NOWS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(
    ("work", "expected"),
    [
        ("20m", "2026-11-20 16:50"),
        ("1h", "2026-11-23 09:30"),
        ("1d", "2026-11-23 16:30"),
        ("1d 1h 30m", "2026-11-24 10:00"),
    ],
)
def test_work_goes_on_after_the_weekend(work: str, expected: str) -> None:
    assert BERLIN.add(FRIDAY, BERLIN.span(work)) == datetime.fromisoformat(f"{expected}+01:00")


def test_days_ago_are_working_days() -> None:
    assert BERLIN.days_ago(FRIDAY + timedelta(days=2), 1, time(9, 5)) == FRIDAY.replace(hour=9, minute=5)


@given(at=NOWS, minutes=st.integers(0, 6000))
def test_work_ends_at_work_and_never_before_it_began(at: datetime, minutes: int) -> None:
    done = BERLIN.add(at, timedelta(minutes=minutes))
    local = done.astimezone(BERLIN.zone)
    assert done >= at
    assert local.weekday() < SATURDAY
    assert BERLIN.opens <= local.time() <= BERLIN.closes


@settings(max_examples=30)
@given(now=NOWS)
def test_every_story_fits_between_the_opening_and_now(now: datetime) -> None:
    for house in HOUSES:
        for story in house.stories:
            moments = [cue.at for cue in timeline(house.week, story, now)]
            assert now - OPENED_BEFORE < moments[0]
            assert all(earlier < later for earlier, later in pairwise(moments))
            assert moments[-1] <= (now if story.is_recent else now - QUIET_FOR)


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.slug)
def test_no_two_stories_are_the_same(house: House) -> None:
    assert len(house.stories) >= 40
    for told in ("key", "title", "text"):
        assert len({getattr(story, told) for story in house.stories}) == len(house.stories)


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.slug)
def test_nobody_real_is_written_to(house: House) -> None:
    addresses = [house.sender_address, *(human.mail for human in house.humans if human.mail)]
    assert all(address.endswith(".example") for address in addresses)
