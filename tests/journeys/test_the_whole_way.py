"""From a report to the reporter's "it works", with two organisations side by side; with JavaScript and without."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Town
from tests.journeys.house import link_in
from tests.journeys.visitor import PHONE, Arrive, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TITLE = "The label printer prints empty pages"
MORE = "Since the move to the third floor.\nEvery second label is empty."
SECRET = "Psst: the third floor has the wrong ribbon."
SUSPICION = "The ribbon is mounted the wrong way round"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_report_to_it_works(arrive: Arrive, town: Town, tmp_path: Path, scripts: bool) -> None:
    options = {"java_script_enabled": scripts}
    ada = arrive(**PHONE, **options)
    number = report(ada, town, photo(tmp_path))
    ben = arrive(**options)
    ask_back(ben, town, number)
    answer_from_the_mail(arrive(**PHONE, **options), town, number)
    find_the_cause_and_resolve(ben, number)
    say_that_it_is_still_broken(arrive(**PHONE, **options), town, number)
    resolve_again(ben, town, number)
    confirm_from_the_mail(arrive(**PHONE, **options), town, number)
    see_the_end(ada, ben, number)
    keep_it_from_the_neighbours(arrive, town, ada, number)


def photo(folder: Path) -> Path:
    path = folder / "Étiquette vide.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(64))
    return path


def report(ada: Visitor, town: Town, file: Path) -> str:
    """A first attempt lacks the title; what was typed and brought is still there."""
    ada.sign_in(town.requester.mail, "/report/")
    ada.picture("report-empty-phone")
    ada.fill("Tell us more", MORE)
    ada.page.get_by_label("A few of us").check()
    ada.page.get_by_label("Around this time").check()
    ada.fill("Day and time", "2026-11-20T09:30")
    ada.page.get_by_label("Which service?").select_option(label="Printing")
    ada.page.get_by_label("Files").set_input_files(file)
    ada.press("Send the report")
    ada.sees("Nothing you typed is lost", "Say in one sentence what happened", file.name)
    ada.picture("report-error-phone")
    expect(ada.page.get_by_label("Tell us more")).to_have_value(MORE)
    expect(ada.page.get_by_label("Day and time")).to_have_value("2026-11-20T09:30")
    expect(ada.page.get_by_label("A few of us")).to_be_checked()
    ada.fill("What happened?", TITLE)
    ada.press("Send the report")
    ada.sees("Thank you. We have it as INC-", TITLE, "Étiquette vide.png", "around 20 Nov 2026, 09:30")
    ada.picture("incident-new-phone")
    number = ada.page.url.rstrip("/").rpartition("/")[2]
    letter = town.house.post.next(town.requester.mail, f"[{number}] We have it")
    assert link_in(letter, number) == ada.page.url
    return number


def ask_back(ben: Visitor, town: Town, number: str) -> None:
    """The agent finds it in the queue, takes it and asks a question."""
    ben.sign_in(town.agent.mail, "/desk/incidents/")
    ben.picture("queue")
    ben.page.get_by_role("link", name=TITLE).click()
    ben.sees(number, "Waiting for the service desk", "Ada Marsh")
    ben.picture("desk-incident-new")
    ben.press("Take it")
    ben.sees("It is yours now.", "In progress")
    form = ben.unfold("Put on hold")
    ben.page.locator(form).get_by_label("Waiting for").select_option(label="Requester")
    ben.fill("Question to the requester", "Which ribbon is in it?", form)
    ben.picture("desk-hold")
    ben.press("Put on hold", form)
    ben.sees("On hold", "Which ribbon is in it?")


def answer_from_the_mail(reader: Visitor, town: Town, number: str) -> None:
    """Whoever got the question answers without a login."""
    letter = town.house.post.next(town.requester.mail, f"[{number}] A question for you")
    link = link_in(letter, "answer")
    assert reader.go(link) == 200
    reader.sees("Ben Okoro asks you", "Which ribbon is in it?")
    reader.picture("answer-phone")
    reader.fill("Your answer", "A brown one.")
    reader.press("Send my answer")
    reader.sees("Thank you, that is noted", "Your answer is with the agent")
    reader.picture("answered-phone")
    assert reader.go(link) == 410
    reader.sees("This link has been used already")


def find_the_cause_and_resolve(ben: Visitor, number: str) -> None:
    """A hypothesis, its confirmation as the root cause, a note among colleagues, and the solution."""
    ben.page.reload()
    ben.sees("A brown one.", "In progress")
    form = ben.unfold("Add hypothesis")
    ben.fill("What do you suspect?", SUSPICION, form)
    ben.fill("How will you test it?", "Turn it round.", form)
    ben.press("Add hypothesis", form)
    form = ben.unfold("Conclude")
    ben.page.locator(form).get_by_label("Outcome").select_option(label="Confirmed")
    expect(ben.page.locator(form).get_by_label("it is the root cause")).to_be_checked()
    ben.press("Conclude", form)
    ben.sees("Root cause", SUSPICION)
    ben.page.locator("#composer").get_by_label("Internal note").check()
    ben.fill("Message", SECRET, "#composer")
    ben.picture("desk-note")
    ben.page.get_by_role("button", name="Save the internal note").click()
    ben.sees(SECRET)
    resolve(ben, number, "The ribbon sits the right way round now.")
    ben.picture("desk-resolved")


def resolve(ben: Visitor, number: str, note: str) -> None:
    form = ben.unfold("Resolve")
    ben.fill("What was done", note, form)
    ben.fill("How was it tested", "Printed ten labels, with Ada on the phone.", form)
    ben.press("Resolve", form)
    ben.sees("The reporter is asked to confirm", "Resolved", note)


def say_that_it_is_still_broken(reader: Visitor, town: Town, number: str) -> None:
    """The link shows a form; it takes a sentence to reopen."""
    letter = town.house.post.next(town.requester.mail, f"[{number}] Solved?")
    assert SECRET not in letter.text + letter.html
    assert SUSPICION not in letter.text + letter.html
    reader.go(link_in(letter, "reject"))
    reader.sees("Does it work for you?", "The ribbon sits the right way round now.")
    expect(reader.page.get_by_label("Still broken")).to_be_checked()
    reader.picture("verdict-phone")
    reader.press("Send my answer")
    reader.sees("Say in a sentence what is still broken")
    reader.picture("verdict-error-phone")
    reader.fill("Anything to add?", "Now every label is empty.")
    reader.press("Send my answer")
    reader.sees("It is open again, and the same agent goes on with it.")
    reader.go(link_in(letter, "confirm"))
    reader.sees("This link has been used already")


def resolve_again(ben: Visitor, town: Town, number: str) -> None:
    letter = town.house.post.next(town.agent.mail, f"[{number}] Back in work")
    ben.go(link_in(letter, number))
    ben.sees("Now every label is empty.", "Reopened ×1", "Waiting for Ben Okoro")
    resolve(ben, number, "A new ribbon.")


def confirm_from_the_mail(reader: Visitor, town: Town, number: str) -> None:
    letter = town.house.post.next(town.requester.mail, f"[{number}] Solved?", nth=2)
    reader.go(link_in(letter, "confirm"))
    reader.sees("A new ribbon.")
    expect(reader.page.get_by_label("It works")).to_be_checked()
    reader.fill("How did you try it?", "Twenty labels.")
    reader.page.get_by_label("5", exact=True).check()
    reader.press("Send my answer")
    reader.sees("Good to hear. The incident is closed.")
    town.house.post.next(town.agent.mail, f"[{number}] Closed")


def see_the_end(ada: Visitor, ben: Visitor, number: str) -> None:
    """Both sides see that it is closed, the desk with the whole history; the requester sees nothing internal."""
    ada.page.reload()
    ada.sees("Closed", "You confirmed that it works", "A brown one.", "Ada Marsh confirmed: it works")
    ada.misses(SECRET, SUSPICION, "Turn it round.")
    ada.picture("incident-closed-phone")
    expect(ada.page.locator("main form")).to_have_count(0)
    ben.page.reload()
    ben.sees("Confirmed by the reporter", "5/5", "Twenty labels.")
    ben.page.locator("summary", has_text="Trail").click()
    told = ben.page.locator(".trail li").all_inner_texts()
    steps = [
        "Ada Marsh reported it", "Ben Okoro took it", "Ben Okoro put it on hold", "Ada Marsh answered",
        "Ben Okoro added a hypothesis", "Ben Okoro concluded a hypothesis", "Ben Okoro wrote an internal note",
        "Ben Okoro resolved it", "Ada Marsh said that it is still broken", "Ben Okoro resolved it",
        "Ada Marsh confirmed that it works",
    ]  # fmt: skip
    assert [re.split(r":|\n", line)[0] for line in reversed(told)] == steps
    ben.picture("desk-closed")


def keep_it_from_the_neighbours(arrive: Arrive, town: Town, ada: Visitor, number: str) -> None:
    """Nobody of the second organisation finds any of it, whatever they try."""
    file = urlsplit(str(ada.page.get_by_role("link", name="Étiquette vide.png").first.get_attribute("href"))).path
    dario, elif_ = arrive("quill"), arrive("quill")
    dario.sign_in(town.stranger.mail)
    elif_.sign_in(town.strange_agent.mail, "/desk/incidents/?tab=all")
    for visitor in (dario, elif_):
        for path in (f"/incidents/{number}/", file):
            assert visitor.go(path) == 404
            visitor.sees("There is nothing here")
            visitor.misses(TITLE)
    assert elif_.go(f"/desk/incidents/{number}/") == 404
    for words in (number, number.removeprefix("INC-"), "printer", "Ada"):
        elif_.go("/desk/incidents/?tab=all")
        elif_.page.get_by_role("searchbox").fill(words)
        elif_.press("Show")
        elif_.sees("No incident fits these filters")
        elif_.misses(TITLE)
    letter = town.house.post.letters(town.requester.mail, f"[{number}] Solved?")[-1]
    there = link_in(letter, "confirm").replace("harbour.localhost", "quill.localhost")
    assert dario.go(there) == 404
    dario.sees("This link does not work here")
    dario.misses(TITLE, number)
    assert not town.house.post.letters(town.stranger.mail)
    assert not town.house.post.letters(town.strange_agent.mail)
    # A session of one organisation opens nothing in another.
    cookies = [cookie for cookie in ada.context.cookies() if cookie["name"] == "sessionid"]
    elsewhere = arrive("quill")
    elsewhere.context.add_cookies([{**cookie, "domain": "quill.localhost"} for cookie in cookies])
    elsewhere.go("/")
    elsewhere.sees("Sign in")
    elsewhere.misses("Ada Marsh")
