"""The running house, one browser per module, two organisations side by side, and people in both."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tenancy.actions.founding import add_host
from tenancy.members import Member
from tenancy.models import Organisation, Team
from tenancy.wall import as_owner, bound
from tests.factories import TeamFactory
from tests.incidents.factories import ServiceFactory
from tests.journeys.house import House, open_house
from tests.journeys.visitor import Arrive, Visitor

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="module")
def house(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Stillwater, running; for one module only, as its worker would deliver the mails of all other tests too."""
    with open_house(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser; without one the journeys are skipped, unless somebody insists on them."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        missing = "NO BROWSER: the journeys are not tested. Install chromium."
        pytest.fail(missing) if os.environ.get("STILLWATER_REQUIRE_BROWSER") == "1" else pytest.skip(missing)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # The browser's event loop runs in this thread all the while; Django is only used between its steps.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Town:
    """Who lives in both organisations; each has a namesake with the same roles in the other."""

    house: House
    requester: Member
    agent: Member
    administrator: Member
    stranger: Member
    """Quill's requester."""
    strange_agent: Member
    """Quill's agent."""
    team: Team


@pytest.fixture
def town(
    transactional_db: None, house: House, harbour: Organisation, quill: Organisation, member: Callable[..., Member]
) -> Town:
    """Both organisations at addresses that a browser finds."""
    house.post.empty()
    with as_owner():
        for organisation in (harbour, quill):
            add_host(organisation, name=f"{organisation.slug}.localhost", is_canonical=True)
    with bound(harbour.id):
        team = TeamFactory(name="Workplace")
        ServiceFactory(name="Printing", owner_team=team)
    return Town(
        house=house,
        requester=member(name="Ada Marsh", mail="ada@harbour.example"),
        agent=member("agent", name="Ben Okoro", mail="ben@harbour.example"),
        administrator=member("administrator", name="Chloe Winter", mail="chloe@harbour.example"),
        stranger=member(name="Dario Lund", mail="dario@quill.example", organisation=quill),
        strange_agent=member("agent", name="Elif Stone", mail="elif@quill.example", organisation=quill),
        team=team,
    )


@pytest.fixture
def arrive(chromium: Browser, town: Town) -> Iterator[Arrive]:
    """Somebody arrives with a browser of their own: ``arrive("quill", **PHONE)``."""
    visitors: list[Visitor] = []

    def come(organisation: str = "harbour", **options: Any) -> Visitor:
        visitors.append(Visitor(chromium, town.house, organisation, **options))
        return visitors[-1]

    yield come
    complaints = [complaint for visitor in visitors for complaint in visitor.leave()]
    assert complaints == []
    assert town.house.complaints() == ""
