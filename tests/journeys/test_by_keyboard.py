"""Without a mouse: sign in, report, reply; what has the focus is always to be seen."""

import pytest
from playwright.sync_api import Locator, expect

from tests.factories import PASSWORD
from tests.journeys.conftest import Town
from tests.journeys.visitor import Arrive, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FAR = 60
# Whether the focused element, or the card around it, is drawn differently; and whether it is on the screen.
IS_SEEN = """() => {
    const focused = document.activeElement, card = focused.closest(".choice, .list li, tr") || focused;
    const drawn = [focused, card].some(one => ["", "::after"].some(part => {
        const style = getComputedStyle(one, part || null);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    }));
    const box = focused.getBoundingClientRect();
    return drawn && box.bottom > 0 && box.top < innerHeight;
}"""


def test_sign_in_report_and_reply(arrive: Arrive, town: Town) -> None:
    ada = arrive(color_scheme="dark")
    ada.go("/report/")
    tab_to(ada, ada.page.locator("[name=login]"))
    ada.page.keyboard.type(town.requester.mail)
    tab_to(ada, ada.page.locator("[name=password]"))
    ada.page.keyboard.type(PASSWORD)
    ada.page.keyboard.press("Enter")
    ada.sees("Report an incident")
    report(ada)
    reply(ada)
    find_it_again(ada)


def report(ada: Visitor) -> None:
    tab_to(ada, ada.page.get_by_role("button", name="Send the report"))
    ada.page.keyboard.press("Enter")
    ada.sees("Nothing you typed is lost")
    ada.picture("report-error-dark")
    tab_to(ada, ada.page.locator(".alert").get_by_role("link", name="What happened?"))
    ada.page.keyboard.press("Enter")
    tab_to(ada, ada.page.get_by_label("What happened?"))
    ada.page.keyboard.type("The door does not open")
    tab_to(ada, ada.page.get_by_label("Tell us more"))
    ada.page.keyboard.type("It hums.")
    tab_to(ada, ada.page.get_by_label("Just now"))
    tab_to(ada, ada.page.get_by_label("Annoying"))
    ada.page.keyboard.press("ArrowUp")
    expect(ada.page.get_by_label("Hard to work")).to_be_checked()
    ada.page.keyboard.press("Enter")
    ada.sees("Thank you. We have it as INC-", "The door does not open")


def reply(ada: Visitor) -> None:
    tab_to(ada, ada.page.get_by_label("Your message"))
    ada.page.keyboard.type("It hums louder now.")
    tab_to(ada, ada.page.get_by_role("button", name="Send", exact=True))
    ada.page.keyboard.press("Space")
    ada.sees("Your message is sent.", "It hums louder now.")
    ada.picture("incident-dark")


def find_it_again(ada: Visitor) -> None:
    """The first stop on a page leads past its head, straight to the content."""
    ada.go("/")
    ada.page.keyboard.press("Tab")
    expect(ada.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    ada.page.keyboard.press("Enter")
    tab_to(ada, ada.page.get_by_role("link", name="The door does not open"))
    ada.picture("home-dark")
    ada.page.keyboard.press("Enter")
    ada.sees("It hums louder now.")


def tab_to(visitor: Visitor, goal: Locator) -> None:
    """Press Tab until the goal has the focus; every stop on the way must show that it has it."""
    for _stop in range(FAR):
        visitor.page.keyboard.press("Tab")
        where = visitor.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        assert visitor.page.evaluate(IS_SEEN) or where.startswith("<body"), where
        if goal.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{goal} is not reached by keyboard")
