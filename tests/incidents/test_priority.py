"""Priority against a table written by hand."""

import itertools
from typing import Any

import pytest

from incidents.models.catalogue import default_matrix
from incidents.priority import DEFAULT_MATRIX, Impact, Priority, Risk, Urgency, compute, is_complete

#                 critical high  medium low
BY_HAND = {
    "organisation": ["P1", "P1", "P2", "P3"],
    "department": ["P1", "P2", "P3", "P4"],
    "group": ["P2", "P3", "P3", "P4"],
    "person": ["P3", "P3", "P4", "P5"],
}
ONE_STEP_UP = {"P1": "P1", "P2": "P1", "P3": "P2", "P4": "P3", "P5": "P4"}
URGENCIES = ["critical", "high", "medium", "low"]
CASES = [
    (impact, urgency, risk, ONE_STEP_UP[base] if risk == "high" else base)
    for impact, row in BY_HAND.items()
    for urgency, base in zip(URGENCIES, row, strict=True)
    for risk in ("high", "medium", "low")
]


@pytest.mark.parametrize(("impact", "urgency", "risk", "expected"), CASES)
def test_the_default_matrix_and_risk(impact: str, urgency: str, risk: str, expected: str) -> None:
    found = compute(DEFAULT_MATRIX, Impact(impact), Urgency(urgency), Risk(risk))
    assert isinstance(found, Priority)
    assert found.value == expected


def test_the_table_covers_everything() -> None:
    assert {(i, u, r) for i, u, r, _ in CASES} == set(itertools.product(Impact, Urgency, Risk))


def test_an_organisations_own_matrix_decides() -> None:
    own = {impact: dict.fromkeys(Urgency, "P4") for impact in Impact}
    assert compute(own, Impact.ORGANISATION, Urgency.CRITICAL, Risk.LOW) is Priority.P4
    assert compute(own, Impact.PERSON, Urgency.LOW, Risk.HIGH) is Priority.P3


def test_a_matrix_is_complete_or_not_one() -> None:
    assert is_complete(DEFAULT_MATRIX)
    for impact, urgency in itertools.product(Impact, Urgency):
        hole, wrong = default_matrix(), default_matrix()
        odd: dict[str, Any] = default_matrix()
        del hole[impact][urgency]
        wrong[impact][urgency] = "P6"
        odd[impact][urgency] = ["P1"]
        assert not any(map(is_complete, (hole, wrong, odd)))
    assert not any(map(is_complete, (None, [], {}, "P1", {"organisation": "P1"})))


def test_the_matrix_an_organisation_starts_with_is_its_own() -> None:
    mine = default_matrix()
    mine["person"]["low"] = "P1"
    assert DEFAULT_MATRIX["person"]["low"] == default_matrix()["person"]["low"] == "P5"
