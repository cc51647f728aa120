"""Nothing is changed without the form's own token, by a GET, from outside, or by guessing numbers."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from incidents import actions
from incidents.forms import FORMS
from incidents.lifecycle import Status, Verb
from incidents.models import Incident, Service
from tenancy import members
from tenancy.members import Member
from tenancy.models import Membership, Organisation
from tenancy.wall import bound
from tests.incidents.conftest import Cast
from tests.incidents.expected import PARTIES
from tests.incidents.factories import brought_to, person, reported
from tests.incidents.pages.conftest import Browse
from tests.incidents.pages.reading import Page, without_tokens
from tests.incidents.watching import everything

GOOD = {"title": "The lamp glows", "when": "now", "urgency": "high", "impact": "group"}


def posts(incident: Incident) -> list[tuple[str, str]]:
    """Every address that takes a form: who may use it, and where."""
    portal = reverse("incidents:portal-incident", args=[incident.number])
    desk = reverse("desk:incident", args=[incident.number])
    return [
        ("reporter", reverse("incidents:portal-report")),
        ("reporter", f"{portal}verdict/"),
        *[("reporter", f"{portal}{verb}/") for verb in PARTIES],
        ("lead", reverse("desk:incident-new")),
        ("lead", f"{desk}compose/"),
        *[("lead", f"{desk}{verb}/") for verb in Verb if verb not in PARTIES],
    ]


def test_every_form_needs_its_token(cast: Cast, browse: Browse) -> None:
    incident = brought_to(Status.RESOLVED, cast.reporter, cast.agent, service=cast.service)
    browsers = {name: browse(cast.members()[name], enforce_csrf_checks=True) for name in ("reporter", "lead")}
    before = everything()
    for name, path in posts(incident):
        data = {**GOOD, "verdict": "confirm", "body": "x", "text": "x", "mode": "public", "requester": cast.agent.mail}
        page = browsers[name].post(path, {**data, "uploads": SimpleUploadedFile("a.txt", b"a")})
        assert page.status == 403, path
        assert "Please send it again" in page.text
    assert everything() == before


def test_with_its_token_a_form_is_taken(cast: Cast, browse: Browse) -> None:
    incident = brought_to(Status.RESOLVED, cast.reporter, cast.agent)
    browser = browse(cast.reporter, enforce_csrf_checks=True)
    form = browser.get(reverse("incidents:portal-incident", args=[incident.number])).form("/verdict/")
    assert browser.post(form.action, form.filled(verdict="confirm")).status == 302


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_verbs_are_spoken_by_post_only(cast: Cast, browse: Browse, method: str) -> None:
    incident = brought_to(Status.RESOLVED, cast.reporter, cast.agent, service=cast.service)
    browsers = {name: browse(cast.members()[name]).client for name in ("reporter", "lead")}
    before = everything()
    for name, path in posts(incident):
        is_a_page = path.endswith(("report/", "new/"))  # the others lead back to the incident
        expected = (200 if is_a_page else 302) if method in ("get", "head") else 405
        assert getattr(browsers[name], method)(path).status_code == expected, path
    assert everything() == before


def test_no_page_writes_when_it_is_looked_at(cast: Cast, browse: Browse) -> None:
    incident = brought_to(Status.RESOLVED, cast.agent, cast.agent, service=cast.service)
    browser = browse(cast.agent)
    before = everything()
    pages = [
        "/", reverse("incidents:portal-report"), reverse("incidents:portal-incident", args=[incident.number]),
        reverse("desk:incidents"), reverse("desk:incident", args=[incident.number]), reverse("desk:incident-new"),
    ]  # fmt: skip
    for path in pages:
        assert browser.get(path, {"verdict": "confirm", "verb": "cancel", "text": "x"}).status == 200
    assert everything() == before


def test_strangers_are_asked_to_sign_in_and_then_go_where_they_wanted(cast: Cast, stranger: Client) -> None:
    incident = reported(cast.reporter)
    for path in ("/", "/report/", f"/incidents/{incident.label}/", "/desk/incidents/?q=x", "/desk/incidents/new/"):
        response = stranger.get(path)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/account/login/?next=/")
    before = everything()
    for _name, path in posts(incident):
        assert stranger.post(path, {**GOOD, "text": "x", "body": "x"}).status_code in (302, 401, 403), path
    assert everything() == before


@pytest.fixture
def foreigner(cast: Cast, quill: Organisation) -> tuple[Member, Member]:
    """The reporter's and the manager's namesakes over the wall."""
    with bound(quill.id):
        found = {one.name: one for one in Membership.objects.all()}
        return members.load(found["Reporter"], quill), members.load(found["Manager"], quill)


def same(here: Page, there: Page) -> bool:
    return without_tokens(here.html) == without_tokens(there.html)


def test_foreign_and_missing_records_look_the_same(
    cast: Cast, browse: Browse, foreigner: tuple[Member, Member]
) -> None:
    incident = reported(cast.reporter, title="A title of ours", service=cast.service)
    (kept,) = actions.keep(cast.reporter, uploads=[SimpleUploadedFile("a.txt", b"a")])
    hidden = reported(cast.agent, title="A title of another's")
    before = everything()
    for who, paths in (
        (foreigner[0], ("incidents:portal-incident", "incidents:file")),
        (foreigner[1], ("desk:incident", "incidents:portal-incident")),
        (cast.reporter, ("incidents:portal-incident",)),
    ):
        browser = browse(who)
        for path in paths:
            missing = browser.get(reverse(path, args=[uuid4() if "file" in path else 999_999]))
            target = hidden if who is cast.reporter else incident
            there = browser.get(reverse(path, args=[kept.uuid if "file" in path else target.number]))
            assert (missing.status, there.status) == (404, 404)
            assert same(missing, there)
            assert "There is nothing here" in there.text
    assert everything() == before


def test_foreign_and_missing_records_refuse_alike(cast: Cast, browse: Browse, foreigner: tuple[Member, Member]) -> None:
    incident = brought_to(Status.RESOLVED, cast.reporter, cast.agent, service=cast.service)
    browsers = {"reporter": browse(foreigner[0]), "lead": browse(foreigner[1])}
    before = everything()
    data = {"verdict": "confirm", "body": "x", "text": "x", "mode": "public", "ending": "phone"}
    for name, path in posts(incident):
        if path.endswith(("report/", "new/")):
            continue
        there = browsers[name].post(path, data)
        missing = browsers[name].post(path.replace(incident.label, "INC-999999"), data)
        assert (there.status, missing.status) == (404, 404), path
        assert same(there, missing)
    assert everything() == before


def test_restricted_and_missing_look_the_same(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter, service=cast.service)
    actions.restrict(cast.manager, number=incident.number)
    for who in (cast.agent, cast.outside_agent, cast.lead, cast.problem_manager):
        browser = browse(who)
        there = browser.get(reverse("desk:incident", args=[incident.number]))
        assert there.status == 404
        assert same(there, browser.get(reverse("desk:incident", args=[999_999])))
        assert browser.post(reverse("desk:incident-act", args=[incident.number, "take"])).status == 404


@pytest.mark.parametrize(
    "path", ["/incidents/INC-0/", "/incidents/INC-01001/", "/incidents/1001/", "/incidents/inc-1001/",
             "/incidents/INC-9999999999/", "/incidents/INC-1001/explode/", "/files/1/", "/files/x/",
             "/desk/incidents/INC-1001/explode/", "/desk/incidents/0/", "/answer/", "/answer/confirm/"],
)  # fmt: skip
def test_what_is_no_address_is_not_found(cast: Cast, browse: Browse, path: str) -> None:
    assert browse(cast.manager).get(path).status == 404


def test_no_form_takes_a_foreign_organisations_rows(cast: Cast, browse: Browse, quill: Organisation) -> None:
    incident = reported(cast.reporter, service=cast.service)
    with bound(quill.id):
        foreign = {
            "person": Membership.objects.get(name="Agent").public_id,
            "mail": Membership.objects.get(name="Agent").mail,
            "team": Membership.objects.get(name="Mate").seats.get().team.public_id,
            "service": Service.objects.get(name="Printers").public_id,
        }
        hypothesis = actions.suspect(
            members.load(Membership.objects.get(name="Agent"), quill),
            number=reported(members.load(Membership.objects.get(name="Reporter"), quill)).number,
            suspicion="Theirs",
        )
    browser = browse(cast.lead)
    before = everything()
    sent: dict[Verb, dict[str, object]] = {
        Verb.ASSIGN: {"assignee": foreign["person"]},
        Verb.ROUTE: {"team": foreign["team"]},
        Verb.CLASSIFY: {"service": foreign["service"], "impact": "group", "urgency": "low", "risk": "low"},
        Verb.INVOLVE: {"person": foreign["mail"], "part": "watcher"},
        Verb.RELEASE: {"person": foreign["person"], "part": "watcher"},
        Verb.CONCLUDE: {"hypothesis": hypothesis.public_id, "outcome": "confirmed"},
    }
    assert sent.keys() <= FORMS.keys()
    for verb, data in sent.items():
        assert browser.post(reverse("desk:incident-act", args=[incident.number, verb]), data).status == 422, verb
    assert everything() == before


def test_no_form_takes_another_incidents_rows(cast: Cast, browse: Browse) -> None:
    mine, other = reported(cast.reporter), reported(cast.reporter)
    hypothesis = actions.suspect(cast.agent, number=other.number, suspicion="Of another")
    actions.involve(
        cast.agent, number=other.number, person=Membership.objects.get(pk=cast.affected.id), part="affected"
    )
    browser = browse(cast.agent)
    before = everything()
    for verb, data in (
        ("conclude", {"hypothesis": hypothesis.public_id, "outcome": "confirmed"}),
        ("release", {"person": person(cast.affected).public_id, "part": "affected"}),
    ):
        assert browser.post(reverse("desk:incident-act", args=[mine.number, verb]), data).status == 422
    assert everything() == before


def test_pages_carry_the_strict_policy_and_hide_from_frames(cast: Cast, browse: Browse, stranger: Client) -> None:
    incident = reported(cast.agent)
    browser = browse(cast.agent)
    paths = ["/", "/report/", f"/incidents/{incident.label}/", f"/desk/incidents/{incident.label}/", "/desk/incidents/",
             "/desk/incidents/new/", "/incidents/INC-999999/", "/answer/confirm/x/"]  # fmt: skip
    for path in paths:
        headers = browser.get(path).response.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
    for path in paths:
        html = browser.get(path).html
        assert " style=" not in html, path
        scripts = html.count("<script")  # files of ours, none written into the page
        assert scripts == html.count('<script src="/static/') == html.count("defer></script>"), path
        assert " onclick=" not in html, path
