"""Times are told in the reader's zone, pages in the reader's language."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from incidents import actions
from incidents.drafts import Hold
from incidents.lifecycle import HoldReason
from incidents.models import Incident
from tenancy import clock
from tenancy.members import Member
from tenancy.models import Organisation
from tests.incidents.factories import reported
from tests.incidents.pages.conftest import Browse

Make = Callable[..., Member]
REPORTED = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
HAPPENED = datetime(2026, 7, 1, 3, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "reported_at", "happened_at"),
    [
        ("", "2 Jul 2026, 00:30", "1 Jul 2026, 05:15"),
        ("UTC", "1 Jul 2026, 22:30", "1 Jul 2026, 03:15"),
        ("Asia/Tokyo", "2 Jul 2026, 07:30", "1 Jul 2026, 12:15"),
        ("America/Los_Angeles", "1 Jul 2026, 15:30", "30 Jun 2026, 20:15"),
        ("Asia/Kathmandu", "2 Jul 2026, 04:15", "1 Jul 2026, 09:00"),
    ],
)
def test_each_reader_has_their_own_clock(
    bind: None, member: Make, browse: Browse, zone: str, reported_at: str, happened_at: str
) -> None:
    reporter, agent = member(time_zone=zone), member("agent", time_zone=zone)
    incident = reported(reporter, at=REPORTED, occurred_at=HAPPENED, occurred_roughly=True)
    for who, name in ((reporter, "incidents:portal-incident"), (agent, "desk:incident")):
        text = browse(who).get(reverse(name, args=[incident.number])).text
        assert reported_at in text
        assert f"around {happened_at}" in text


def test_the_same_moment_is_read_at_two_clocks(bind: None, member: Make, browse: Browse) -> None:
    reporter, agent = member(time_zone="Asia/Tokyo"), member("agent", time_zone="America/Los_Angeles")
    incident = reported(reporter, at=REPORTED)
    assert (
        "2 Jul 2026, 07:30" in browse(reporter).get(reverse("incidents:portal-incident", args=[incident.number])).text
    )
    assert "1 Jul 2026, 15:30" in browse(agent).get(reverse("desk:incident", args=[incident.number])).text


def test_a_planned_day_is_meant_and_told_in_the_zone_of_each(bind: None, member: Make, browse: Browse) -> None:
    reporter, agent = member(time_zone="Asia/Tokyo"), member("agent", time_zone="America/Los_Angeles")
    incident = reported(reporter)
    browse(agent).post(
        reverse("desk:incident-act", args=[incident.number, "hold"]),
        {"reason": "scheduled", "until": "2031-07-01T15:30"},
    )
    until = Incident.objects.get(pk=incident.pk).hold_until
    assert until == datetime(2031, 7, 1, 22, 30, tzinfo=UTC)
    assert "Planned for 2 Jul 2031, 07:30" in browse(reporter).get("/").text
    assert "Planned for 1 Jul 2031, 15:30" in browse(agent).get(reverse("desk:incidents")).text


def test_a_reader_without_a_language_reads_the_organisations(
    harbour: Organisation, bind: None, member: Make, browse: Browse
) -> None:
    reporter = member()
    assert '<html lang="en"' in browse(reporter).get("/").html


def test_a_german_reader_reads_a_german_page(bind: None, member: Make, browse: Browse) -> None:
    reader = member(language="de")
    incident = reported(reader, at=REPORTED)
    page = browse(reader).get(reverse("incidents:portal-incident", args=[incident.number]))
    assert '<html lang="de"' in page.html
    assert "Juli 2026" in page.html  # the month's name in the tooltip
    other = member(language="en")
    assert '<html lang="en"' in browse(other).get("/").html


def test_a_browsers_wish_does_not_outvote_the_profile(bind: None, member: Make, browse: Browse) -> None:
    browser = browse(member(language="en"))
    browser.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    assert '<html lang="en"' in browser.get("/").html


def test_a_date_in_a_form_is_shown_as_it_was_typed(bind: None, member: Make, browse: Browse) -> None:
    for language in ("en", "de"):
        browser = browse(member(language=language, time_zone="Asia/Tokyo"))
        page = browser.post("/report/", {"when": "exactly", "happened_at": "2026-11-20T09:30"})
        assert page.form_with("title").value("happened_at") == "2026-11-20T09:30"


def test_an_age_is_told_from_now(bind: None, member: Make, browse: Browse) -> None:
    reporter, agent = member(), member("agent")
    at = clock.now() - timedelta(hours=3, minutes=1)
    incident = reported(reporter, at=at)
    facts = Hold(reason=HoldReason.SUPPLIER)
    actions.hold(agent, number=incident.number, facts=facts, at=at + timedelta(hours=1))
    assert "3 hours ago" in browse(reporter).get("/").text
