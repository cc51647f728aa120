"""Links in mails: a GET shows, only a POST acts; once, in time, for one purpose, in one organisation."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from incidents import actions
from incidents.drafts import Hold
from incidents.lifecycle import HoldReason, Status
from incidents.models import Incident, Message
from notifications import links
from notifications.models import OutboxMessage
from tenancy import clock, members
from tenancy.members import Member
from tenancy.models import Membership, Organisation
from tenancy.wall import bound
from tests.incidents.conftest import Cast
from tests.incidents.factories import FIXED, IT_WORKS, QUESTION, SUPPLIER, brought_to, involved, reported
from tests.incidents.pages.conftest import Browse
from tests.incidents.pages.reading import Browser, Page, without_tokens
from tests.incidents.watching import everything, posted

PURPOSES = ("confirm", "reject", "answer", "contest")
SENT: dict[str, dict[str, str]] = {
    "confirm": {"verdict": "confirm", "rating": "5", "comment": "Splendid"},
    "reject": {"verdict": "reject", "comment": "Still dark."},
    "answer": {"body": "It is red."},
    "contest": {"text": "It was no drill."},
}


@pytest.fixture
def mail_reader(stranger: Client) -> Browser:
    """Somebody with a mail and without a login."""
    return Browser(stranger)


def link(purpose: str) -> str:
    """The newest link with this purpose in the outbox, as the mail shows it."""
    for message in OutboxMessage.objects.order_by("-id"):
        if found := message.facts["links"].get(purpose):
            return links.url("", found["purpose"], found["claims"], message.home_id)
    raise AssertionError(f"no mail has a link to {purpose}")


def asked(cast: Cast, purpose: str) -> tuple[Incident, str]:
    """An incident whose reporter has a mail with this link."""
    status = {"answer": Status.IN_PROGRESS, "contest": Status.CANCELLED}.get(purpose, Status.RESOLVED)
    incident = brought_to(status, cast.reporter, cast.agent, service=cast.service)
    if purpose == "answer":
        actions.hold(cast.agent, number=incident.number, facts=QUESTION)
    return incident, link(purpose)


def status_of(incident: Incident) -> str:
    return Incident.objects.values_list("status").get(pk=incident.pk)[0]


@pytest.mark.parametrize(("purpose", "times"), [("confirm", 100), ("reject", 5), ("answer", 5), ("contest", 5)])
def test_scanners_may_look_as_often_as_they_like(cast: Cast, mail_reader: Browser, purpose: str, times: int) -> None:
    _incident, path = asked(cast, purpose)
    before = everything()
    for _turn in range(times):
        assert mail_reader.client.get(path).status_code == 200
        assert mail_reader.client.head(path).status_code == 200
    assert everything() == before
    assert "csrftoken" in mail_reader.client.cookies
    assert "sessionid" not in mail_reader.client.cookies


@pytest.mark.parametrize(
    ("purpose", "status", "words"),
    [
        ("confirm", "closed", "Good to hear. The incident is closed."),
        ("reject", "in_progress", "It is open again, and the same agent goes on with it."),
        ("answer", "in_progress", "Your answer is with the agent"),
        ("contest", "in_progress", "It is open again."),
    ],
)
def test_the_button_acts_once(cast: Cast, mail_reader: Browser, purpose: str, status: str, words: str) -> None:
    incident, path = asked(cast, purpose)
    if purpose == "contest":  # nobody had it when it was cancelled
        status = "new"
    page = mail_reader.get(path)
    assert incident.title in page.text
    form = page.forms[-1]
    assert (form.method, form.action) == ("post", "")
    done = mail_reader.post(path, form.filled(**SENT[purpose]))
    assert (done.status, words in done.text) == (200, True)
    assert status_of(incident) == status
    before = everything()
    for again in (mail_reader.post(path, SENT[purpose]), mail_reader.get(path)):
        assert again.status == 410
        assert "This link has been used already" in again.text
    assert everything() == before


def test_the_whole_word_of_the_reporter_arrives(cast: Cast, mail_reader: Browser) -> None:
    incident, path = asked(cast, "confirm")
    data = {**SENT["confirm"], "retest": "Switched it on"}
    assert mail_reader.post(path, data).status == 200
    incident.refresh_from_db()
    assert (incident.ending, incident.rating, incident.rating_word, incident.retested_how) == (
        "confirmed", 5, "Splendid", "Switched it on",
    )  # fmt: skip


def test_each_link_starts_with_its_own_answer_and_takes_the_other(cast: Cast, mail_reader: Browser) -> None:
    incident, path = asked(cast, "reject")
    assert mail_reader.get(path).forms[-1].values["verdict"] == ["reject"]
    assert mail_reader.get(link("confirm")).forms[-1].values["verdict"] == ["confirm"]
    assert mail_reader.post(path, SENT["confirm"]).status == 200
    assert status_of(incident) == "closed"
    assert "used already" in mail_reader.get(link("confirm")).text


@pytest.mark.parametrize(
    ("purpose", "data"),
    [
        ("reject", {"verdict": "reject", "comment": "  "}),
        ("reject", {"comment": "Dark"}),
        ("confirm", {"verdict": "both", "comment": "Dark"}),
        ("confirm", {"verdict": "confirm", "rating": "6", "comment": "Fine"}),
        ("answer", {"body": " \n"}),
        ("contest", {"text": ""}),
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(
    cast: Cast, mail_reader: Browser, purpose: str, data: dict[str, str]
) -> None:
    _incident, path = asked(cast, purpose)
    before = everything()
    page = mail_reader.post(path, data)
    assert page.status == 422
    assert everything() == before
    form = page.forms[-1]
    assert form.unfolded
    if "comment" in data:
        assert form.value("comment").strip() == data["comment"].strip()


def test_a_new_question_has_a_link_of_its_own(cast: Cast, mail_reader: Browser) -> None:
    incident, first = asked(cast, "answer")
    again = Hold(reason=HoldReason.REQUESTER, text="And the other lamp?")
    actions.hold(cast.agent, number=incident.number, facts=again)
    second = link("answer")
    assert first != second
    stale = mail_reader.get(first)
    assert stale.status == 410
    assert "There is a newer question for you" in stale.text
    fresh = mail_reader.get(second)
    assert fresh.status == 200
    assert "And the other lamp?" in fresh.text
    assert mail_reader.post(second, SENT["answer"]).status == 200
    assert status_of(incident) == "in_progress"


def test_a_question_after_another_wait_has_a_link_that_works(cast: Cast, mail_reader: Browser) -> None:
    incident = brought_to(Status.ON_HOLD, cast.reporter, cast.agent)
    actions.take(cast.agent, number=incident.number)
    actions.hold(cast.agent, number=incident.number, facts=QUESTION)
    assert mail_reader.get(link("answer")).status == 200


def _reopen(cast: Cast, number: int) -> None:
    actions.reopen(cast.agent, number=number, reason="Wrong lamp.")


def _resume(cast: Cast, number: int) -> None:
    actions.resume(cast.agent, number=number)


def _wait(cast: Cast, number: int) -> None:
    actions.hold(cast.agent, number=number, facts=SUPPLIER)


def _close(cast: Cast, number: int) -> None:
    actions.close(cast.agent, number=number, ending=Incident.Ending.PHONE)


def _cancel(cast: Cast, number: int) -> None:
    actions.cancel(cast.agent, number=number, ending=Incident.Ending.NOT_INCIDENT, text="A drill.")


@pytest.mark.parametrize(
    ("purpose", "meanwhile", "words"),
    [
        ("confirm", _reopen, "Agent reopened it."),
        ("confirm", _close, "Closed by Agent."),
        ("reject", _reopen, "Agent reopened it."),
        ("answer", _resume, "Agent went on with it."),
        ("answer", _wait, "On hold, waiting for a supplier."),
        ("answer", _cancel, "Cancelled by Agent."),
    ],
)
def test_what_moved_on_explains_itself(
    cast: Cast, mail_reader: Browser, purpose: str, meanwhile: Callable[[Cast, int], None], words: str
) -> None:
    incident, path = asked(cast, purpose)
    meanwhile(cast, incident.number)
    before = everything()
    for page in (mail_reader.get(path), mail_reader.post(path, SENT[purpose])):
        assert page.status == 410
        assert "Something happened meanwhile" in page.text
        assert words in page.text
        assert reverse("incidents:portal-incident", args=[incident.number]) in page.links
    assert everything() == before


def test_an_answer_given_in_the_portal_uses_the_link(cast: Cast, mail_reader: Browser) -> None:
    incident, path = asked(cast, "confirm")
    actions.confirm(cast.reporter, number=incident.number, word=IT_WORKS)
    assert "used already" in mail_reader.get(path).text


def test_a_later_resolution_has_links_of_its_own(cast: Cast, mail_reader: Browser) -> None:
    incident, first = asked(cast, "confirm")
    _reopen(cast, incident.number)
    actions.resolve(cast.agent, number=incident.number, resolution=FIXED)
    assert mail_reader.get(first).status == 410
    assert mail_reader.get(link("confirm")).status == 200


def test_words_between_do_not_use_a_link_up(cast: Cast, mail_reader: Browser) -> None:
    incident, path = asked(cast, "confirm")
    actions.comment(cast.reporter, number=incident.number, text="I shall try tomorrow.")
    actions.note(cast.agent, number=incident.number, text="Good.")
    actions.reply(cast.agent, number=incident.number, text="Please do.")
    assert mail_reader.get(path).status == 200


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_token_serves_its_own_purpose_only(cast: Cast, mail_reader: Browser, purpose: str) -> None:
    _incident, path = asked(cast, purpose)
    before = everything()
    for other in {*PURPOSES, "close", "resolve", "x"} - {purpose}:
        bent = path.replace(f"/{purpose}/", f"/{other}/")
        for page in (mail_reader.get(bent), mail_reader.post(bent, SENT.get(other, {}))):
            assert_foreign(page)
    assert everything() == before


def test_a_bent_token_is_none(cast: Cast, mail_reader: Browser) -> None:
    _incident, path = asked(cast, "confirm")
    head, token = path.rstrip("/").rsplit("/", 1)
    middle = len(token) // 2
    bent = [
        token[:-1], token + "A", token[1:], token.swapcase(), token[:middle], token[middle:], token[::-1], ":", "x",
        "0", "a" * 4000, f"{token[:middle]}A{token[middle + 1:]}x", "é", "..%2f", "::",
        signing.dumps(["x", {}], salt="notifications.links.confirm"),
        signing.dumps({"a": 1}, salt="another"),
    ]  # fmt: skip
    assert mail_reader.get(f"{head}/%00/").status == 400  # refused at the gate
    before = everything()
    for one in bent:
        assert_foreign(mail_reader.get(f"{head}/{one}/"))
        assert_foreign(mail_reader.post(f"{head}/{one}/", SENT["confirm"]))
    assert everything() == before


def test_all_that_is_no_link_looks_the_same(cast: Cast, mail_reader: Browser, quill: Organisation) -> None:
    _incident, path = asked(cast, "confirm")
    token = path.rstrip("/").rpartition("/")[2]
    there = Browser(Client(SERVER_NAME="quill.testserver")).get(path)
    here = mail_reader.get(path.replace(token, "made-up"))
    assert_foreign(there)
    same = without_tokens(there.html).replace("Quill", "Harbour").replace("quill", "harbour")
    assert same == without_tokens(here.html)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_at_another_organisations_host_a_link_is_foreign(cast: Cast, purpose: str, quill: Organisation) -> None:
    incident, path = asked(cast, purpose)
    before = everything()
    with bound(quill.id):
        namesake = members_of(quill)["Reporter"]
        for _turn in range(3):  # so that the number exists there too
            reported(namesake)
        assert Incident.objects.filter(number=incident.number).exists()
        before_there = everything()
    visitor = Browser(Client(SERVER_NAME="quill.testserver"))
    for page in (visitor.get(path), visitor.post(path, SENT[purpose])):
        assert_foreign(page)
        assert incident.title not in page.html
    assert everything() == before
    with bound(quill.id):
        assert everything() == before_there


def members_of(organisation: Organisation) -> dict[str, Member]:
    return {one.name: members.load(one, organisation) for one in Membership.objects.all()}


def test_an_old_link_is_too_old(cast: Cast, mail_reader: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    incident, path = asked(cast, "confirm")
    then = time.time() + links.VALID_FOR.total_seconds() + 5
    with monkeypatch.context() as later:
        later.setattr(time, "time", lambda: then)
        for page in (mail_reader.get(path), mail_reader.post(path, SENT["confirm"])):
            assert page.status == 410
            assert "This link is too old" in page.text
            assert incident.title not in page.html
    assert status_of(incident) == "resolved"
    assert mail_reader.get(path).status == 200


def test_not_so_has_its_days(cast: Cast, mail_reader: Browser) -> None:
    at = clock.now() - timedelta(days=10)
    incident = brought_to(Status.CLOSED, cast.reporter, cast.agent, at=at)
    path = link("contest")
    for page in (mail_reader.get(path), mail_reader.post(path, SENT["contest"])):
        assert page.status == 410
        assert "The days in which this could be reopened are over" in page.text
    assert status_of(incident) == "closed"


def test_who_has_left_answers_nothing_more(cast: Cast, mail_reader: Browser) -> None:
    incident, path = asked(cast, "confirm")
    Membership.objects.filter(pk=cast.reporter.id).update(state=Membership.State.LEFT)
    for page in (mail_reader.get(path), mail_reader.post(path, SENT["confirm"])):
        assert_foreign(page)
        assert incident.title not in page.html
    assert status_of(incident) == "resolved"


def test_who_is_not_the_reporter_any_more_is_told_nothing(cast: Cast, mail_reader: Browser) -> None:
    incident, path = asked(cast, "confirm")
    Incident.objects.filter(pk=incident.pk).update(reporter=cast.bystander.id)
    for page in (mail_reader.get(path), mail_reader.post(path, SENT["confirm"])):
        assert_foreign(page)
    involved(incident, cast.reporter, "affected")
    page = mail_reader.post(path, SENT["confirm"])
    assert page.status == 403
    assert "This incident has another reporter now" in page.text
    assert status_of(incident) == "resolved"


def test_a_contact_without_a_login_answers_like_anybody(cast: Cast, mail_reader: Browser) -> None:
    assert Membership.objects.get(pk=cast.reporter.id).person is None
    incident, path = asked(cast, "answer")
    page = mail_reader.get(path)
    assert QUESTION.text in page.text
    assert f"{cast.agent.name} asks you" in page.text
    mail_reader.post(path, SENT["answer"])
    said = Message.objects.filter(incident=incident).last()
    assert said
    assert (said.text, said.author_id, said.internal) == ("It is red.", cast.reporter.id, False)


def test_whoever_is_signed_in_answers_as_who_got_the_mail(cast: Cast, browse: Browse) -> None:
    incident, path = asked(cast, "answer")
    page = browse(cast.bystander).post(path, SENT["answer"])
    assert page.status == 200
    said = Message.objects.filter(incident=incident).last()
    assert said
    assert said.author_id == cast.reporter.id


def test_the_token_does_not_travel_on(cast: Cast, mail_reader: Browser) -> None:
    _incident, path = asked(cast, "confirm")
    headers: Any = mail_reader.get(path).response.headers
    # "no-referrer" would make browsers send "Origin: null" with the form, which is refused as a forgery.
    assert headers["Referrer-Policy"] == "strict-origin"
    assert "no-store" in headers["Cache-Control"]


def test_a_browsers_own_headers_pass_and_a_strangers_do_not(cast: Cast) -> None:
    incident, path = asked(cast, "confirm")
    client = Client(SERVER_NAME="harbour.testserver", enforce_csrf_checks=True)
    form = Page(client.get(path)).forms[-1]
    data = form.filled(**SENT["confirm"])
    assert "csrfmiddlewaretoken" in data
    for origin, status in (("null", 403), ("http://quill.testserver", 403), ("http://harbour.testserver", 200)):
        assert client.post(path, data, headers={"Origin": origin}).status_code == status
    assert status_of(incident) == "closed"


def test_only_the_reporters_mails_carry_links(cast: Cast) -> None:
    incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent, service=cast.service)
    for who, part in ((cast.affected, "affected"), (cast.participant, "participant"), (cast.lead, "watcher")):
        involved(incident, who, part)
    actions.hold(cast.agent, number=incident.number, facts=QUESTION)
    actions.comment(cast.affected, number=incident.number, text="Red.")
    actions.resolve(cast.agent, number=incident.number, resolution=FIXED)
    actions.close(cast.agent, number=incident.number, ending=Incident.Ending.PHONE)
    assert len({name for _kind, name, _why in posted()}) >= 4
    for message in OutboxMessage.objects.exclude(name=cast.reporter.name):
        assert message.facts["links"] == {}, message


def test_other_methods_are_none(cast: Cast, mail_reader: Browser) -> None:
    _incident, path = asked(cast, "confirm")
    for method in ("put", "patch", "delete", "options"):
        assert getattr(mail_reader.client, method)(path).status_code == 405


def assert_foreign(page: Page) -> None:
    assert page.status == 404
    assert "This link does not work here" in page.text or "There is nothing here" in page.text
    assert len(page.forms) == 0


def test_the_page_keeps_the_hours_of_the_mail(cast: Cast, mail_reader: Browser) -> None:
    Membership.objects.filter(pk=cast.reporter.id).update(time_zone="Pacific/Kiritimati")
    incident, path = asked(cast, "contest")
    evening = datetime(2036, 3, 2, 20, tzinfo=UTC)  # there it is the third already
    Incident.objects.filter(pk=incident.pk).update(contest_until=evening)
    assert "until 3 March 2036" in mail_reader.get(path).text
