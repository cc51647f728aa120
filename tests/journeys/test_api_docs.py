"""The API's page: it shows the schema, with nothing from outside and nothing that the policy would have to allow."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Town
from tests.journeys.visitor import Arrive

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_the_page_works_offline_under_our_policy(arrive: Arrive, town: Town) -> None:
    visitor = arrive()
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    assert visitor.go("/api/v1/docs/") == 200
    operations = visitor.page.locator(".swagger-ui .opblock")
    expect(operations.first).to_be_visible()
    assert operations.count() > 40
    visitor.page.locator("#operations-incidents-report .opblock-summary-control").click()
    expect(visitor.page.locator(".opblock-section-request-body").first).to_be_visible()
    visitor.picture("api docs")
    home = town.house.address("harbour", "/")
    assert [url for url in asked if not url.startswith((home, "data:"))] == []
    assert visitor.complaints == []
