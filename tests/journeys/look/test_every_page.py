"""Every page in a real browser, in both themes, wide and on a phone: open to all, asking nobody, never complaining."""

import pytest

from tests.architecture import sent
from tests.journeys.look.inspection import faults, glance
from tests.journeys.look.street import Street
from tests.journeys.look.visits import NOT_PAGES, glances, only_post, visits

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def test_every_page_is_visited(street: Street) -> None:
    routes = set(sent.routes("tests.journeys.urls"))
    visited = {sent.split(visit.route)[0] for visit in visits(street.world)}
    assert sorted(one for one in routes - visited - set(NOT_PAGES) if not only_post(one)) == []
    assert set(NOT_PAGES) <= routes
    assert visited.isdisjoint(NOT_PAGES)


@pytest.mark.parametrize("half", [0, 1])
def test_nothing_is_wrong_with_a_page(street: Street, half: int) -> None:
    wrong = {}
    for visit in visits(street.world)[half::2]:
        walker = street.walker(visit.actor)
        response = walker.go(visit.path)
        if visit.does:
            visit.does(walker)
        found = faults(walker, response)
        if response.status != visit.status or response.url != walker.house.address("harbour", visit.path):
            found.append(f"answers {response.status} at {response.url}")
        if found:
            wrong[str(visit)] = found
    assert not wrong, told(wrong)


def test_nobody_else_finds_it_broken(street: Street) -> None:
    wrong: dict[str, list[str]] = {}
    for visit in glances(street.world):
        walker = street.walker(visit.actor)
        if found := glance(walker, walker.go(visit.path)):
            wrong[str(visit)] = found
    assert not wrong, told(wrong)


def told(wrong: dict[str, list[str]]) -> str:
    """Page by page what is wrong."""
    return "\n".join(f"{page}\n    " + "\n    ".join(found) for page, found in wrong.items())
