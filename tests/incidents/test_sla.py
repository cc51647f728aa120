"""Clocks against a slow, obvious oracle that lives through the history minute by minute."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.lifecycle import Clock
from incidents.sla import Measure, Promise, Reading, State, Turn, Why, explain, read
from tenancy.hours import Calendar
from tests.tenancy.test_hours import AROUND, MINUTE, OFFICE, WEEKS, ZONES, is_open, local

SECOND = timedelta(seconds=1)


def moments(start: datetime, turns: Sequence[Turn], now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From start to now, cut at every full minute and at every turn."""
    minute = start.replace(second=0, microsecond=0)
    cuts = {start, now, *(turn.at for turn in turns if start <= turn.at <= now)}
    while (minute := minute + MINUTE) < now:
        cuts.add(minute)
    line = sorted(cuts)
    yield from itertools.pairwise(line)


def slowly(promise: Promise, turns: Sequence[Turn], now: datetime) -> tuple[timedelta, datetime | None, bool]:
    """How much was used, when the promise was used up if it was, and whether the clock has ended."""
    used, due, ended, clock = timedelta(), None, False, Clock.RUNS
    live = [turn for turn in turns if turn.at <= now]
    for begins, ends in [*moments(turns[0].at, turns, now), (now, now)]:
        for turn in (turn for turn in live if turn.at == begins):
            clock = turn.clock
            if turn.anew or (promise.measure is Measure.UPDATE and turn.word):
                used, due, ended = timedelta(), None, False
            if promise.measure is Measure.RESPONSE:
                ended = ended or turn.word or turn.answered
            else:
                ended = clock is Clock.STOPPED
        if clock is Clock.RUNS and not ended and is_open(promise.calendar, begins):
            if due is None and used < promise.target <= used + (ends - begins):
                due = begins + (promise.target - used)
            used += ends - begins
    return used, due, ended


@st.composite
def histories(draw: st.DrawFn) -> tuple[Promise, list[Turn], datetime]:
    around = draw(st.sampled_from(AROUND))
    calendar = Calendar(draw(st.sampled_from(ZONES)), draw(WEEKS), always=draw(st.integers(0, 9)) == 0)
    promise = Promise(draw(st.sampled_from(Measure)), timedelta(minutes=draw(st.integers(1, 900))), calendar)
    at = around + SECOND * draw(st.integers(0, 86400))
    turns = [Turn(at, Clock.RUNS, answered=draw(st.booleans()) and draw(st.booleans()))]
    for _ in range(draw(st.integers(0, 6))):
        at += SECOND * draw(st.integers(1, 14 * 3600))
        clock = draw(st.sampled_from(Clock))
        word, answered = draw(st.booleans()), draw(st.integers(0, 3)) == 0
        anew = clock is Clock.RUNS and turns[-1].clock is Clock.STOPPED and draw(st.booleans())
        turns.append(Turn(at, clock, word=word, answered=answered, anew=anew))
    return promise, turns, at + SECOND * draw(st.integers(0, 30 * 3600))


def agrees(reading: Reading, promise: Promise, turns: list[Turn], now: datetime) -> None:
    used, due, ended = slowly(promise, turns, now)
    assert reading.elapsed == used
    assert reading.left == promise.target - used
    assert (reading.ended_at is not None) == ended
    if used >= promise.target:
        assert reading.due_at == due
    elif reading.state is State.RUNS:
        assert reading.due_at
        assert reading.due_at > now
        later = slowly(promise, turns, reading.due_at)
        assert later[:2] == (promise.target, reading.due_at)
    else:
        assert reading.due_at is None


@given(case=histories())
@settings(max_examples=120)
def test_clocks_against_the_oracle(case: tuple[Promise, list[Turn], datetime]) -> None:
    promise, turns, now = case
    agrees(read(promise, turns, now), promise, turns, now)


@given(case=histories())
@settings(max_examples=100)
def test_a_clock_never_goes_late_in_the_instant_of_resuming(case: tuple[Promise, list[Turn], datetime]) -> None:
    promise, turns, _now = case
    for before, after in itertools.pairwise(turns):
        if before.clock is Clock.PAUSES and after.clock is Clock.RUNS and not after.anew:
            was, then = (read(promise, turns, at) for at in (after.at - SECOND, after.at))
            assert was.is_late == then.is_late or promise.measure is Measure.UPDATE


@given(case=histories())
@settings(max_examples=100)
def test_the_explanation_has_no_gap_and_counts_what_was_used(
    case: tuple[Promise, list[Turn], datetime],
) -> None:
    promise, turns, now = case
    reading = read(promise, turns, now)
    parts = explain(promise, turns, now)
    counted = sum((part.span.length for part in parts if part.why is Why.COUNTED), timedelta())
    assert counted == (promise.target if reading.due_at else reading.elapsed)
    assert all(one.span.end == other.span.start for one, other in itertools.pairwise(parts))
    if parts:
        end = reading.due_at or reading.ended_at or now
        assert (parts[0].span.start, parts[-1].span.end) == (reading.started_at, end)


@given(case=histories(), target=st.integers(1, 900))
@settings(max_examples=100)
def test_another_promise_keeps_every_pause(case: tuple[Promise, list[Turn], datetime], target: int) -> None:
    promise, turns, now = case
    other = replace(promise, target=timedelta(minutes=target))
    assert read(promise, turns, now).elapsed == read(other, turns, now).elapsed


def history(*turns: tuple[str, Clock] | Turn) -> list[Turn]:
    return [turn if isinstance(turn, Turn) else Turn(local(turn[0]), turn[1]) for turn in turns]


RUNS, PAUSES, STOPPED = Clock.RUNS, Clock.PAUSES, Clock.STOPPED


def resolution(hours: int) -> Promise:
    return Promise(Measure.RESOLUTION, timedelta(hours=hours), OFFICE)


def test_a_pause_is_left_out() -> None:
    turns = history(("2026-03-02 09:00", RUNS), ("2026-03-02 10:00", PAUSES), ("2026-03-03 10:00", RUNS))
    reading = read(resolution(4), turns, local("2026-03-03 11:00"))
    assert (reading.elapsed, reading.due_at) == (timedelta(hours=2), local("2026-03-03 13:00"))


def test_while_it_pauses_nothing_is_due() -> None:
    turns = history(("2026-03-02 09:00", RUNS), ("2026-03-02 10:00", PAUSES))
    reading = read(resolution(4), turns, local("2026-03-20 11:00"))
    assert (reading.state, reading.left, reading.due_at) == (State.PAUSES, timedelta(hours=3), None)


def test_reopened_it_goes_on_where_it_stopped() -> None:
    turns = history(("2026-03-02 09:00", RUNS), ("2026-03-02 11:00", STOPPED), ("2026-03-04 09:00", RUNS))
    assert read(resolution(4), turns, local("2026-03-04 09:30")).due_at == local("2026-03-04 11:00")


def test_reopened_anew_it_starts_over() -> None:
    turns = history(("2026-03-02 09:00", RUNS), ("2026-03-02 11:00", STOPPED))
    turns.append(Turn(local("2026-03-04 09:00"), RUNS, anew=True))
    assert read(resolution(4), turns, local("2026-03-04 09:30")).due_at == local("2026-03-04 13:00")


def test_too_late_stays_too_late_after_the_end() -> None:
    turns = history(("2026-03-02 09:00", RUNS), ("2026-03-02 16:00", STOPPED))
    reading = read(resolution(4), turns, local("2026-03-09 09:00"))
    assert (reading.due_at, reading.ended_at) == (local("2026-03-02 13:00"), local("2026-03-02 16:00"))
    assert reading.is_late


def test_to_the_second_it_is_kept() -> None:
    turns = history(("2026-03-02 09:00", RUNS), ("2026-03-02 13:00", STOPPED))
    assert not read(resolution(4), turns, local("2026-03-09 09:00")).is_late


@pytest.mark.parametrize("how", ["word", "answered"])
def test_the_first_answer_ends_the_response(how: str) -> None:
    turns = [Turn(local("2026-03-02 09:00"), RUNS), Turn(local("2026-03-02 10:30"), RUNS, **{how: True})]
    reading = read(Promise(Measure.RESPONSE, timedelta(hours=2), OFFICE), turns, local("2026-03-04 09:00"))
    assert (reading.ended_at, reading.elapsed) == (local("2026-03-02 10:30"), timedelta(hours=1, minutes=30))


def test_each_public_word_starts_the_next_update() -> None:
    turns = [Turn(local("2026-03-02 09:00"), RUNS), Turn(local("2026-03-02 17:30"), RUNS, word=True)]
    update = Promise(Measure.UPDATE, timedelta(hours=2), OFFICE)
    assert read(update, turns, local("2026-03-02 17:45")).due_at == local("2026-03-03 09:30")


def test_what_comes_later_does_not_count_yet() -> None:
    turns = history(("2026-03-02 09:00", RUNS), ("2026-03-02 10:00", STOPPED))
    now = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    assert read(resolution(4), turns, now).state is State.RUNS
