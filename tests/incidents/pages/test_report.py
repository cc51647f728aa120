"""Reporting asks little, forgives much and loses nothing that was typed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from incidents.lifecycle import Status
from incidents.models import Incident, Service
from incidents.views import portal
from notifications.models import OutboxMessage
from tenancy import clock
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.incidents.conftest import Cast
from tests.incidents.factories import ServiceFactory, brought_to
from tests.incidents.pages.conftest import Browse
from tests.incidents.pages.reading import Page

REPORT = reverse("incidents:portal-report")
GOOD = {"title": "The lamp glows", "when": "now", "urgency": "high", "impact": "group"}
ALL = {
    **GOOD,
    "description": "It glowed.\r\nIt <b>still</b> glows & hums.",
    "when": "roughly",
    "happened_at": "2026-11-20T09:30",
    "error_code": "E-17",
}


def test_the_empty_form_asks_little(reporter: Member, browse: Browse) -> None:
    page = browse(reporter).get(REPORT)
    form = page.form_with("title")
    assert (form.value("when"), form.value("urgency"), form.value("impact")) == ("now", "medium", "person")
    assert "Up to 10 files of 25 MB each" in page.text


def test_a_report_becomes_an_incident_and_a_mail(cast: Cast, browse: Browse) -> None:
    page = browse(cast.reporter).post(REPORT, {**ALL, "service": cast.service.public_id}, follow=True)
    incident = Incident.objects.get()
    assert f"Thank you. We have it as {incident.label}" in page.text
    assert (incident.title, incident.error_code, incident.service) == ("The lamp glows", "E-17", cast.service)
    assert (incident.urgency, incident.impact, incident.occurred_roughly) == ("high", "group", True)
    assert (incident.status, incident.reporter_id, incident.team) == (Status.NEW, cast.reporter.id, cast.team)
    assert "It <b>still</b> glows & hums." in page.text
    assert "<b>still</b>" not in page.html
    told = dict(OutboxMessage.objects.values_list("address", "kind"))
    assert told == {cast.reporter.mail: "incident_reported", cast.stakeholder.mail: "incident_new"}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "Say in one sentence what happened"),
        ({"title": "x" * 201}, "at most 200 characters"),
        ({"happened_at": ""}, "Say the day and time, or choose “Just now”"),
        ({"happened_at": "yesterday"}, "Enter a valid date/time"),
        ({"happened_at": "2099-01-01T10:00"}, "This time is still to come"),
        ({"urgency": ""}, "This field is required"),
        ({"impact": "universe"}, "Select a valid choice"),
        ({"service": "0"}, "Select a valid choice"),
        ({"description": "x" * 20_001}, "at most 20000 characters"),
        ({"error_code": "x" * 81}, "at most 80 characters"),
        ({"title": "\x00"}, "Null characters are not allowed"),
    ],
)
def test_what_was_typed_survives_each_error(
    reporter: Member, browse: Browse, wrong: dict[str, str], words: str
) -> None:
    page = browse(reporter).post(REPORT, {**ALL, **wrong})
    assert page.status == 422
    assert words in page.text
    assert "Nothing you typed is lost" in page.text
    assert page.html.startswith("<!doctype html>")
    assert "<title>Error:" in page.html
    form = page.form_with("title")
    for name, value in {**ALL, **wrong}.items():
        if name not in ("urgency", "impact", "service") or name not in wrong:
            assert form.value(name) == value, name
    assert not Incident.objects.exists()
    fixed = browse(reporter).post(REPORT, form.filled(**ALL, **({"service": ""} if "service" in wrong else {})))
    assert fixed.status == 302


def test_the_summary_leads_to_each_field_with_an_error(reporter: Member, browse: Browse) -> None:
    page = browse(reporter).post(REPORT, {"when": "exactly"})
    targets = [link.removeprefix("#") for link in page.links if link.startswith("#") and link != "#main"]
    assert len(targets) == 4
    assert set(targets) <= set(page.ids)


def test_a_time_that_is_hidden_is_not_complained_about(reporter: Member, browse: Browse) -> None:
    data = {**GOOD, "when": "now", "happened_at": "nonsense"}
    assert browse(reporter).post(REPORT, data).status == 302
    assert not Incident.objects.get().occurred_roughly


@pytest.mark.parametrize("when", ["0001-01-01T00:00", "1066-10-14T09:00", "9999-12-31T23:59", "2026-03-29T02:30"])
def test_odd_times_are_refused_and_break_no_list(reporter: Member, browse: Browse, when: str) -> None:
    browser = browse(reporter)
    assert browser.post(REPORT, {**GOOD, "when": "exactly", "happened_at": when}).status == 422
    assert browser.get(reverse("incidents:portal-home")).status == 200
    assert not Incident.objects.exists()


def test_times_are_meant_in_the_zone_of_whoever_types_them(
    member: Callable[..., Member], bind: None, browse: Browse
) -> None:
    tokyo = member(time_zone="Asia/Tokyo")
    browser = browse(tokyo)
    page = browser.post(REPORT, {**GOOD, "when": "exactly", "happened_at": "2026-11-20T09:30"}, follow=True)
    incident = Incident.objects.get()
    assert incident.occurred_at == datetime(2026, 11, 20, 9, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert incident.occurred_at == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
    assert "20 Nov 2026, 09:30" in page.text


def test_just_now_is_now(reporter: Member, browse: Browse) -> None:
    browse(reporter).post(REPORT, GOOD)
    assert clock.now() - Incident.objects.get().occurred_at < timedelta(minutes=1)


def test_only_the_organisations_own_active_services_are_offered(
    cast: Cast, browse: Browse, quill: Organisation
) -> None:
    with bound(quill.id):
        foreign = Service.objects.get(name="Printers")
    retired = ServiceFactory(name="Telegraph", is_active=False)
    form = browse(cast.reporter).get(REPORT).form_with("service")
    assert form.offers["service"] == ["", str(cast.service.public_id)]
    for service in (foreign, retired):
        assert browse(cast.reporter).post(REPORT, {**GOOD, "service": service.public_id}).status == 422
    assert not Incident.objects.exists()


def test_more_fields_than_the_form_has_change_nothing(cast: Cast, browse: Browse) -> None:
    extra = {
        "reporter": cast.affected.id, "status": "closed", "number": 7, "priority": "P1", "team": cast.team.pk,
        "organisation": 2, "restricted": "on", "assignee": cast.agent.id, "source": "api", "reported_at": "2020-01-01",
    }  # fmt: skip
    browse(cast.reporter).post(REPORT, {**GOOD, **extra})
    incident = Incident.objects.get()
    assert (incident.reporter_id, incident.status, incident.team, incident.restricted) == (
        cast.reporter.id, "new", None, False,
    )  # fmt: skip
    assert (incident.assignee, incident.source, incident.organisation_id) == (
        None, "portal", cast.reporter.organisation_id,
    )  # fmt: skip
    assert incident.number > 1000


def test_home_puts_first_what_waits_for_me(cast: Cast, browse: Browse) -> None:
    brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent, title="Under way")
    brought_to(Status.RESOLVED, cast.reporter, cast.agent, title="Done perhaps")
    brought_to(Status.CANCELLED, cast.reporter, cast.agent, title="A drill")
    text = browse(cast.reporter).get("/").text
    order = ["Waiting for you", "Done perhaps", "Being looked after", "Under way", "Finished", "A drill"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_home_turns_what_is_under_way_and_what_is_over_each_for_itself(
    cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal, "PER_PAGE", 1)
    lives = ("Done", "resolved"), ("Older", "new"), ("Newer", "new"), ("Dull", "cancelled"), ("Over", "cancelled")
    for title, status in lives:
        brought_to(Status(status), cast.reporter, cast.agent, title=title)

    def shown(page: Page) -> list[str]:
        return [title for title, _status in lives if f">{title}</a>" in page.html]

    browser = browse(cast.reporter)
    first = browser.get("/?page=2")
    assert shown(first) == ["Done", "Newer", "Dull"]
    assert "Being looked after 2" in first.text
    assert "Finished 2" in first.text
    assert 'href="?page=2&amp;open=2#group-open"' in first.html
    assert shown(browser.get("/?page=2&open=2")) == ["Done", "Older", "Dull"]


def test_home_of_a_newcomer_is_friendly(reporter: Member, browse: Browse) -> None:
    page = browse(reporter).get("/")
    assert f"Hello {reporter.name}" in page.text
    assert "No incidents yet" in page.text
