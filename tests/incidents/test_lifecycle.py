"""The table of moves against what the domain says, written down a second time by hand."""

import itertools

import pytest

from incidents import lifecycle, words
from incidents.lifecycle import MOVES, Awaited, Clock, HoldReason, Party, Refused, Status, Verb
from tests.incidents.expected import GRID, NEEDS, PARTIES, SIGNS

ALL = list(itertools.product(Verb, Status))


@pytest.mark.parametrize("verb", Verb)
def test_the_table_is_the_domains(verb: Verb) -> None:
    assert dict(MOVES[verb].targets) == GRID[verb]
    assert MOVES[verb].needs == NEEDS.get(verb, frozenset())
    assert MOVES[verb].party is PARTIES.get(verb, Party.STAFF)


@pytest.mark.parametrize(("verb", "status"), ALL)
def test_every_move_goes_where_the_table_says_or_is_refused(verb: Verb, status: Status) -> None:
    given = NEEDS.get(verb, frozenset())
    if status in GRID[verb]:
        assert lifecycle.target(verb, status, given=given) is GRID[verb][status]
        return
    with pytest.raises(Refused) as refused:
        lifecycle.target(verb, status, given=given)
    assert (refused.value.verb, refused.value.status, refused.value.missing) == (verb, status, frozenset())


@pytest.mark.parametrize(("verb", "fact"), [(verb, fact) for verb, facts in NEEDS.items() for fact in facts])
def test_no_move_without_each_of_its_facts(verb: Verb, fact: str) -> None:
    status = next(iter(GRID[verb]))
    with pytest.raises(Refused) as refused:
        lifecycle.target(verb, status, given=NEEDS[verb] - {fact})
    assert refused.value.missing == {fact}
    assert fact in words.explain(refused.value)


def test_a_wrong_status_is_said_before_a_missing_fact() -> None:
    with pytest.raises(Refused) as refused:
        lifecycle.target(Verb.RESOLVE, Status.CLOSED)
    assert not refused.value.missing
    assert words.explain(refused.value) == "“Resolve” is not possible: the incident is closed."


@pytest.mark.parametrize(("verb", "status"), ALL)
def test_work_that_nobody_has_is_new_again(verb: Verb, status: Status) -> None:
    if status in GRID[verb]:
        after = lifecycle.target(verb, status, given=NEEDS.get(verb, frozenset()), assigned=False)
        assert after is (Status.NEW if GRID[verb][status] is Status.IN_PROGRESS else GRID[verb][status])


@pytest.mark.parametrize("status", Status)
def test_each_side_is_offered_what_the_table_knows(status: Status) -> None:
    for party in Party:
        offered = {verb for verb in Verb if status in GRID[verb] and PARTIES.get(verb, Party.STAFF) is party}
        assert set(lifecycle.verbs_from(status, party)) == offered
    assert lifecycle.verbs_from(status) == []


@pytest.mark.parametrize("status", Status)
def test_every_status_can_be_reached_and_left(status: Status) -> None:
    reached = {Status.NEW} | {after for verb in Verb for before, after in GRID[verb].items() if before is not after}
    assert status in reached
    assert any(after is not status for verb in Verb for before, after in GRID[verb].items() if before is status)


WAITING = {
    # status, reason: the clock, who moves next
    (Status.NEW, None): (Clock.RUNS, Awaited.DESK),
    (Status.IN_PROGRESS, None): (Clock.RUNS, Awaited.AGENT),
    (Status.ON_HOLD, HoldReason.REQUESTER): (Clock.PAUSES, Awaited.REQUESTER),
    (Status.ON_HOLD, HoldReason.SUPPLIER): (Clock.PAUSES, Awaited.SUPPLIER),
    (Status.ON_HOLD, HoldReason.PROBLEM): (Clock.RUNS, Awaited.PROBLEM),
    (Status.ON_HOLD, HoldReason.CHANGE): (Clock.RUNS, Awaited.CHANGE),
    (Status.ON_HOLD, HoldReason.SCHEDULED): (Clock.PAUSES, Awaited.DATE),
    (Status.RESOLVED, None): (Clock.STOPPED, Awaited.REQUESTER),
    (Status.CLOSED, None): (Clock.STOPPED, Awaited.NOBODY),
    (Status.CANCELLED, None): (Clock.STOPPED, Awaited.NOBODY),
}


@pytest.mark.parametrize(("status", "reason"), WAITING)
def test_clock_and_who_is_waited_for(status: Status, reason: HoldReason | None) -> None:
    assert (lifecycle.clock(status, reason), lifecycle.awaited(status, reason)) == WAITING[status, reason]


def test_everything_has_a_word() -> None:
    assert set(words.STATUS) == set(Status) == set(SIGNS.values())
    assert set(words.VERB) == set(Verb)
    assert set(words.HOLD_REASON) == set(HoldReason)
    assert set(words.AWAITED) == set(Awaited)
