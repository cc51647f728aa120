"""Journals and trail of a made-up run: what was promised and what happened is read from them as it should be."""

import json
from pathlib import Path
from typing import Any

import pytest

from config.chaos.counting import Count, complaints, count, lates
from config.chaos.reading import Reader
from config.chaos.statements import Entry

HOST = "house0.chaos.example"


def noted(file: Path, *lines: tuple[float, str, dict[str, Any]]) -> None:
    file.write_text("".join(json.dumps({"t": t, "what": what, **facts}) + "\n" for t, what, facts in lines))


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """A run that began at 100: one incident was watched and one called, reported at 90 with 2 minutes of promises."""
    left_alone = {"at": 90.0, "told_at": 95.0, "minutes": 2}
    noted(
        tmp_path / "stage.jsonl",
        (95, "watched", {"story": "watched1x1", **left_alone}),
        (95, "called", {"story": "called1x2", **left_alone}),
    )
    noted(
        tmp_path / "faults.jsonl",
        (60, "down", {"name": "tick"}),
        (60, "down", {"name": "worker"}),
        (99, "up", {"name": "tick"}),
        (99, "up", {"name": "worker"}),
        (100, "calm begins", {}),
        (104, "calm ends", {}),
        (140, "down", {"name": "tick"}),
        (150, "down", {"name": "broker"}),
        (153, "up", {"name": "broker"}),
        (155, "up", {"name": "tick"}),
        (160, "down", {"name": "postgres"}),
        (161, "up", {"name": "postgres"}),
        (170, "down", {"name": "worker"}),
        (175, "up", {"name": "worker"}),
        (300, "calm begins", {}),
        (304, "calm ends", {}),
    )
    return Reader(tmp_path, "postgres://nobody")


def warned(at: float, level: int, measure: str = "resolution") -> Entry:
    return Entry(int(at), "watched1x1", "clock_warned", at, HOST, measure, level)


def escalated(at: float, which: str) -> Entry:
    return Entry(int(at), "called1x2", "escalated", at, HOST, which, 1)


def warnings(reader: Reader, *entries: Entry) -> Count:
    reader.__dict__["_entries"] = list(entries)
    return count("warnings", reader._to_be_warned(400), reader._warned(), is_timed=True)


def steps(reader: Reader, *entries: Entry) -> Count:
    reader.__dict__["_entries"] = list(entries)
    return count("steps", reader._to_be_called(400), reader._called(), is_timed=True)


def test_only_the_time_when_nobody_could_do_it_is_away(reader: Reader) -> None:
    assert reader.away() == [(60, 99), (150, 153), (160, 161)]


def test_each_level_is_promised_when_its_time_comes(reader: Reader) -> None:
    counted = warnings(reader, warned(151, 50), warned(181, 75), warned(212, 100))
    assert (counted.due, counted.fired, lates(counted)) == (3, 3, [1, 1, 2])
    assert not complaints([counted], 1)


def test_a_level_that_was_never_told_is_lost(reader: Reader) -> None:
    assert warnings(reader, warned(151, 50)).lost == ["watched1x1:resolution:75", "watched1x1:resolution:100"]


def test_a_level_is_told_with_a_higher_one_and_late_by_that(reader: Reader) -> None:
    counted = warnings(reader, warned(151, 50), warned(215, 100))
    assert (counted.fired, counted.lost, counted.doubled) == (3, [], [])
    assert lates(counted) == [1, 5, 35]


def test_a_level_that_was_told_twice_is_doubled(reader: Reader) -> None:
    counted = warnings(reader, *[warned(151, 50), warned(152, 50), warned(181, 75), warned(211, 100)])
    assert counted.doubled == ["watched1x1:resolution:50"]


def test_what_was_due_before_anything_ran_is_promised_but_not_timed(reader: Reader) -> None:
    reader.home.joinpath("faults.jsonl").write_text(
        reader.home.joinpath("faults.jsonl").read_text().replace("100", "155")
    )
    counted = warnings(reader, warned(156, 50), warned(181, 75), warned(211, 100))
    assert (counted.due, lates(counted)) == (3, [1, 1])


def test_steps_take_place_once_each(reader: Reader) -> None:
    assert lates(steps(reader, escalated(151, "1:1:1"), escalated(213, "1:2:1"))) == [1, 3]
    assert steps(reader, escalated(151, "1:1:1")).lost == ["called1x2:1:2:1"]
    twice = steps(reader, escalated(151, "1:1:1"), escalated(152, "1:1:1"), escalated(210, "1:2:1"))
    assert twice.doubled == ["called1x2:1:1:1"]


@pytest.mark.parametrize("which", ["1:1:2", "2:1:1"])
def test_another_cycle_or_generation_was_never_promised(reader: Reader, which: str) -> None:
    counted = steps(reader, escalated(151, "1:1:1"), escalated(210, "1:2:1"), escalated(211, which))
    assert counted.unknown == [f"called1x2:{which}"]
    assert complaints([counted], 1)


def test_deeds_that_were_answered_are_sure_and_refusals_are_told(reader: Reader) -> None:
    noted(
        reader.home / "load.jsonl",
        (110, "asked", {"key": "story1x1:reported", "is_own": True, "story": "story1x1"}),
        (110, "failed", {"key": "story1x1:reported"}),
        (111, "answered", {"key": "story1x1:reported"}),
        (112, "asked", {"key": "story1x1:taken", "is_own": True, "story": "story1x1"}),
        (113, "refused", {"key": "story1x1:taken", "status": 409, "detail": "It is taken."}),
        (302, "failed", {"key": "story1x9:reported"}),
    )
    reader.__dict__["_entries"] = []
    counted = count("deeds", reader._asked(), reader._done())
    assert (counted.due, counted.lost) == (1, ["story1x1:reported"])
    refused, again = reader.oddities()
    assert refused == "the API refused story1x1:taken: 409 It is taken."
    assert again.startswith("1 times a deed had to be asked for again while nothing was broken, like story1x9")


def test_a_copy_is_excused_where_the_line_ended_behind_the_mail(reader: Reader) -> None:
    noted(
        reader.home / "sink.jsonl",
        *[(120, "kept", {"id": "<a>"}), (120, "line", {"id": "<a>", "became": "ended"}), (125, "kept", {"id": "<a>"})],
        *[(126, "line", {"id": "<a>", "became": "went on"}), (127, "kept", {"id": "<b>"})],
        *[(127, "line", {"id": "<b>", "became": "went on"}), (129, "kept", {"id": "<b>"})],
    )
    found = [(event.key, event.at, event.may_repeat) for event in reader._kept()]
    assert found == [("<a>", 120, True), ("<a>", 125, False), ("<b>", 127, False), ("<b>", 129, False)]


def test_what_was_to_happen_at_a_moment_is_late_by_what_passed_since(reader: Reader) -> None:
    noted(
        reader.home / "stage.jsonl",
        (95, "held", {"story": "held1x1", "due_at": 120.0, "told_at": 95.0}),
        (95, "held", {"story": "held1x2", "due_at": 130.0, "told_at": 95.0}),
        (95, "held", {"story": "held1x3", "due_at": 399.0, "told_at": 95.0}),
    )
    reader.__dict__["_entries"] = [Entry(7, "held1x1", "resumed", 121.5, HOST, "", 0)]
    counted = count("holds", reader._to_happen("held", "resumed", 400), reader._happened("resumed"), is_timed=True)
    assert (counted.due, counted.lost, lates(counted)) == (2, ["held1x2:resumed"], [1.5])


def test_a_workaround_is_told_once_on_each_incident_and_once_to_each_person(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = {"due_at": 120.0, "told_at": 95.0, "problem": 5, "host": HOST}
    noted(reader.home / "stage.jsonl", *[(95, "advised", {"story": f"advised1x{number}", **more}) for number in (1, 2)])
    noted(reader.home / "load.jsonl")
    reader.__dict__["_entries"] = [Entry(7, f"advised1x{n}", "advised", 121.0, HOST, "", 0) for n in (1, 2, 2)]
    told = count("workarounds", reader._to_happen("advised", "advised", 400), reader._happened("advised"))
    assert told.doubled == ["advised1x2:advised"]
    monkeypatch.setattr(reader, "_rows", lambda _sql: [("problem 5", f"reporter@{HOST}")])
    letters = count("letters", reader._to_be_told(), reader._written())
    assert (letters.due, letters.fired, letters.lost, letters.unknown) == (1, 1, [], [])
