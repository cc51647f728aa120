"""The counting is shown a loss, a double and a delay of each sort, and has to complain of every one."""

import pytest

from config.chaos.counting import Count, Event, Promise, common, complaints, count, joined, lateness, lates, quantile

PROMISED = [Promise("a", 10.0), Promise("b", 20.0)]
KEPT = [Event("a", 10.5), Event("b", 21.0)]


def complaint_of(*counts: Count, caught_up_after: float | None = 1.0) -> str:
    return "\n".join(complaints(counts, caught_up_after))


def test_what_was_promised_and_happened_once_is_no_complaint() -> None:
    counted = count("steps", PROMISED, KEPT, is_timed=True)
    assert (counted.due, counted.fired, counted.lost, counted.doubled, counted.copied) == (2, 2, [], [], 0)
    assert lates(counted) == [0.5, 1.0]
    assert not complaint_of(counted)


def test_a_loss_is_found() -> None:
    counted = count("steps", PROMISED, KEPT[:1])
    assert (counted.due, counted.fired, counted.lost) == (2, 1, ["b"])
    assert complaint_of(counted) == "steps: 1 lost, like b"


def test_a_double_is_found() -> None:
    counted = count("steps", PROMISED, [*KEPT, Event("b", 25.0), Event("b", 26.0)])
    assert (counted.fired, counted.doubled) == (2, ["b", "b"])
    assert complaint_of(counted) == "steps: 2 doubled, like b, b"


def test_what_nobody_promised_is_found() -> None:
    assert complaint_of(count("mails", PROMISED, [*KEPT, Event("c", 25.0)])) == "mails: 1 unknown, like c"


def test_what_nobody_was_told_of_may_happen_or_not_but_once_at_most() -> None:
    promised = [Promise("a", surely=False), Promise("b", surely=False)]
    counted = count("deeds", promised, [Event("a")])
    assert (counted.due, counted.fired, counted.lost) == (1, 1, [])
    assert complaint_of(count("deeds", promised, [Event("a"), Event("a")])) == "deeds: 1 doubled, like a"


def test_a_copy_is_fine_only_behind_an_event_that_may_repeat() -> None:
    excused = count("mails", PROMISED, [Event("a", 10, may_repeat=True), Event("a", 15), KEPT[1]])
    assert (excused.copied, excused.doubled) == (1, [])
    late = count("mails", PROMISED, [Event("a", 10), Event("a", 15, may_repeat=True), KEPT[1]])
    assert (late.copied, late.doubled) == (0, ["a"])


@pytest.mark.parametrize(("seconds", "is_complained_of"), [(4.9, False), (5.0, True)])
def test_lateness_is_held_against_what_is_timed(seconds: float, is_complained_of: bool) -> None:
    late = [Event("a", 10.0), Event("b", 20.0 + seconds)]
    assert bool(complaint_of(count("steps", PROMISED, late, is_timed=True))) is is_complained_of
    assert not complaint_of(count("mails", PROMISED, late))


def test_the_time_when_nobody_could_do_it_is_no_lateness() -> None:
    counted = count(
        "steps", PROMISED, [Event("a", 10.0), Event("b", 40.0)], [(15.0, 22.0), (30.0, 39.0)], is_timed=True
    )
    assert lates(counted) == [0.0, 9.0]
    assert lateness(20.0, 40.0, []) == 20.0
    assert lateness(20.0, 19.0, []) == 0.0


@pytest.mark.parametrize(("after", "said"), [(30.0, ""), (30.1, "only after 30.1 s"), (None, "never")])
def test_catching_up_has_its_time(after: float | None, said: str) -> None:
    assert said in complaint_of(caught_up_after=after)
    assert bool(complaint_of(caught_up_after=after)) is bool(said)


def test_spans_are_joined_and_cut() -> None:
    assert joined([(5, 6), (1, 3), (2, 4), (4, 4.5)]) == [(1, 4.5), (5, 6)]
    assert common([(1, 4), (6, 9)], [(3, 7)]) == [(3, 4), (6, 7)]
    assert common([(1, 2)], [(2, 3)]) == []


def test_a_quantile_is_the_value_below_which_the_share_lies() -> None:
    assert quantile([float(number) for number in range(100)], 0.99) == 99.0
    assert quantile([1.0, 2.0, 3.0], 0.5) == 2.0
    assert quantile([], 0.5) == 0.0
