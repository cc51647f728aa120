"""The API's page: it shows the schema, with nothing from outside and nothing that the policy would have to allow."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.journeys.conftest import Town
from tests.journeys.visitor import Arrive

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_the_page_works_offline_under_our_policy(arrive: Arrive, town: Town) -> None:
    visitor = arrive()
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    assert visitor.go("/api/v1/docs/") == 200
    operations = visitor.page.locator("details.api-operation")
    assert operations.count() > 40
    visitor.page.locator("#report > summary").click()
    expect(visitor.page.locator("#report")).to_contain_text("source_reference")
    worst = [one for one in Axe().run(visitor.page).response["violations"] if one["impact"] in ("serious", "critical")]
    assert worst == []
    visitor.picture("api docs")
    home = town.house.address("harbour", "/")
    assert [url for url in asked if not url.startswith((home, "data:"))] == []
    assert visitor.complaints == []
