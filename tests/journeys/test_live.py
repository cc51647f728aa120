"""What somebody else does shows at once on pages that stand open, and disturbs nobody who is at work on them."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from incidents import actions
from incidents.drafts import Draft
from incidents.models import Incident
from notifications import live
from tenancy.actions import people
from tenancy.members import Member
from tenancy.models import Membership
from tenancy.wall import bound
from tests.incidents.factories import FIXED
from tests.journeys.conftest import Town
from tests.journeys.house import House, wait_for
from tests.journeys.visitor import Arrive, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

AT_ONCE = 1_000
"""Milliseconds."""
FOLLOWS = "#live[data-state=stream]"
OFTEN = 10_000
"""Milliseconds after which a page without a stream looks again; after twice as many it asks for the stream again."""


@pytest.fixture(autouse=True)
def same_broker(house: House, settings: Settings) -> Iterator[None]:
    """What this process does is told where the house hears it."""
    settings.REDIS_URL = house.broker_url
    live.bell.forget()
    yield
    live.bell.forget()


def do(member: Member, action: Callable[..., Any], **facts: Any) -> Any:
    """Somebody else does something, somewhere else."""
    with bound(member.organisation_id):
        return action(member, **facts)


def report(member: Member, title: str) -> Incident:
    made: Incident = do(member, actions.report, draft=Draft(title=title))
    return made


def open_page(visitor: Visitor, member: Member, path: str) -> Page:
    """Sign in, open the page and wait until it follows."""
    visitor.sign_in(member.mail, path)
    visitor.page.wait_for_selector(FOLLOWS, state="attached")
    return visitor.page


def tried_again(page: Page) -> bool:
    """Let the time pass after which the page asks for its stream again; return whether it got it."""
    page.clock.fast_forward(2 * OFTEN)
    page.wait_for_timeout(500)
    return page.locator(FOLLOWS).count() == 1


def forgive(visitor: Visitor, *complaints: str) -> None:
    """The browser was meant to be refused."""
    meant = tuple(
        complaint.replace(" ", f" {visitor.house.address(visitor.organisation, '')}") for complaint in complaints
    )
    assert visitor.complaints
    visitor.complaints[:] = [one for one in visitor.complaints if not one.startswith(meant)]


def scroll(page: Page) -> float:
    return float(page.evaluate("scrollY"))


def test_the_queue_shows_what_others_do(arrive: Arrive, town: Town) -> None:
    numbers = [report(town.requester, f"Printer {n} is dead").label for n in range(30)]
    page = open_page(arrive(), town.agent, "/desk/incidents/")
    expect(page.locator("#queue-rows tr")).to_have_count(30)
    page.evaluate("scrollTo(0, 600)")
    kept = page.locator(f"#{numbers[20]} a.title")
    kept.focus()
    page.evaluate(
        "element => getSelection().selectAllChildren(element)",
        page.locator(f"#{numbers[25]} .sub").first.element_handle(),
    )
    before, top = scroll(page), kept.bounding_box()
    new = report(town.requester, "The lift is stuck").label
    expect(page.locator("#queue-rows")).to_contain_text("The lift is stuck", timeout=AT_ONCE)
    do(town.agent, actions.take, number=int(numbers[0][4:]))
    expect(page.locator(f"#{numbers[0]}")).to_contain_text("In progress", timeout=AT_ONCE)
    expect(page.locator("#queue-count")).to_contain_text("31")
    expect(page.locator("#nav-count")).to_have_text("31")
    expect(kept).to_be_focused()
    assert numbers[25] in page.evaluate("getSelection().toString()")
    assert abs(scroll(page) - before) < 5
    now = kept.bounding_box()
    assert top
    assert now
    assert abs(now["y"] - top["y"]) < 5
    assert new


def test_an_incident_shows_what_others_do_around_what_is_typed(arrive: Arrive, town: Town) -> None:
    incident = report(town.requester, "The lift is stuck")
    page = open_page(arrive(), town.agent, f"/desk/incidents/{incident.label}/")
    page.locator("summary", has_text="Trail").click()
    page.locator("#composer textarea").fill("We are on")
    page.locator("#composer textarea").press("End")
    do(town.agent, actions.take, number=incident.number)
    expect(page.locator("#head")).to_contain_text("In progress", timeout=AT_ONCE)
    do(town.requester, actions.comment, number=incident.number, text="Between floors two and three.")
    expect(page.locator("#thread")).to_contain_text("Between floors two and three.", timeout=AT_ONCE)
    expect(page.locator("details", has_text="Trail").locator("ol")).to_be_visible()
    page.keyboard.type(" our way")
    expect(page.locator("#composer textarea")).to_have_value("We are on our way")
    expect(page.locator("#composer textarea")).to_be_focused()


def test_an_unfolded_form_waits_for_its_user(arrive: Arrive, town: Town) -> None:
    incident = report(town.requester, "The lift is stuck")
    visitor = arrive()
    page = open_page(visitor, town.agent, f"/desk/incidents/{incident.label}/")
    visitor.unfold("Cancel")
    page.locator("details[open] textarea").first.fill("It moves again.")
    do(town.agent, actions.take, number=incident.number)
    expect(page.locator("#head")).to_contain_text("In progress", timeout=AT_ONCE)
    expect(page.locator("#live")).to_contain_text("Something has changed here meanwhile")
    expect(page.locator("details[open] textarea").first).to_have_value("It moves again.")
    page.locator("details[open] textarea").first.fill("")
    page.locator("#do-cancel").click()
    expect(page.locator("#verbs")).to_contain_text("Resolve")
    expect(page.locator("#live")).to_be_empty()


def test_the_requester_sees_it_too_and_hears_nothing_of_notes(arrive: Arrive, town: Town) -> None:
    incident = report(town.requester, "The lift is stuck")
    visitor = arrive()
    page = open_page(visitor, town.requester, f"/incidents/{incident.label}/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    do(town.agent, actions.note, number=incident.number, text="They always press all buttons.")
    page.wait_for_timeout(AT_ONCE)
    assert asked == []
    do(town.agent, actions.reply, number=incident.number, text="Help is on its way.")
    expect(page.locator("#thread")).to_contain_text("Help is on its way.", timeout=AT_ONCE)
    visitor.misses("They always press")
    visitor.go("/")
    page.wait_for_selector(FOLLOWS, state="attached")
    do(town.agent, actions.take, number=incident.number)
    expect(page.locator("#home")).to_contain_text("Ben Okoro is on it", timeout=AT_ONCE)
    visitor.go(f"/incidents/{incident.label}/")
    page.wait_for_selector(FOLLOWS, state="attached")
    do(town.agent, actions.resolve, number=incident.number, resolution=FIXED)
    expect(page.locator("#verdict")).to_be_visible(timeout=AT_ONCE)
    expect(page.locator("#thread")).to_contain_text(FIXED.note)
    # What is new stands where it belongs, also behind what was replaced.
    order = page.locator("#case > [id]").evaluate_all("all => all.map(one => one.id)")
    assert order == ["head", "progress", "verdict", "split"]


def test_whoever_leaves_hears_no_more(arrive: Arrive, town: Town) -> None:
    visitor = arrive()
    page = open_page(visitor, town.agent, "/desk/incidents/")
    with bound(town.agent.organisation_id):
        people.leave(town.administrator, membership=Membership.objects.get(pk=town.agent.id))
    report(town.requester, "Nothing for those who left")
    expect(page.locator("#live")).to_contain_text("no longer kept up to date", timeout=5_000)
    assert "Nothing for those who left" not in page.content()
    forgive(visitor, "404 /desk/incidents/")


def test_without_redis_the_page_looks_now_and_then(arrive: Arrive, town: Town) -> None:
    broker = town.house.broker
    visitor = arrive()
    visitor.page.clock.install()  # the page's waits are cut short below, and only those
    page = open_page(visitor, town.agent, "/desk/incidents/")
    os.kill(broker, signal.SIGSTOP)
    try:
        with page.expect_response(lambda answer: answer.status == 503, timeout=30_000):
            page.wait_for_selector("#live[data-state=poll]", state="attached", timeout=30_000)
            report(town.requester, "The lift is stuck")
            page.clock.fast_forward(OFTEN)
            expect(page.locator("#queue-list")).to_contain_text("The lift is stuck", timeout=20_000)
    finally:
        os.kill(broker, signal.SIGCONT)
    wait_for(lambda: tried_again(page), "the stream")
    began = time.monotonic()
    report(town.requester, "The door is stuck")
    expect(page.locator("#queue-list")).to_contain_text("The door is stuck", timeout=AT_ONCE)
    assert time.monotonic() - began < 2
    forgive(visitor, "503 /live/")
    for name in ("beat", "worker"):  # they complained, and rightly so
        (town.house.logs / f"{name}.log").write_text("")


def stream(visitor: Visitor, topic: str) -> int:
    """Ask for a stream as a script would; return the answer's status, without waiting for what comes."""
    script = """async topic => { const stop = new AbortController();
        const answer = await fetch(`/live/?topic=${topic}`, {signal: stop.signal});
        stop.abort(); return answer.status }"""
    return int(visitor.page.evaluate(script, topic))


def test_nobody_follows_what_they_may_not_see(arrive: Arrive, town: Town) -> None:
    mine = report(town.requester, "The lift is stuck")
    theirs = report(town.stranger, "The door is stuck")
    requester, agent = arrive(), arrive()
    requester.sign_in(town.requester.mail)
    agent.sign_in(town.agent.mail)
    assert stream(requester, f"portal-{mine.label}") == stream(requester, "home") == 200
    assert stream(agent, mine.label) == stream(agent, "queue") == 200
    foreign = [f"portal-{theirs.label}9", f"{theirs.label}9", "*", "queue%20home", "home-1", "INC-*", "", "%00"]
    assert {topic: stream(requester, topic) for topic in ("queue", mine.label, *foreign)} == {
        "queue": 404, mine.label: 404, **dict.fromkeys(foreign, 404), "%00": 400,
    }  # fmt: skip
    forgive(requester, "404 /live/", "400 /live/")


def test_the_queue_turns_without_a_whole_new_page(arrive: Arrive, town: Town) -> None:
    first, second = (report(town.requester, f"Printer {n} is dead") for n in range(2))
    do(town.agent, actions.take, number=first.number)
    page = open_page(arrive(), town.agent, "/desk/incidents/")
    page.evaluate("document.body.dataset.same = 'yes'")
    page.locator("#queue-tabs a", has_text="Mine").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(town.house.address("harbour", "/desk/incidents/?tab=mine"))
    expect(page.locator("#queue-rows tr")).to_have_count(1)
    expect(page.locator("#queue-tabs a", has_text="Mine")).to_be_focused()
    expect(page.locator("body")).to_have_attribute("data-same", "yes")
    do(town.agent, actions.take, number=second.number)
    expect(page.locator("#queue-rows tr")).to_have_count(2, timeout=AT_ONCE)
    page.go_back()
    expect(page.locator("#queue-tabs a", has_text="All open")).to_have_attribute("aria-current", "page")


def test_a_person_is_found_by_typing(arrive: Arrive, town: Town) -> None:
    incident = report(town.requester, "The lift is stuck")
    visitor = arrive()
    page = open_page(visitor, town.agent, f"/desk/incidents/{incident.label}/")
    page.locator("#people a.opens").click()
    field = page.locator("#people input[list]")
    expect(field).to_have_role("combobox")
    field.press_sequentially("chlo", delay=120)  # as people type
    expect(page.locator("#people datalist option")).to_have_attribute("value", "Chloe Winter <chloe@harbour.example>")
    field.fill("Chloe Winter <chloe@harbour.example>")
    field.press("Enter")
    expect(page.locator("#people")).to_contain_text("chloe@harbour.example")


def test_without_a_script_all_of_it_works_too(arrive: Arrive, town: Town) -> None:
    incident = report(town.requester, "The lift is stuck")
    visitor = arrive(java_script_enabled=False)
    visitor.sign_in(town.agent.mail, "/desk/incidents/")
    page = visitor.page
    page.locator("#queue-tabs a", has_text="Unassigned").click()
    page.locator("#queue-rows a", has_text="The lift is stuck").click()
    visitor.press("Take it")
    expect(page.locator("#head")).to_contain_text("In progress")
    page.locator("#people a.opens").click()
    page.locator("#people input[list]").fill("nobody at all")
    page.locator("#people form button.primary").click()
    visitor.sees("Nobody of this name or address is known here.")
    visitor.go(page.url)  # the verb's address leads back
    expect(page).to_have_url(town.house.address("harbour", f"/desk/incidents/{incident.label}/"))
    page.locator("#people a.opens").click()
    page.locator("#people input[list]").fill("chloe")
    page.locator("#people form button.primary").click()
    expect(page.locator("#people")).to_contain_text("chloe@harbour.example")
