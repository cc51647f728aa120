"""A small run of the bench does all that a large one does; how fast anything is, is not asserted here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.bench.clockwork import HAPPENED
from config.bench.figures import Count, Figure, alternate, as_text
from config.bench.filling import of_all, sizes
from config.launcher.places import ROOT
from incidents import history


@pytest.mark.slow
def test_a_small_run_measures_everything(tmp_path: Path) -> None:
    """From nothing to the file, with its own servers; the pages answer, and each has its statements counted."""
    kept = tmp_path / "figures.json"
    small = ["--incidents", "600", "--seconds", "0.1", "--rounds", "1", "--streams", "5", "--share", "0.01"]
    whole = [sys.executable, "manage.py", "bench", *small, "--json", str(kept)]
    home = {**os.environ, "BENCH_HOME": str(tmp_path / "bench")}
    ran = subprocess.run(whole, cwd=ROOT, env=home, capture_output=True, text=True, timeout=400, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    figures = json.loads(kept.read_text())["figures"]
    assert {figure["letter"] for figure in figures} == set("abcdefghijklmnopq")
    counts = [figure for figure in figures if figure["letter"] == "e"]
    assert all(figure["value"] > 0 for figure in counts), counts


def test_one_organisation_has_a_third_and_the_others_less_and_less() -> None:
    made = sizes(100_000)
    assert sum(made) == 100_000
    assert 33_000 < made[0] < 34_000
    assert made[1:] == sorted(made[1:], reverse=True)
    assert len(made) == 20


def test_slices_alternate_and_only_neighbours_are_compared() -> None:
    order: list[str] = []

    def slice_of(name: str, rates: list[float]) -> float:
        order.append(name)
        return rates.pop(0)

    product, bare = [1.0, 2.0, 30.0], [10.0, 10.0, 100.0]
    first, second = alternate(lambda: slice_of("p", product), lambda: slice_of("b", bare), 3)
    assert "".join(order) == "pbbppb"
    figure = Figure("b", "a page", first, second, 0.2)
    assert figure.ratios == [0.1, 0.2, 0.3]
    assert figure.ratio == pytest.approx(0.2)
    assert "(0.100-0.300)" in as_text(figure)


@pytest.mark.parametrize(("value", "verdict"), [(12, "met"), (13, "NOT MET")])
def test_a_limit_is_kept_or_not(value: int, verdict: str) -> None:
    assert as_text(Count("e", "statements", value, 12, "statements")).endswith(f": {verdict}")


def test_a_clock_is_timed_over_a_history_that_could_have_been() -> None:
    """What each entry says was so before it is what the entry before it has left."""
    stands: dict[str, str] = {"status": "new", "hold_reason": "", "priority": "P4"}
    assert [days for days, _kind, _changed in HAPPENED] == sorted(days for days, _kind, _changed in HAPPENED)
    for _days, kind, changed in HAPPENED:
        assert kind in history.KINDS
        for name, (before, after) in changed.items():
            assert stands[name] == before, kind
            stands[name] = after
    assert stands["status"] == "in_progress"


@pytest.mark.parametrize(("share", "rows"), [(1, 5000), (0.05, 250), (0.0001, 20)])
def test_a_small_share_still_has_a_row_for_every_organisation(share: float, rows: int) -> None:
    assert of_all(5000, share) == rows
