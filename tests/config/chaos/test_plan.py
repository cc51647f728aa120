"""What is broken follows from the seed alone, and is as much as was asked for."""

from collections import Counter
from itertools import pairwise

import pytest

from config.chaos.plan import PROCESSES, Broker, Fault, Mail, Target, plan, stretched

LENGTHS = [(30.0, 12, 1, 2), (60.0, 24, 1, 5), (300.0, 120, 5, 25)]


def of(faults: list[Fault], target: Target) -> list[Fault]:
    return [fault for fault in faults if fault.target is target]


def test_a_seed_always_breaks_the_same_and_another_one_something_else() -> None:
    assert plan(60, 7) == plan(60, 7)
    assert plan(60, 7) != plan(60, 8)


@pytest.mark.parametrize(("seconds", "kills", "crashes", "broker"), LENGTHS)
@pytest.mark.parametrize("seed", range(20))
def test_there_is_as_much_of_everything_as_was_asked_for(
    seconds: float, kills: int, crashes: int, broker: int, seed: int
) -> None:
    faults = plan(seconds, seed)
    killed = Counter(fault.what for fault in of(faults, Target.KILL))
    assert killed.total() == kills
    assert set(killed) == set(PROCESSES)
    assert len(set(killed.values())) == 1
    assert len(of(faults, Target.DATABASE)) == crashes
    assert len(of(faults, Target.BROKER)) == broker


@pytest.mark.parametrize("seed", range(20))
def test_a_minute_holds_every_way_of_breaking(seed: int) -> None:
    faults = plan(60, seed)
    assert {fault.what for fault in of(faults, Target.BROKER)} == set(Broker)
    assert {fault.what for fault in of(faults, Target.MAIL)} == set(Mail)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("target", [Target.BROKER, Target.MAIL, Target.DATABASE])
def test_what_is_broken_is_mended_before_it_breaks_again_and_before_the_end(seed: int, target: Target) -> None:
    faults = of(plan(60, seed), target)
    assert all(one.ends <= other.at for one, other in pairwise(faults))
    assert all(fault.at >= 0 and fault.ends <= 60 for fault in faults)


def test_a_slow_machine_gets_the_same_faults_more_slowly() -> None:
    slow = stretched(plan(60, 1), 2.5)
    assert [(fault.what, fault.lasts) for fault in slow] == [(fault.what, fault.lasts) for fault in plan(60, 1)]
    assert [fault.at for fault in slow] == [pytest.approx(fault.at * 2.5) for fault in plan(60, 1)]


def test_who_does_not_run_is_not_killed() -> None:
    assert {fault.what for fault in of(plan(60, 1, ("web", "beat")), Target.KILL)} == {"web", "beat"}
