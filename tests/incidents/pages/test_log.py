"""Staff log for somebody: known, new, without a login; in the reach of their rights."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from incidents.models import Incident, Involvement
from tenancy.members import Member
from tenancy.models import Membership, Organisation
from tenancy.wall import bound
from tests.factories import MembershipFactory
from tests.incidents.conftest import Cast
from tests.incidents.factories import CategoryFactory, IncidentTypeFactory
from tests.incidents.pages.conftest import Browse
from tests.incidents.watching import everything

LOG, PEOPLE = reverse("desk:incident-new"), reverse("desk:people")
GOOD = {"title": "No dial tone", "when": "now", "urgency": "high", "impact": "person", "source": "phone"}
NEW = {"contact_name": "Ola Nord", "contact_mail": "ola@far.example", "contact_phone": "+47 5550 100"}


def all_but_files() -> dict[str, Any]:
    return {name: rows for name, rows in everything().items() if name != "incidents_attachment"}


def test_for_somebody_known(cast: Cast, browse: Browse) -> None:
    page = browse(cast.agent).post(LOG, {**GOOD, "requester": cast.bystander.mail}, follow=True)
    incident = Incident.objects.get()
    assert f"Logged as {incident.label}" in page.text
    assert (incident.reporter_id, incident.logged_by_id, incident.source) == (cast.bystander.id, cast.agent.id, "phone")
    assert f"Logged by {cast.agent.name}" in page.text
    assert browse(cast.bystander).get(reverse("incidents:portal-incident", args=[incident.number])).status == 200


def test_for_a_contact_without_a_login(cast: Cast, browse: Browse) -> None:
    page = browse(cast.agent).post(LOG, {**GOOD, **NEW, "source": "walk_in"}, follow=True)
    contact = Membership.objects.get(mail="ola@far.example")
    assert (contact.person, contact.name, contact.phone) == (None, "Ola Nord", "+47 5550 100")
    assert Incident.objects.get().reporter == contact
    assert "+47 5550 100" in page.text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"contact_name": ""}, "Choose a person, or give the name of somebody new"),
        ({"contact_mail": "ola@"}, "Enter a valid email address"),
        ({"title": ""}, "Say in one sentence what happened"),
        ({"source": "pigeon"}, "Select a valid choice"),
        ({"requester": "Nobody We Know", "contact_name": ""}, "Nobody of this name or address is known here"),
        ({"requester": "reporter@harbour.example"}, "leave one of them empty"),
        ({"affected": "Reporter\nNobody We Know"}, "Nobody of this name or address is known here"),
    ],
)
def test_what_was_typed_survives_each_error(cast: Cast, browse: Browse, wrong: dict[str, str], words: str) -> None:
    file = SimpleUploadedFile("call.txt", b"ring")
    before = all_but_files()
    page = browse(cast.agent).post(LOG, {**GOOD, **NEW, **wrong, "source_reference": "CALL-7", "uploads": file})
    assert page.status == 422
    assert words in page.text
    assert all_but_files() == before
    form = page.form_with("contact_name")
    for name, value in {**GOOD, **NEW, **wrong, "source_reference": "CALL-7"}.items():
        if name not in ("source", "requester"):
            assert form.value(name) == value, name
    assert len(form.values["kept_files"]) == 1
    fixed = browse(cast.agent).post(LOG, form.filled(**{**GOOD, **NEW, "requester": "", "affected": ""}))
    assert fixed.status == 302
    assert Incident.objects.get().attachments.count() == 1


def test_a_known_address_is_not_a_new_contact(cast: Cast, browse: Browse) -> None:
    data = {**GOOD, **NEW, "contact_mail": cast.bystander.mail.upper()}
    page = browse(cast.agent).post(LOG, data)
    assert page.status == 422
    assert "Somebody with this address is known already" in page.text


def test_the_address_of_somebody_who_left_is_no_dead_end(cast: Cast, browse: Browse) -> None:
    Membership.objects.filter(pk=cast.bystander.id).update(state=Membership.State.LEFT)
    page = browse(cast.agent).post(LOG, {**GOOD, **NEW, "contact_mail": cast.bystander.mail})
    assert page.status == 422
    assert "has left: leave it out" in page.text


def test_the_same_reference_leads_to_the_same_incident(cast: Cast, browse: Browse) -> None:
    data = {**GOOD, "requester": cast.bystander.mail, "source_reference": "CALL-7"}
    first, second = (browse(cast.agent).post(LOG, data).location for _turn in range(2))
    assert first == second
    assert Incident.objects.count() == 1


def test_who_works_for_one_team_logs_for_its_services(cast: Cast, browse: Browse) -> None:
    mate = browse(cast.mate)
    assert mate.get(LOG).status == 200
    page = mate.post(LOG, {**GOOD, **NEW})
    assert page.status == 422
    assert "You log for services of your own team only" in page.text
    assert not Membership.objects.filter(mail=NEW["contact_mail"]).exists()
    form = page.form_with("contact_name")
    assert form.value("contact_name") == "Ola Nord"
    assert mate.post(LOG, form.filled(service=cast.service.public_id)).status == 302


@pytest.mark.parametrize("name", ["problem_manager", "auditor", "administrator"])
def test_who_may_not_log_is_told(cast: Cast, browse: Browse, name: str) -> None:
    browser = browse(cast.members()[name])
    before = everything()
    assert browser.get(LOG).status == 403
    assert browser.post(LOG, {**GOOD, **NEW}).status == 403
    assert everything() == before


def test_only_people_who_are_still_here_are_offered(
    cast: Cast, browse: Browse, quill: Organisation, member: Callable[..., Member]
) -> None:
    Membership.objects.filter(pk=cast.bystander.id).update(state=Membership.State.LEFT)
    with bound(quill.id):
        foreign = set(Membership.objects.values_list("mail", flat=True))
    offered = browse(cast.agent).get(PEOPLE, {"field": "requester", "requester": "example"}).html
    assert cast.reporter.mail in browse(cast.agent).get(PEOPLE, {"q": cast.reporter.name}).html
    assert [mail for mail in (cast.bystander.mail, *foreign) if mail in offered] == []
    for stranger in (cast.bystander.mail, *foreign):
        assert browse(cast.agent).post(LOG, {**GOOD, "requester": stranger}).status == 422


def test_a_suggestion_is_short_and_names_exactly_one(cast: Cast, browse: Browse) -> None:
    for n in range(12):
        MembershipFactory(
            name="Kim Berg", person=None, mail=f"kim{n}@far.example" if n else "", phone="" if n else "17"
        )
    agent = browse(cast.agent)
    assert agent.get(PEOPLE, {"q": "k"}).html.strip() == ""
    offered = re.findall('value="([^"]+)"', agent.get(PEOPLE, {"q": "kim b"}).html)
    assert len(offered) == 10
    for text in (html.unescape(one) for one in offered):
        assert agent.post(LOG, {**GOOD, "requester": text}).status == 302
    reporters = Incident.objects.values_list("reporter_id", flat=True)
    assert len(set(reporters)) == len(reporters) == 10


def test_namesakes_are_asked_about(cast: Cast, browse: Browse) -> None:
    MembershipFactory.create_batch(2, name="Kim Berg", person=None)
    page = browse(cast.agent).post(LOG, {**GOOD, "requester": "kim berg"})
    assert page.status == 422
    assert "Several people fit, write one of them: Kim Berg <" in page.text
    assert page.html.count('<option value="Kim Berg &lt;') == 2
    assert page.form_with("requester").value("requester") == "kim berg"


def test_what_it_is_and_whom_it_hits_can_be_said_at_once(cast: Cast, browse: Browse) -> None:
    kind, category = IncidentTypeFactory(), CategoryFactory()
    more = {
        "type": kind.public_id,
        "category": category.public_id,
        "affected": f"{cast.lead.mail}\n\n{cast.affected.name}",
    }
    assert browse(cast.agent).post(LOG, {**GOOD, "requester": cast.reporter.mail, **more}).status == 302
    incident = Incident.objects.get()
    assert (incident.type, incident.category) == (kind, category)
    affected = Involvement.objects.filter(incident=incident, part="affected").values_list("membership_id", flat=True)
    assert set(affected) == {cast.lead.id, cast.affected.id}


@pytest.mark.parametrize("odd", ["%", "_", "\\", "'", "(((", "<>", "x" * 5000, "\u202e", "<script>", "@" * 300])
def test_nothing_typed_for_a_person_does_harm(cast: Cast, browse: Browse, odd: str) -> None:
    answer = browse(cast.agent).get(PEOPLE, {"field": "person", "person": odd})
    assert answer.status == 200
    assert "<script>" not in answer.html
    assert browse(cast.agent).post(LOG, {**GOOD, "requester": odd}).status == 422


def test_odd_values_are_never_more_than_refused(cast: Cast, browse: Browse) -> None:
    odd: list[Any] = ["", "0", "-1", "9" * 30, "\x00", "é" * 300, "0001-01-01T00:00"]
    for value in odd:
        for name in ("requester", "contact_mail", "contact_name", "contact_phone", "happened_at", "source_reference"):
            page = browse(cast.agent).post(LOG, {**GOOD, **NEW, "when": "exactly", name: value})
            assert page.status in (302, 422), (name, value)
