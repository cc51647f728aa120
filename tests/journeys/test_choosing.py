"""Incidents are chosen in the queue: by keyboard, while others work, while it turns, and without a script."""

import pytest
from playwright.sync_api import expect

from incidents import actions
from problems import actions as problem_actions
from problems.drafts import Description
from tests.journeys.conftest import Town
from tests.journeys.test_by_keyboard import press, tab_to
from tests.journeys.test_live import AT_ONCE, do, open_page, report, same_broker
from tests.journeys.visitor import PHONE, Arrive

__all__ = ["same_broker"]
pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_by_keyboard_two_incidents_become_a_problem(arrive: Arrive, town: Town) -> None:
    first, second = (report(town.requester, f"Printer {n} is dead") for n in range(2))
    ben = arrive(color_scheme="dark")
    ben.sign_in(town.agent.mail, "/desk/incidents/")
    expect(ben.page.get_by_role("button", name="Raise a problem")).to_be_hidden()
    for incident in (second, first):
        tab_to(ben, ben.page.get_by_label(f"Choose {incident.label}"))
        ben.page.keyboard.press("Space")
    ben.sees("Chosen: 2")
    ben.picture("chosen-dark")
    press(ben, "Raise a problem")
    ben.sees("Raise a problem")
    expect(ben.page.get_by_label("Incidents that it causes")).to_have_value(f"{first.label} {second.label}")
    press(ben, "Raise it")
    ben.sees("Raised as PRB-1001.", "2 incidents")


def test_what_is_chosen_stays_so_while_others_work_and_the_queue_turns(arrive: Arrive, town: Town) -> None:
    first, second, third = (report(town.requester, f"Printer {n} is dead") for n in range(3))
    with_problem = do(town.agent, problem_actions.raise_problem, description=Description(title="Fuses melt"))
    page = open_page(arrive(), town.agent, "/desk/incidents/")
    page.get_by_label(f"Choose {first.label}").check()
    page.get_by_label(f"Choose {second.label}").check()
    do(town.agent, actions.take, number=first.number)
    expect(page.locator(f"#{first.label}")).to_contain_text("In progress", timeout=AT_ONCE)
    expect(page.get_by_label(f"Choose {first.label}")).to_be_checked()
    expect(page.locator("#live")).to_be_empty()
    expect(page.get_by_label(f"Choose {third.label}")).not_to_be_checked()
    page.locator("#queue-tabs a", has_text="Mine").click()
    expect(page.locator("#queue-rows tr")).to_have_count(1)
    expect(page.get_by_label(f"Choose {first.label}")).to_be_checked()
    expect(page.locator("#chosen")).to_contain_text("Chosen here and elsewhere: 2")
    page.locator("#queue-tabs a", has_text="All open").click()
    expect(page.get_by_label(f"Choose {second.label}")).to_be_checked()
    page.get_by_role("button", name="All of this view").click()
    expect(page.locator("#chosen")).to_contain_text("Chosen: 3")
    page.get_by_role("button", name="Choose none").click()
    expect(page.locator("#chosen")).to_be_hidden()
    page.get_by_label(f"Choose {second.label}").check()
    page.locator("#queue-tabs a", has_text="Mine").click()
    expect(page.locator("#queue-rows tr")).to_have_count(1)
    page.get_by_role("button", name="Link to a problem").click()
    page.get_by_label("Caused by").fill(with_problem.label)
    page.get_by_role("button", name="Link them").click()
    expect(page.locator("body")).to_contain_text("1 incident is linked.")
    expect(page.locator("body")).to_contain_text(second.label)


def test_without_a_script_what_is_chosen_is_linked(arrive: Arrive, town: Town) -> None:
    incident = report(town.requester, "Printer 1 is dead")
    problem = do(town.agent, problem_actions.raise_problem, description=Description(title="Fuses melt"))
    ben = arrive(java_script_enabled=False, **PHONE)
    ben.sign_in(town.agent.mail, "/desk/incidents/")
    ben.page.get_by_label(f"Choose {incident.label}").check()
    ben.picture("chosen-phone")
    ben.press("Link to a problem")
    ben.fill("Caused by", problem.label)
    ben.picture("link-phone")
    ben.press("Link them")
    ben.sees("1 incident is linked.", "Printer 1 is dead")
