"""What is refused comes back with a reason, and with everything that was typed; nothing else has changed."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from incidents import actions
from incidents.forms import FORMS
from incidents.lifecycle import Status, Verb
from incidents.models import Attachment, Incident, Involvement
from tests.incidents.conftest import Cast
from tests.incidents.expected import PARTIES
from tests.incidents.factories import FIXED, IT_WORKS, QUESTION, brought_to, classification, involved, person, reported
from tests.incidents.pages.conftest import Browse
from tests.incidents.pages.reading import Page
from tests.incidents.watching import everything

TYPED = "What I typed, with “quotes”, <b>signs</b> & a second line.\r\nHere it is."
# A field that may be left out, filled, beside what is missing.
INCOMPLETE: dict[Verb, dict[str, str]] = {
    Verb.ASSIGN: {},
    Verb.ROUTE: {},
    Verb.CLASSIFY: {"impact": "group", "urgency": "low"},
    Verb.OVERRIDE: {"priority": "P2"},
    Verb.HOLD: {"text": TYPED},
    Verb.RESOLVE: {"code": "fixed", "note": TYPED},
    Verb.REOPEN: {"reason": "  "},
    Verb.CLOSE: {"text": TYPED},
    Verb.CANCEL: {"text": TYPED},
    Verb.SUSPECT: {"test": TYPED},
    Verb.CONCLUDE: {"test": TYPED},
    Verb.DIAGNOSE: {"root_cause": ""},
    Verb.REFER: {"kind": "supplier", "url": "https://supplier.example/7"},
    Verb.INVOLVE: {"part": "watcher"},
    Verb.RELEASE: {},
    Verb.CONTEST: {"text": " "},
}
FROM = {Verb.REOPEN: Status.RESOLVED, Verb.CLOSE: Status.RESOLVED, Verb.CONTEST: Status.CANCELLED}


def desk(incident: Incident, verb: str = "") -> str:
    path = reverse("desk:incident", args=[incident.number])
    return f"{path}{verb}/" if verb else path


def portal(incident: Incident, verb: str = "") -> str:
    path = reverse("incidents:portal-incident", args=[incident.number])
    return f"{path}{verb}/" if verb else path


@pytest.mark.parametrize("verb", INCOMPLETE)
def test_an_incomplete_form_comes_back_unfolded_as_it_was(cast: Cast, browse: Browse, verb: Verb) -> None:
    incident = brought_to(FROM.get(verb, Status.IN_PROGRESS), cast.reporter, cast.lead, service=cast.service)
    involved(incident, cast.affected, Involvement.Part.AFFECTED)
    address = portal(incident, verb) if verb in PARTIES else desk(incident, verb)
    browser = browse(cast.reporter if verb in PARTIES else cast.lead)
    before = everything()
    page = browser.post(address, INCOMPLETE[verb])
    assert page.status == 422
    assert everything() == before
    if verb not in (Verb.CONCLUDE, Verb.RELEASE):  # what their hidden ids name has a form, and only forgers lack them
        form = page.form(address)
        assert form.unfolded
        for name, value in INCOMPLETE[verb].items():
            assert form.value(name).strip() == value.strip()


def test_every_form_is_tried() -> None:
    may_be_empty = {Verb.WITHDRAW}
    assert set(FORMS) == set(INCOMPLETE) | may_be_empty


def test_who_comes_second_reads_who_was_first(cast: Cast, browse: Browse) -> None:
    incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent, service=cast.service)
    (form,) = browse(cast.agent).unfold(desk(incident), "resolve")
    actions.resolve(cast.mate, number=incident.number, resolution=FIXED)
    page = browse(cast.agent).post(form.action, form.filled(note=TYPED, tested_how="Twice"))
    assert page.status == 409
    assert f"{cast.mate.name} was first" in page.text
    again = page.form("/resolve/")
    assert again.unfolded
    assert (again.value("note"), again.value("tested_how")) == (TYPED, "Twice")


def test_who_changed_it_in_another_window_is_told(cast: Cast, browse: Browse) -> None:
    incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent)
    actions.resolve(cast.agent, number=incident.number, resolution=FIXED)
    page = browse(cast.agent).post(desk(incident, "resolve"), {"code": "fixed", "note": TYPED, "tested_how": "x"})
    assert page.status == 409
    assert "You have changed it yourself meanwhile" in page.text


def test_what_was_taken_meanwhile_is_refused_with_the_name(cast: Cast, browse: Browse) -> None:
    incident = brought_to(Status.ON_HOLD, cast.reporter, cast.lead)
    actions.take(cast.lead, number=incident.number)
    page = browse(cast.agent).post(desk(incident, "take"))
    assert page.status == 409
    assert f"{cast.lead.name} has it already" in page.text


@pytest.mark.parametrize("answer", ["confirm", "reject"])
def test_a_verdict_too_late_comes_back(cast: Cast, browse: Browse, answer: str) -> None:
    incident = brought_to(Status.RESOLVED, cast.reporter, cast.agent)
    form = browse(cast.reporter).get(portal(incident)).form("/verdict/")
    actions.reopen(cast.agent, number=incident.number, reason="Wrong cable.")
    page = browse(cast.reporter).post(form.action, form.filled(verdict=answer, comment=TYPED, rating="4"))
    assert page.status == 409
    assert f"{cast.agent.name} was first" in page.text
    again = page.form("/verdict/")
    assert (again.value("comment"), again.values["verdict"], again.values["rating"]) == (TYPED, [answer], ["4"])


def test_still_broken_needs_a_sentence(cast: Cast, browse: Browse) -> None:
    incident = brought_to(Status.RESOLVED, cast.reporter, cast.agent)
    before = everything()
    page = browse(cast.reporter).post(portal(incident, "verdict"), {"verdict": "reject", "comment": " \r\n "})
    assert page.status == 422
    assert "Say in a sentence what is still broken" in page.text
    assert everything() == before


def test_a_verdict_without_a_choice_keeps_the_words(cast: Cast, browse: Browse) -> None:
    incident = brought_to(Status.RESOLVED, cast.reporter, cast.agent)
    page = browse(cast.reporter).post(portal(incident, "verdict"), {"comment": TYPED})
    assert page.status == 422
    assert "Choose “It works” or “Still broken”" in page.text
    assert page.form("/verdict/").value("comment") == TYPED


def test_a_message_too_late_keeps_words_and_files(cast: Cast, browse: Browse) -> None:
    incident = brought_to(Status.RESOLVED, cast.reporter, cast.agent)
    actions.confirm(cast.reporter, number=incident.number, word=IT_WORKS)
    picture = SimpleUploadedFile("lamp.txt", b"It glows.")
    page = browse(cast.reporter).post(portal(incident, "comment"), {"body": TYPED, "uploads": picture})
    assert page.status == 409
    form = page.form("/comment/")
    assert form.value("body") == TYPED
    assert form.values["kept_files"] == [str(Attachment.objects.get().uuid)]


def test_a_reply_too_late_says_who_closed_it(cast: Cast, browse: Browse) -> None:
    incident = brought_to(Status.RESOLVED, cast.reporter, cast.agent)
    form = browse(cast.lead).get(desk(incident)).form("/compose/")
    actions.close(cast.agent, number=incident.number, ending=Incident.Ending.PHONE)
    page = browse(cast.lead).post(form.action, form.filled(mode="public", body=TYPED))
    assert page.status == 409
    assert f"{cast.agent.name} was first" in page.text
    again = page.form("/compose/")
    assert (again.value("body"), again.values["mode"]) == (TYPED, ["public"])


def test_an_empty_composer_keeps_its_mode(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter)
    page = browse(cast.agent).post(desk(incident, "compose"), {"mode": "internal", "body": ""})
    assert page.status == 422
    assert page.form("/compose/").values["mode"] == ["internal"]


def test_who_may_only_note_is_not_led_to_reply(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter)
    form = browse(cast.problem_manager).get(desk(incident)).form("/compose/")
    assert (form.offers["mode"], form.values["mode"]) == (["internal"], ["internal"])
    before = everything()
    page = browse(cast.problem_manager).post(form.action, form.filled(mode="public", body=TYPED))
    assert page.status == 422
    assert page.form("/compose/").value("body") == TYPED
    assert everything() == before


def test_a_denial_keeps_what_was_typed(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter, service=cast.service)
    mate = browse(cast.mate)
    (form,) = mate.unfold(desk(incident), "hold")
    actions.route(cast.agent, number=incident.number, team=cast.other_team)
    before = everything()
    page = mate.post(form.action, form.filled(reason="supplier", text=TYPED))
    assert page.status == 403
    assert "You don't have the right to do this" in page.text.replace("’", "'")
    assert page.form("/hold/").value("text") == TYPED
    assert everything() == before


@pytest.mark.parametrize("verb", [*PARTIES, Verb.REPLY, Verb.NOTE])
def test_the_desk_does_not_speak_for_requesters(cast: Cast, browse: Browse, verb: Verb) -> None:
    incident = brought_to(Status.RESOLVED, cast.agent, cast.agent)
    before = everything()
    assert browse(cast.agent).post(desk(incident, verb), {"text": "x", "body": "x"}).status == 403
    assert everything() == before


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb not in PARTIES])
def test_the_portal_does_not_work_on_incidents(cast: Cast, browse: Browse, verb: Verb) -> None:
    incident = reported(cast.agent)
    before = everything()
    data = {
        "assignee": person(cast.agent).public_id,
        "note": "x",
        "code": "fixed",
        "tested_how": "x",
        "reason": "supplier",
    }
    assert browse(cast.agent).post(portal(incident, verb), data).status == 403
    assert everything() == before


def test_what_moves_out_of_sight_leads_back_to_the_queue(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter, service=cast.service)
    page = browse(cast.lead).post(desk(incident, "restrict"))
    assert (page.status, page.location) == (302, reverse("desk:incidents"))
    assert browse(cast.lead).get(page.location).status == 200


def test_a_conclusion_refused_unfolds_its_own_hypothesis(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter)
    actions.suspect(cast.agent, number=incident.number, suspicion="The cable")
    second = actions.suspect(cast.agent, number=incident.number, suspicion="The driver")
    page = browse(cast.agent).post(
        desk(incident, "conclude"), {"hypothesis": second.public_id, "outcome": "proved", "test": TYPED}
    )
    assert page.status == 422
    forms = [form for form in page.forms if form.action.endswith("/conclude/")]
    assert [(form.unfolded, form.value("test"), form.value("hypothesis")) for form in forms] == [
        (True, TYPED, str(second.public_id))
    ]


def test_a_duplicate_needs_the_number_of_another(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter)
    data = {"ending": "duplicate", "text": TYPED}
    for number, status in (("INC-9", 409), (incident.label, 409), ("", 422), ("9" * 19, 409), ("nonsense", 422)):
        page = browse(cast.agent).post(desk(incident, "cancel"), {**data, "duplicate_of": number})
        assert page.status == status, number
        form = page.form("/cancel/")
        assert (form.value("duplicate_of"), form.value("text")) == (number, TYPED)
    other = reported(cast.reporter)
    done = browse(cast.agent).post(desk(incident, "cancel"), {**data, "duplicate_of": other.label.lower()})
    assert done.status == 302
    assert Incident.objects.get(pk=incident.pk).duplicate_of == other


def test_a_hold_without_what_its_reason_takes(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter)
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"reason": "requester", "text": ""}, 422, "Ask the requester something"),
        ({"reason": "scheduled", "text": TYPED}, 422, "Say until when"),
        ({"reason": "scheduled", "text": TYPED, "until": "2020-01-01T10:00"}, 409, "Choose a date in the future"),
    ]
    for data, status, words in cases:
        page = browse(cast.agent).post(desk(incident, "hold"), data)
        assert (page.status, words in page.text) == (status, True), data
        assert page.form("/hold/").value("text") == data["text"]
        assert page.form("/hold/").value("until") == data.get("until", "")


@pytest.mark.slow
def test_odd_values_are_never_more_than_refused(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter, service=cast.service)
    browser = browse(cast.lead)
    odd = ["", "0", "-1", "9" * 30, "null", "\x00", "é" * 300, "1' OR 1=1", "0001-01-01T00:00", "9999-12-31T23:59"]
    for verb, form in FORMS.items():
        for value in odd:
            page = browser.post(desk(incident, verb), dict.fromkeys(form.base_fields, value))
            assert page.status in (302, 403, 409, 422), (verb, value)


def test_the_whole_work_goes_through_the_pages(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter, service=cast.service)
    agent, lead = browse(cast.agent), browse(cast.lead)
    facts = classification()
    steps: list[tuple[Any, str, dict[str, Any]]] = [
        (agent, "take", {}),
        (agent, "classify", {"impact": facts.impact, "urgency": "high", "risk": "high", "severity": "down"}),
        (lead, "override", {"priority": "P1", "reason": "The board meets."}),
        (lead, "reset", {}),
        (agent, "suspect", {"suspicion": "The cable", "test": "Swap it"}),
        (agent, "refer", {"kind": "supplier", "value": "SUP-7", "url": "https://supplier.example/7"}),
        (agent, "involve", {"person": cast.affected.mail, "part": "affected"}),
        (agent, "diagnose", {"root_cause": "The cable"}),
        (agent, "hold", {"reason": "requester", "text": QUESTION.text}),
        (agent, "resume", {}),
        (agent, "assign", {"assignee": person(cast.mate).public_id}),
        (agent, "route", {"team": cast.other_team.public_id}),
        (agent, "resolve", {"code": "fixed", "note": "New cable.", "tested_how": "Printed."}),
        (agent, "reopen", {"reason": "Wrong cable."}),
        (agent, "resolve", {"code": "fixed", "note": "Right cable.", "tested_how": "Printed."}),
        (agent, "close", {"ending": "phone", "text": "She said so."}),
    ]
    for browser, verb, data in steps:
        page: Page = browser.post(desk(incident, verb), data, follow=True)
        assert page.status == 200, (verb, page.text)
    incident.refresh_from_db()
    assert (incident.status, incident.reopened_count, incident.root_cause) == (Status.CLOSED, 1, "The cable")
    text = agent.get(desk(incident)).text
    for words in ("SUP-7", "Service is down", person(cast.affected).name, "closed it for the reporter"):
        assert words in text


def test_a_resolution_of_blanks_is_none(cast: Cast, browse: Browse) -> None:
    incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent)
    blank = {"code": "fixed", "note": " \r\n", "tested_how": "\t"}
    assert browse(cast.agent).post(desk(incident, "resolve"), blank).status == 422
