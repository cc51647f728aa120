"""Somebody without a login phones: staff log it for them, close it for them, and are told that it is not so."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Town
from tests.journeys.house import link_in
from tests.journeys.visitor import PHONE, Arrive, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

OLA = "ola.nord@far.example"
TITLE = "The phone in the gatehouse is dead"


def test_logged_and_closed_by_phone_and_yet_not_so(arrive: Arrive, town: Town) -> None:
    ben = arrive()
    number = log_for_ola(ben, town)
    close_by_phone(ben, town, number)
    contest_from_the_mail(arrive(**PHONE), town, number)
    letter = town.house.post.next(town.agent.mail, f"[{number}] Back in work")
    ben.go(link_in(letter, number))
    ben.sees("In progress", "Reopened ×1", "It rang once, and then never again.", "Ola Nord says: not so")
    ben.picture("desk-contested")


def log_for_ola(ben: Visitor, town: Town) -> str:
    """A first attempt lacks the title, and keeps what was typed about a human nobody knew."""
    ben.sign_in(town.agent.mail, "/desk/incidents/new/")
    ben.picture("log-empty")
    ben.page.locator("summary", has_text="Somebody new, without a login").click()
    ben.fill("Name", "Ola Nord")
    ben.fill("E-mail", OLA)
    ben.fill("Phone", "+47 5550 100", "details.fold")
    ben.page.get_by_label("Hard to work").check()
    ben.press("Log the incident")
    ben.sees("Nothing you typed is lost")
    ben.picture("log-error")
    expect(ben.page.get_by_label("E-mail")).to_have_value(OLA)
    expect(ben.page.get_by_label("Hard to work")).to_be_checked()
    ben.fill("What happened?", TITLE)
    ben.press("Log the incident")
    ben.sees("Logged as INC-", TITLE, "Ola Nord", "Logged by", "+47 5550 100", "Phone")
    number = ben.page.url.rstrip("/").rpartition("/")[2]
    town.house.post.next(OLA, f"[{number}] We have it")
    return number


def close_by_phone(ben: Visitor, town: Town, number: str) -> None:
    ben.press("Take it")
    form = ben.unfold("Resolve")
    ben.fill("What was done", "A new cable.", form)
    ben.fill("How was it tested", "Rang it.", form)
    ben.press("Resolve", form)
    form = ben.unfold("Close for the reporter")
    ben.page.locator(form).get_by_label("Why without their click?").select_option(label="Confirmed by phone")
    ben.fill("A word to the reporter", "You told me that it rings.", form)
    ben.press("Close for the reporter", form)
    ben.sees("Closed", "Confirmed by phone")
    assert town.house.post.next(OLA, f"[{number}] Solved?")


def contest_from_the_mail(ola: Visitor, town: Town, number: str) -> None:
    letter = town.house.post.next(OLA, f"[{number}] Closed")
    assert "You told me that it rings." in letter.text
    ola.go(link_in(letter, "contest"))
    ola.sees("This was closed without your word", "You told me that it rings.")
    ola.picture("contest-phone")
    ola.fill("What is not so?", "It rang once, and then never again.")
    ola.press("Open it again")
    ola.sees("It is open again.")
    stale = town.house.post.next(OLA, f"[{number}] Solved?")
    ola.go(link_in(stale, "confirm"))
    ola.sees("Something happened meanwhile", "Closed by Ben Okoro")
