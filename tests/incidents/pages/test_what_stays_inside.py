"""Nothing internal reaches the requester's side, in no state, on no page, in no mail."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from incidents import actions
from incidents.drafts import Hold, Resolution
from incidents.lifecycle import HoldReason, Status
from incidents.models import Attachment, Incident, Involvement, Reference
from incidents.priority import Priority
from notifications.models import OutboxMessage
from tenancy.members import Member
from tests.incidents.conftest import Cast
from tests.incidents.factories import IT_WORKS, involved, person, reported
from tests.incidents.pages.conftest import Browse

CANARIES = [
    "canary-note", "canary-file", "canary-suspicion", "canary-test", "canary-supplier", "canary-wait",
    "canary-override",
]  # fmt: skip
PAGES = [reverse("incidents:portal-home"), "/report/"]


def work_on(incident: Incident, cast: Cast) -> None:
    """Leave a canary in everything that is the desk's own."""
    number, agent = incident.number, cast.agent
    upload = SimpleUploadedFile("canary-file.txt", b"canary-file")
    kept = actions.keep(agent, uploads=[upload])
    actions.note(agent, number=number, text="canary-note", attachments=[one.uuid for one in kept])
    suspicion = actions.suspect(agent, number=number, suspicion="canary-suspicion", test="canary-test")
    actions.conclude(agent, number=number, hypothesis=suspicion, outcome="confirmed")
    actions.refer(agent, number=number, kind=Reference.Kind.SUPPLIER, value="canary-supplier")
    actions.override_priority(cast.lead, number=number, priority=Priority.P2, reason="canary-override")
    actions.hold(agent, number=number, facts=Hold(reason=HoldReason.SUPPLIER, text="canary-wait"))
    actions.involve(agent, number=number, person=person(cast.lead), part=Involvement.Part.WATCHER)


def bring_to(status: Status, incident: Incident, cast: Cast) -> None:
    number, agent = incident.number, cast.agent
    resolution = Resolution(code=Incident.Resolution.FIXED, note="New cable.", tested_how="Printed.")
    match status:
        case Status.IN_PROGRESS:
            actions.take(agent, number=number)
            actions.resume(agent, number=number)
        case Status.RESOLVED | Status.CLOSED:
            actions.resolve(agent, number=number, resolution=resolution)
        case Status.CANCELLED:
            actions.cancel(agent, number=number, ending=Incident.Ending.NOT_INCIDENT, text="A drill.")
        case Status.NEW:
            actions.resume(agent, number=number)
    if status is Status.CLOSED:
        actions.confirm(cast.reporter, number=number, word=IT_WORKS)


@pytest.mark.parametrize("status", Status)
def test_the_portal_shows_no_canary(cast: Cast, browse: Browse, status: Status) -> None:
    incident = reported(cast.reporter, service=cast.service)
    for part, who in ((Involvement.Part.AFFECTED, cast.affected), (Involvement.Part.PARTICIPANT, cast.participant)):
        involved(incident, who, part)
    work_on(incident, cast)
    bring_to(status, incident, cast)
    incident.refresh_from_db()
    assert incident.status == status
    pages = [*PAGES, reverse("incidents:portal-incident", args=[incident.number])]
    for who in (cast.reporter, cast.affected, cast.participant, cast.stakeholder):
        browser = browse(who)
        for page in pages:
            assert_silent(browser.get(page).html, f"{page} for {who.name}")
    desk = browse(cast.agent).get(reverse("desk:incident", args=[incident.number])).html
    assert [canary for canary in CANARIES if canary not in desk] == []


@pytest.mark.parametrize("status", Status)
def test_no_mail_carries_a_canary(cast: Cast, status: Status) -> None:
    incident = reported(cast.reporter, service=cast.service)
    work_on(incident, cast)
    bring_to(status, incident, cast)
    for message in OutboxMessage.objects.all():
        assert_silent(json.dumps(message.facts), message.kind)


def test_refused_forms_show_no_canary_either(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter)
    work_on(incident, cast)
    page = reverse("incidents:portal-incident", args=[incident.number])
    for verb, data, status in (("comment", {}, 422), ("contest", {"text": "No!"}, 409), ("resolve", {}, 403)):
        answer = browse(cast.reporter).post(f"{page}{verb}/", data)
        assert answer.status == status
        assert_silent(answer.html, verb)


def test_an_internal_file_is_for_the_desk(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter, service=cast.service)
    involved(incident, cast.affected, Involvement.Part.AFFECTED)
    work_on(incident, cast)
    file = reverse("incidents:file", args=[Attachment.objects.get().uuid])
    outside: list[Member] = [cast.reporter, cast.affected, cast.stakeholder, cast.bystander, cast.administrator]
    for who in outside:
        assert browse(who).get(file).status == 404, who.name
    for who in (cast.agent, cast.auditor):
        assert browse(who).get(file).html == "canary-file"


def assert_silent(text: str, where: str) -> None:
    assert [canary for canary in CANARIES if canary in text] == [], where
