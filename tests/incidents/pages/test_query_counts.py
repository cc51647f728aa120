"""A page asks the database as often for many rows as for few."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incidents import actions
from incidents.lifecycle import Status
from incidents.models import Incident, Involvement, Reference
from tenancy.members import Member
from tests.incidents.conftest import Cast
from tests.incidents.factories import (
    QUESTION,
    IncidentTypeFactory,
    ServiceFactory,
    brought_to,
    classification,
    involved,
    person,
    reported,
)
from tests.incidents.pages.conftest import Browse
from tests.incidents.pages.reading import Browser

Make = Callable[..., Member]


def asked(browser: Browser, path: str) -> int:
    """How many queries the page takes, once everything is warm."""
    browser.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status == 200
    return len(queries)


def fill_queue(cast: Cast, count: int, member: Make) -> None:
    for turn in range(count):
        service = ServiceFactory()
        reporter, agent = member(), member("agent")
        incident = reported(reporter, service=service)
        facts = classification(type=IncidentTypeFactory(), service=service)
        actions.classify(cast.agent, number=incident.number, facts=facts)
        if turn % 2:
            actions.assign(cast.agent, number=incident.number, assignee=person(agent))


def test_the_queue(cast: Cast, browse: Browse, member: Make) -> None:
    browser, path = browse(cast.agent), reverse("desk:incidents")
    fill_queue(cast, 3, member)
    few = asked(browser, path)
    fill_queue(cast, 17, member)
    assert asked(browser, path) == few
    assert asked(browser, f"{path}?q=printer&tab=all&sort=title") <= few + 1
    assert few <= 20


def test_home(cast: Cast, browse: Browse, member: Make) -> None:
    browser = browse(cast.reporter)

    def fill(count: int) -> None:
        for turn in range(count):
            agent = member("agent")
            for status in (Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED):
                brought_to(status, cast.reporter, agent, service=ServiceFactory())
            if turn % 2:
                asked_back = brought_to(Status.IN_PROGRESS, cast.reporter, agent)
                actions.hold(agent, number=asked_back.number, facts=QUESTION)

    fill(1)
    few = asked(browser, "/")
    fill(6)
    assert asked(browser, "/") == few
    assert few <= 15


@pytest.mark.parametrize(("path", "most"), [("desk:incident", 60), ("incidents:portal-incident", 30)])
def test_an_incident(cast: Cast, browse: Browse, member: Make, path: str, most: int) -> None:
    incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent, service=cast.service)
    browser = browse(cast.reporter if "portal" in path else cast.agent)
    address = reverse(path, args=[incident.number])
    live(incident, 2, cast, member)
    few = asked(browser, address)
    live(incident, 13, cast, member)
    assert asked(browser, address) == few
    assert few <= most


def live(incident: Incident, turns: int, cast: Cast, member: Make) -> None:
    """Let much happen, each time by somebody new."""
    number = incident.number
    for turn in range(turns):
        agent, friend = member("agent"), member()
        involved(incident, friend, Involvement.Part.PARTICIPANT)
        files = [one.uuid for one in actions.keep(agent, uploads=[SimpleUploadedFile("a.txt", b"a")])]
        actions.reply(agent, number=number, text="Hello", attachments=files)
        actions.note(agent, number=number, text="Psst")
        actions.comment(friend, number=number, text="Me too")
        actions.hold(agent, number=number, facts=QUESTION)
        actions.comment(friend, number=number, text="Blue")
        actions.suspect(agent, number=number, suspicion="The cable")
        actions.refer(agent, number=number, kind=Reference.Kind.SUPPLIER, value=f"{agent.id}")
        actions.route(agent, number=number, team=cast.other_team if turn % 2 else cast.team)
        actions.assign(agent, number=number, assignee=person(agent))


def test_the_report_form(cast: Cast, browse: Browse) -> None:
    browser = browse(cast.reporter)
    few = asked(browser, "/report/")
    ServiceFactory.create_batch(20)
    assert asked(browser, "/report/") == few


def test_the_log_form(cast: Cast, browse: Browse, member: Make) -> None:
    browser, path = browse(cast.agent), reverse("desk:incident-new")
    few = asked(browser, path)
    for _turn in range(20):
        member()
    assert asked(browser, path) == few
