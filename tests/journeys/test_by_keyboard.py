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


def test_log_take_hold_resolve_and_confirm(arrive: Arrive, town: Town) -> None:
    ben = arrive()
    ben.sign_in(town.agent.mail, "/desk/incidents/new/")
    log_for_ada(ben)
    for summary, fields, done in (
        ("Put on hold", {"reason": "Supplier", "text": "A new belt is on its way."}, "Put on hold."),
        ("Resolve", {"note": "A new belt.", "tested_how": "Ran it."}, "Resolved. The reporter is asked to confirm."),
    ):
        speak(ben, summary, fields)
        ben.sees(done)
        if summary == "Put on hold":
            press(ben, "Resume")
            ben.sees("Work goes on.")
    confirm(arrive(), town, ben.page.url.rstrip("/").rpartition("/")[2])


def log_for_ada(ben: Visitor) -> None:
    tab_to(ben, ben.page.locator("[name=requester]"))
    ben.page.keyboard.type("Ada")
    tab_to(ben, ben.page.get_by_label("What happened?"))
    ben.page.keyboard.type("The belt squeaks")
    press(ben, "Log the incident")
    ben.sees("Logged as INC-", "The belt squeaks", "Ada Marsh")
    press(ben, "Take it")
    ben.sees("It is yours now.")


def speak(visitor: Visitor, label: str, fields: dict[str, str]) -> None:
    """Unfold a verb, fill its form, send it."""
    tab_to(visitor, visitor.page.locator("a.opens", has_text=label).first)
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("details.verb[open] > summary", has_text=label)).to_be_focused()
    form = visitor.page.locator("details.verb[open] > form")
    for name, text in fields.items():
        tab_to(visitor, form.locator(f"[name={name}]"))
        visitor.page.keyboard.type(text)
    tab_to(visitor, form.get_by_role("button", name=label))
    visitor.page.keyboard.press("Enter")


def press(visitor: Visitor, name: str) -> None:
    """Reach a button, and press it."""
    tab_to(visitor, visitor.page.get_by_role("button", name=name, exact=True))
    visitor.page.keyboard.press("Enter")


def confirm(ada: Visitor, town: Town, number: str) -> None:
    ada.sign_in(town.requester.mail, f"/incidents/{number}/")
    tab_to(ada, ada.page.get_by_label("It works"))
    ada.page.keyboard.press("Space")
    press(ada, "Send my answer")
    ada.sees("Good to hear. The incident is closed.")


def test_set_up_a_team(arrive: Arrive, town: Town) -> None:
    chloe = arrive()
    chloe.sign_in(town.administrator.mail, "/desk/setup/")
    tab_to(chloe, chloe.page.get_by_role("link", name="Add to Teams"))
    chloe.page.keyboard.press("Enter")
    chloe.sees("What it takes care of")
    tab_to(chloe, chloe.page.locator("[name=name]"))
    chloe.page.keyboard.type("Night shift")
    press(chloe, "Save")
    chloe.sees("Night shift")
