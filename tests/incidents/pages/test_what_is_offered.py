"""Every state's page offers what the table, the rights and common sense allow: no more, and no less."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from incidents import actions
from incidents.lifecycle import Refused, Status, Verb
from incidents.models import Incident, Involvement
from incidents.priority import Priority
from tenancy import clock
from tenancy.models import Membership
from tests.incidents.conftest import Cast
from tests.incidents.expected import GRID, PARTIES, answer_to
from tests.incidents.factories import (
    FIXED,
    IT_WORKS,
    QUESTION,
    brought_to,
    classification,
    involved,
    person,
    reported,
)
from tests.incidents.pages.conftest import Browse
from tests.incidents.pages.reading import Page

STAFF = (
    "agent", "mate", "outside_agent", "lead", "team_lead", "other_lead", "problem_manager", "manager", "auditor",
)  # fmt: skip
# What makes no sense on an incident that its team has, with nobody beside the reporter and nothing suspected yet.
SENSELESS = {Verb.RESET, Verb.UNRESTRICT, Verb.CONCLUDE, Verb.RELEASE}
PART = Involvement.Part


def desk(incident: Incident) -> str:
    return reverse("desk:incident", args=[incident.number])


def portal(incident: Incident) -> str:
    return reverse("incidents:portal-incident", args=[incident.number])


def allowed(name: str, status: Status) -> set[Verb]:
    return {verb for verb, ways in GRID.items() if status in ways and answer_to(name, verb) == "may"}


def there(cast: Cast, status: Status) -> Incident:
    incident = brought_to(status, cast.reporter, cast.agent, service=cast.service)
    involved(incident, cast.affected, PART.AFFECTED)
    involved(incident, cast.participant, PART.PARTICIPANT)
    return incident


@pytest.mark.parametrize("status", Status)
def test_the_desk_offers_staff_what_they_may_do(cast: Cast, browse: Browse, status: Status) -> None:
    incident = brought_to(status, cast.reporter, cast.agent, service=cast.service)
    taken = {Verb.TAKE, Verb.ACKNOWLEDGE} if incident.assignee_id else set()
    for name in STAFF:
        page = browse(cast.members()[name]).get(desk(incident))
        staff_verbs = {verb for verb in allowed(name, status) if verb not in PARTIES}
        assert page.verbs() == staff_verbs - SENSELESS - taken, name
        assert len(page.ids) == len(set(page.ids)), name


@pytest.mark.parametrize("status", Status)
def test_the_portal_offers_the_requesters_side_what_it_may_do(cast: Cast, browse: Browse, status: Status) -> None:
    incident = there(cast, status)
    for name in ("reporter", "affected", "participant", "stakeholder"):
        page = browse(cast.members()[name]).get(portal(incident))
        # The supplier is waited for, so there is nothing to answer.
        assert page.verbs() == {verb for verb in allowed(name, status) if verb in PARTIES} - {Verb.ANSWER}, name
        assert len(page.ids) == len(set(page.ids)), name


@pytest.mark.parametrize("status", Status)
def test_nobody_else_finds_the_page(cast: Cast, browse: Browse, status: Status) -> None:
    incident = there(cast, status)
    for name in ("bystander", "agent", "manager", "auditor", "administrator"):
        assert browse(cast.members()[name]).get(portal(incident)).status == 404, name
    for name in ("reporter", "affected", "participant", "stakeholder", "bystander", "administrator"):
        assert browse(cast.members()[name]).get(desk(incident)).status in (403, 404), name


def test_a_question_is_answered_where_it_is_asked(cast: Cast, browse: Browse) -> None:
    incident = there(cast, Status.IN_PROGRESS)
    actions.hold(cast.agent, number=incident.number, facts=QUESTION)
    for who in (cast.reporter, cast.affected, cast.participant):
        page = browse(who).get(portal(incident))
        assert QUESTION.text in page.text
        assert "Answer below" in page.text
    stakeholders = browse(cast.stakeholder).get(portal(incident))
    assert stakeholders.verbs() == set()
    assert "Answer below" not in stakeholders.text


def test_what_the_reporter_ended_is_over(cast: Cast, browse: Browse) -> None:
    confirmed = brought_to(Status.RESOLVED, cast.reporter, cast.agent)
    actions.confirm(cast.reporter, number=confirmed.number, word=IT_WORKS)
    withdrawn = reported(cast.reporter)
    actions.withdraw(cast.reporter, number=withdrawn.number)
    for incident in (confirmed, withdrawn):
        assert browse(cast.reporter).get(portal(incident)).verbs() == set()


def test_after_some_days_not_so_is_not_offered(cast: Cast, browse: Browse) -> None:
    incident = brought_to(Status.CLOSED, cast.reporter, cast.agent, at=clock.now() - timedelta(days=10))
    assert browse(cast.reporter).get(portal(incident)).verbs() == set()


def test_what_somebody_has_is_not_taken(cast: Cast, browse: Browse) -> None:
    incident = brought_to(Status.ON_HOLD, cast.reporter, cast.agent)
    assert Verb.TAKE in browse(cast.agent).get(desk(incident)).verbs()
    actions.take(cast.mate if incident.team_id == cast.team.pk else cast.agent, number=incident.number)
    for who in (cast.agent, cast.lead):
        assert Verb.TAKE not in browse(who).get(desk(incident)).verbs()


def test_a_set_priority_can_be_reset(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter)
    actions.override_priority(cast.lead, number=incident.number, priority=Priority.P1, reason="The board meets.")
    page = browse(cast.lead).get(desk(incident))
    assert Verb.RESET in page.verbs()
    assert "P1, by hand" in page.text


def test_only_what_a_team_has_is_restricted_and_then_the_restriction_can_be_lifted(cast: Cast, browse: Browse) -> None:
    homeless, at_home = reported(cast.reporter), reported(cast.reporter, service=cast.service)
    assert Verb.RESTRICT not in browse(cast.lead).get(desk(homeless)).verbs()
    actions.restrict(cast.manager, number=at_home.number)
    page = browse(cast.manager).get(desk(at_home))
    assert Verb.UNRESTRICT in page.verbs()
    assert Verb.RESTRICT not in page.verbs()


def test_hypotheses_are_concluded_one_by_one(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter)
    first = actions.suspect(cast.agent, number=incident.number, suspicion="The cable")
    second = actions.suspect(cast.agent, number=incident.number, suspicion="The driver")
    forms = browse(cast.agent).unfold(desk(incident), "conclude")
    assert [form.value("hypothesis") for form in forms] == [str(first.public_id), str(second.public_id)]


def test_people_are_removed_one_by_one(cast: Cast, browse: Browse) -> None:
    incident = there(cast, Status.IN_PROGRESS)
    agent = browse(cast.agent)
    forms = [form for form in agent.get(desk(incident)).forms if form.action.endswith("/release/")]
    assert [form.value("person") for form in forms] == [
        str(person(one).public_id) for one in (cast.affected, cast.participant)
    ]
    assert agent.post(forms[0].action, forms[0].filled()).status == 302
    assert list(Involvement.objects.values_list("membership_id", flat=True)) == [cast.participant.id]


@pytest.mark.parametrize(("has_team", "restricted"), [(True, False), (True, True), (False, False)])
def test_everyone_whom_the_form_offers_can_have_it_and_nobody_else(
    cast: Cast, browse: Browse, has_team: bool, restricted: bool
) -> None:
    incident = reported(cast.reporter, service=cast.service if has_team else None)
    if restricted:
        actions.restrict(cast.manager, number=incident.number)
    (form,) = browse(cast.manager).unfold(desk(incident), "assign")
    offered = {value for value in form.offers["assignee"] if value}
    able = set()
    for member in cast.members().values():
        try:
            actions.assign(cast.manager, number=incident.number, assignee=Membership.objects.get(pk=member.id))
            able.add(str(person(member).public_id))
        except Refused:
            continue
    assert offered == able
    assert able


def test_the_forms_start_with_what_is_known(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter, service=cast.service)
    facts = classification(service=cast.service)
    actions.classify(cast.agent, number=incident.number, facts=facts)
    actions.assign(cast.agent, number=incident.number, assignee=person(cast.mate))
    (classify,), (route,), (assign,) = (
        browse(cast.agent).unfold(desk(incident), verb) for verb in ("classify", "route", "assign")
    )
    assert classify.value("impact") == facts.impact
    assert classify.value("severity") == facts.severity
    assert classify.value("service") == str(cast.service.public_id)
    assert route.value("team") == str(cast.team.public_id)
    assert assign.value("assignee") == str(person(cast.mate).public_id)


def test_what_was_retired_since_stays_where_it_is(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter, service=cast.service)
    type(cast.service).objects.update(is_active=False)
    (form,) = browse(cast.agent).unfold(desk(incident), "classify")
    assert form.value("service") == str(cast.service.public_id)
    browse(cast.agent).post(form.action, form.filled(risk="high"))
    incident.refresh_from_db()
    assert (incident.risk, incident.service) == ("high", cast.service)


def test_the_likeliest_verb_stands_first(cast: Cast, browse: Browse) -> None:
    likeliest = {Status.NEW: "take", Status.IN_PROGRESS: "resolve", Status.ON_HOLD: "resume"}
    for status, verb in likeliest.items():
        incident = brought_to(status, cast.reporter, cast.agent)
        page = browse(cast.agent).get(desk(incident))
        first = next(way for way in page.ways if way.startswith(desk(incident)))
        assert first in (f"{desk(incident)}{verb}/", f"{desk(incident)}?do={verb}")


def test_a_resolution_is_shown_to_both_sides(cast: Cast, browse: Browse) -> None:
    incident = brought_to(Status.RESOLVED, cast.reporter, cast.agent)
    asked = browse(cast.reporter).get(portal(incident))
    assert FIXED.note in asked.text
    assert cast.agent.name in asked.text
    worked = browse(cast.agent).get(desk(incident))
    assert FIXED.note in worked.text
    assert FIXED.tested_how in worked.text


def test_an_ending_is_shown_with_its_own_reason(cast: Cast, browse: Browse) -> None:
    incident = brought_to(Status.RESOLVED, cast.reporter, cast.agent)
    actions.reopen(cast.agent, number=incident.number, reason="An older reason.")
    actions.resolve(cast.agent, number=incident.number, resolution=FIXED)
    actions.close(cast.agent, number=incident.number, ending=Incident.Ending.PHONE)
    asked = browse(cast.reporter).get(portal(incident)).text
    assert "This was closed without your word. Confirmed by phone" in asked
    cancelled = brought_to(Status.CANCELLED, cast.reporter, cast.agent)
    asked = browse(cast.reporter).get(portal(cancelled)).text
    assert "This was cancelled without your word. A drill." in asked


def test_a_hidden_original_is_not_named(cast: Cast, browse: Browse) -> None:
    original = reported(cast.reporter, service=cast.service)
    copy = reported(cast.reporter)
    actions.cancel(cast.lead, number=copy.number, ending="duplicate", text="Twice.", duplicate_of=original.number)
    assert original.label in browse(cast.outside_agent).get(desk(copy)).text
    actions.restrict(cast.lead, number=original.number)
    assert original.label not in browse(cast.outside_agent).get(desk(copy)).text
    assert original.label in browse(cast.mate).get(desk(copy)).text


def test_a_form_comes_alone_to_a_page_that_stands_open(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter, service=cast.service)
    agent = browse(cast.agent)
    path = desk(incident)
    alone = Page(agent.client.get(f"{path}?do=classify", headers={"HX-Request": "true", "HX-Target": "do-classify"}))
    assert [form.action for form in alone.forms] == [f"{path}classify/"]
    assert alone.forms[0].unfolded
    assert "do-classify" in alone.ids
    assert len(alone.html) < 10_000
    assert "<html" not in alone.html
    whole = agent.get(f"{path}?do=classify")
    unfolded = [form.action for form in whole.forms if form.unfolded and form.action == f"{path}classify/"]
    assert unfolded == [f"{path}classify/"]
    assert alone.forms[0].filled() == {**whole.form("/classify/").filled(), **csrf(alone)}
    assert f"{path}?do=hold" in whole.openers


def csrf(page: Page) -> dict[str, list[str]]:
    return {"csrfmiddlewaretoken": page.forms[0].values["csrfmiddlewaretoken"]}


def test_a_form_wanted_too_late_says_so(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter)
    actions.cancel(cast.agent, number=incident.number, ending="not_incident", text="A drill.")
    agent = browse(cast.agent)
    alone = Page(agent.client.get(f"{desk(incident)}?do=hold", headers={"HX-Request": "true", "HX-Target": "do-hold"}))
    assert alone.text == "This is not possible any more."
    assert alone.ids == ["do-hold"]
    assert "This is not possible any more." in agent.get(f"{desk(incident)}?do=hold").text


@pytest.mark.parametrize("wanted", ["nonsense", "", "confirm", "release", "conclude", "conclude&about=1%27", "reply"])
def test_what_no_form_is_for_unfolds_none(cast: Cast, browse: Browse, wanted: str) -> None:
    incident = reported(cast.reporter)
    page = browse(cast.agent).get(f"{desk(incident)}?do={wanted}")
    assert page.status == 200
    assert not [form for form in page.forms if re.search(r"/(confirm|release|conclude|reply)/$", form.action)]
    headers = {"HX-Request": "true", "HX-Target": f"do-{wanted}"}
    assert browse(cast.agent).client.get(f"{desk(incident)}?do={wanted}", headers=headers).status_code == 200


def test_nobody_gets_a_form_that_they_may_not_send(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter)
    for who, status in ((cast.problem_manager, 200), (cast.reporter, 404)):
        headers = {"HX-Request": "true", "HX-Target": "do-hold"}
        page = Page(browse(who).client.get(f"{desk(incident)}?do=hold", headers=headers))
        assert page.status == status
        assert page.forms == [] or status == 404
