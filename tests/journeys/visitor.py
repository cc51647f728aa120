"""People at their browsers: what they see, click and type; and that no page ever complains."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from tests.factories import PASSWORD
from tests.journeys.house import House

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
# Where pictures of the pages go, for whoever wants to look at them.
PICTURES = os.environ.get("STILLWATER_PICTURES", "")
expect.set_options(timeout=15_000)


class Visitor:
    """One browser of its own, on the host of one organisation."""

    def __init__(self, browser: Browser, house: House, organisation: str = "harbour", **options: Any) -> None:
        self.house = house
        self.organisation = organisation
        self.context: BrowserContext = browser.new_context(**{**DESK, **options})
        self.context.set_default_timeout(15_000)
        self.complaints: list[str] = []
        self.context.on("console", self._heard)
        self.context.on("response", self._came)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page: Page = self.context.new_page()

    def _heard(self, message: ConsoleMessage) -> None:
        # The browser also writes down that a page was refused with a status; those we mean are told apart below.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{message.text} ({self.page.url})")

    def _came(self, response: Response) -> None:
        if response.status >= (500 if response.request.is_navigation_request() else 400):
            self.complaints.append(f"{response.status} {response.url}")

    def go(self, path: str) -> int:
        """Open a page of the organisation, or a whole address; return its status."""
        response = self.page.goto(path if "://" in path else self.house.address(self.organisation, path))
        assert response
        return response.status

    def sign_in(self, mail: str, path: str = "/") -> None:
        """Go where a login is needed, and sign in."""
        self.go(path)
        self.page.locator("[name=login]").fill(mail)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        expect(self.page).to_have_url(self.house.address(self.organisation, path))

    def press(self, name: str, within: str = "main") -> None:
        """Press a button."""
        self.page.locator(within).get_by_role("button", name=name, exact=True).click()

    def fill(self, label: str, text: str, within: str = "main") -> None:
        """Type into the field with this label."""
        self.page.locator(within).get_by_label(label).fill(text)

    def unfold(self, label: str, within: str = "main") -> str:
        """Unfold a verb; return where its form is."""
        self.page.locator(within).locator("a.opens", has_text=label).first.click()
        form = "details.verb[open] > form"
        expect(self.page.locator(form)).to_be_visible()
        return form

    def sees(self, *words: str) -> None:
        """These words are on the page."""
        for text in words:
            expect(self.page.locator("body")).to_contain_text(text)

    def misses(self, *words: str) -> None:
        """These words are nowhere in the page, not even hidden."""
        for text in words:
            assert text not in self.page.content(), text

    def picture(self, name: str) -> None:
        """Keep a picture of the page where somebody wants them."""
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)

    def leave(self) -> list[str]:
        """Close the browser; return what went wrong in it."""
        self.context.close()
        return self.complaints


Arrive = Callable[..., Visitor]
