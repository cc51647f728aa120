"""The plan of an escalation against a slow oracle that goes through the same life minute by minute."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents import escalation
from incidents.escalation import ANSWER_WITHIN, Facts, Fired, From, Plan, Step, Target, Until, Who, plan

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TARGET = 100
HOURS = 6


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


@dataclass(frozen=True)
class Life:
    """What people do, in minutes from the start; the clock of 100 minutes stands still in the ``pauses``."""

    acknowledged: int | None = None
    resolved: int | None = None
    pauses: frozenset[int] = frozenset()
    stopped: int | None = None

    def running(self, until: int) -> int:
        """How many minutes it has run."""
        return until - sum(1 for one in self.pauses if one < until)

    def facts(self, now: int, percents: set[int]) -> Facts:
        clocks: dict[tuple[From, int], datetime | None] = {}
        if self.stopped is None or now < self.stopped:
            clocks = {(From.RESOLUTION, percent): self._reached(percent, now) for percent in percents}
        return Facts(
            started_at=START,
            is_open=self.resolved is None or now < self.resolved,
            is_acknowledged=self.acknowledged is not None and now >= self.acknowledged,
            reached=clocks,
        )

    def _reached(self, percent: int, now: int) -> datetime | None:
        """As a clock says it at that minute: it knows its past, and supposes that it goes on as it goes now."""
        used = self.running(now)
        if used >= percent:
            return minute(next(one for one in range(now + 1) if self.running(one) >= percent))
        return None if now in self.pauses else minute(now + percent - used)

    def turns(self) -> set[int]:
        """When somebody did something."""
        edges = {one for one in self.pauses if one - 1 not in self.pauses}
        edges |= {one + 1 for one in self.pauses if one + 1 not in self.pauses}
        return edges | {one for one in (self.acknowledged, self.resolved, self.stopped) if one is not None}


@dataclass
class Told:
    """What took place: (minute, step, cycle), and when the chain was seen to have been in vain."""

    fired: list[tuple[int, int, int]] = field(default_factory=list)
    vain: int | None = None


def slowly(steps: list[Step], life: Life) -> Told:
    """Look at every step in every minute."""
    told, last = Told(), dict.fromkeys(range(len(steps)), (0, 0))
    for now in range(HOURS * 60):
        is_open = life.resolved is None or now < life.resolved
        silent = life.acknowledged is None or now < life.acknowledged
        stopped = life.stopped is not None and now >= life.stopped
        moved = []
        for index, step in enumerate(steps):
            count, at = last[index]
            if not is_open or (step.until is Until.ACKNOWLEDGED and not silent) or count == step.times:
                continue
            if count:
                ripe, since = now >= at + step.every, at + step.every
            elif step.of is From.START:
                ripe, since = now >= step.after, step.after
            else:
                ripe = not stopped and life.running(now) >= step.after
                since = next((one for one in range(now + 1) if life.running(one) >= step.after), 0)
            if ripe:
                moved.append((since, index, count + 1))
        for _since, index, cycle in sorted(moved):
            last[index] = (cycle, now)
            told.fired.append((now, index, cycle))
        asking = [(step, *last[index]) for index, step in enumerate(steps) if step.until is Until.ACKNOWLEDGED]
        waits = any(
            count < step.times if count else (step.of is From.START or not stopped) for step, count, _at in asking
        )
        answered_by = [at + 10 for _step, count, at in asking if count]
        if is_open and silent and not waits and answered_by and now >= max(answered_by) and told.vain is None:
            told.vain = now
    return told


def quickly(steps: list[Step], life: Life) -> Told:
    """Look only when the plan says so, and when somebody does something."""
    told, fired = Told(), [Fired()] * len(steps)
    percents = {step.after for step in steps}
    turns = [*sorted(life.turns()), HOURS * 60]
    now = 0
    while now < HOURS * 60:
        made = plan(steps, life.facts(now, percents), fired, minute(now))
        for index in made.due:
            fired[index] = Fired(fired[index].count + 1, minute(now))
            told.fired.append((now, index, fired[index].count))
        if made.due:
            made = plan(steps, life.facts(now, percents), fired, minute(now))
            assert not made.due
        if made.is_unanswered and told.vain is None:
            told.vain = now
        planned = int((made.next_at - START).total_seconds() // 60) if made.next_at else HOURS * 60
        assert planned > now, "it would be looked at for ever"
        now = min(planned, next(turn for turn in turns if turn > now))
    return told


def _step(draw: st.DrawFn) -> Step:
    times = draw(st.integers(1, 4))
    of = draw(st.sampled_from([From.START, From.RESOLUTION]))
    return Step(
        after=draw(st.integers(0, 150)),
        of=of,
        until=draw(st.sampled_from(Until)),
        times=times,
        every=draw(st.integers(1, 40)) if times > 1 else 0,
    )


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Step], Life]:
    steps = [_step(draw) for _ in range(draw(st.integers(0, 5)))]
    when = st.none() | st.integers(0, HOURS * 60 - 1)
    begins, lasts = draw(st.integers(0, 120)), draw(st.integers(0, 90))
    again, once_more = draw(st.integers(0, 300)), draw(st.integers(0, 60))
    pauses = frozenset({*range(begins, begins + lasts), *range(again, again + once_more)})
    return steps, Life(draw(when), draw(when), pauses, draw(when))


@given(lives())
@settings(max_examples=250)
def test_the_plan_is_what_looking_all_the_time_gives(drawn: tuple[list[Step], Life]) -> None:
    steps, life = drawn
    slow, quick = slowly(steps, life), quickly(steps, life)
    assert quick.fired == slow.fired
    assert quick.vain == slow.vain


@given(lives(), st.integers(0, 200), st.integers(1, 200))
@settings(max_examples=60)
def test_nothing_is_lost_or_doubled_by_an_outage(drawn: tuple[list[Step], Life], gone: int, hours: int) -> None:
    """Nobody looks for a while: all first times that still hold take place at once then, each once."""
    steps, life = drawn
    fired, told, percents = [Fired()] * len(steps), [], {step.after for step in steps}
    for now in [one for one in range(1200) if not gone <= one < gone + hours]:
        for index in plan(steps, life.facts(now, percents), fired, minute(now)).due:
            assert escalation.holds(steps[index], life.facts(now, percents))
            fired[index] = Fired(fired[index].count + 1, minute(now))
            told.append((index, fired[index].count))
        if now > gone + hours and not plan(steps, life.facts(now, percents), fired, minute(now)).next_at:
            break
    assert len(told) == len(set(told))
    assert all(cycle <= steps[index].times for index, cycle in told)
    if life.acknowledged is None and life.resolved is None:
        for index, step in enumerate(steps):
            assert step.of is not From.START or fired[index].count == step.times


def test_a_step_that_reached_nobody_hands_on_to_the_next_that_has_not_been() -> None:
    steps = [Step(5), Step(10, until=Until.RESOLVED), Step(20), Step(30)]
    fired = [Fired(1, minute(5)), Fired(), Fired(1, minute(6)), Fired()]
    assert escalation.following(steps, Facts(START), fired, 0) == 1
    assert escalation.following(steps, Facts(START), fired, 1) == 3
    assert escalation.following(steps, Facts(START), fired, 3) is None
    assert escalation.following(steps, Facts(START, is_acknowledged=True), fired, 1) is None


def test_what_is_kept_is_read_again() -> None:
    steps = (
        Step(5, tell=(Target(Who.ASSIGNEE), Target(Who.TEAM))),
        Step(75, From.RESOLUTION, Until.RESOLVED, (Target(Who.ROLE, "incident_manager"), Target(Who.PERSON, 7)), 2),
        Step(30, tell=(Target(Who.ON_DUTY),), team=3, major=True, times=4, every=15),
    )
    assert escalation.read(escalation.written(steps)) == steps
    assert escalation.written(steps[:1]) == [{"after": 5, "tell": [["assignee"], ["team"]]}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"after": -1},
        {"after": 5, "times": 0},
        {"after": 5, "times": 3},
        {"after": 5, "times": 3, "every": 0},
        {"after": 5, "level": 10},
        {"after": 5, "of": "never"},
        {"after": 5, "tell": [["king"]]},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"step|valid"):
        escalation.read([wrong])


def test_what_would_happen_if_nobody_did_anything() -> None:
    steps = [Step(20, times=2, every=10), Step(5), Step(50, From.RESOLUTION), Step(10, From.RESPONSE)]
    facts = Facts(START, reached={(From.RESOLUTION, 50): minute(25)})
    assert escalation.foreseen(steps, facts) == [
        (minute(5), 1, 1),
        (minute(20), 0, 1),
        (minute(25), 2, 1),
        (minute(30), 0, 2),
        (None, 3, 1),
    ]


def test_without_steps_nothing_happens() -> None:
    assert plan([], Facts(START), [], START) == Plan()
    assert timedelta(minutes=10) == ANSWER_WITHIN
