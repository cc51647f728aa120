"""The desk: who comes in, what they may set up, and that it stays inside the organisation."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tenancy.actions.invitations import issue
from tenancy.clock import now
from tenancy.members import Member
from tenancy.models import Invitation, Membership, Organisation, RoleGrant, Team, TeamSeat, TrailEntry
from tenancy.wall import bound
from tests.factories import MembershipFactory, TeamFactory, known

Make = Callable[..., Member]
SignIn = Callable[[Member], Client]
MISSING = "00000000-0000-4000-8000-000000000000"
LISTS = ["membership", "team", "invitation"]


@pytest.fixture
def admin(member: Make) -> Member:
    return member("administrator", name="Ada Marsh")


@pytest.fixture
def desk(admin: Member, client_of: SignIn) -> Client:
    return client_of(admin)


def inlined(prefix: str, *rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """The fields of an inline formset."""
    fields = {f"{prefix}-{n}-{key}": value for n, row in enumerate(rows) for key, value in row.items()}
    return fields | {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}


def test_strangers_are_asked_to_sign_in(stranger: Client) -> None:
    answer = stranger.get("/desk/tenancy/team/")
    assert answer.url == "/account/login/?next=/desk/tenancy/team/"


@pytest.mark.parametrize(
    "address", ["/desk/", "/desk/setup/", "/desk/tenancy/team/", "/desk/nothing/", "/desk/jsi18n/"]
)
def test_a_requester_finds_no_desk(address: str, member: Make, client_of: SignIn) -> None:
    assert client_of(member("stakeholder")).get(address).status_code == 404


def test_the_desk_opens_on_the_queue_or_on_what_is_set_up(desk: Client, member: Make, client_of: SignIn) -> None:
    assert desk.get("/desk/").url == "/desk/setup/"
    assert client_of(member("agent")).get("/desk/").url == "/desk/incidents/"


def test_an_agent_sets_up_nothing(member: Make, client_of: SignIn) -> None:
    agent = client_of(member("agent"))
    assert agent.get("/desk/setup/").context["app_list"] == []
    for name in LISTS:
        assert agent.get(f"/desk/tenancy/{name}/").status_code == 403
        assert agent.get(f"/desk/tenancy/{name}/add/").status_code == 403


def test_an_auditor_looks_and_writes_nothing(member: Make, client_of: SignIn) -> None:
    auditor = client_of(member("auditor"))
    for name in [*LISTS, "trailentry"]:
        assert auditor.get(f"/desk/tenancy/{name}/").status_code == 200
        assert auditor.get(f"/desk/tenancy/{name}/add/").status_code == 403
    auditor.post("/desk/tenancy/team/add/", {"name": "Mine", **inlined("seats")})
    with bound(auditor.get("/").wsgi_request.organisation.id):
        assert not Team.objects.exists()


def test_the_trail_is_for_auditors(desk: Client) -> None:
    assert desk.get("/desk/tenancy/trailentry/").status_code == 403


def test_an_auditor_reads_an_entry_with_its_facts(
    harbour: Organisation, desk: Client, member: Make, client_of: SignIn
) -> None:
    desk.post("/desk/tenancy/team/add/", {"name": "Network", **inlined("seats")})
    with bound(harbour.id):
        entry = TrailEntry.objects.get(kind="team.added")
    page = client_of(member("auditor")).get(f"/desk/tenancy/trailentry/{entry.public_id}/change/").content.decode()
    assert "membership_ids" in page
    assert "Ada Marsh" in page


def test_every_page_of_the_set_up_is_shown(desk: Client, harbour: Organisation, admin: Member) -> None:
    with bound(harbour.id):
        team = TeamFactory()
        issue(None, mail="nia@people.example", name="Nia", roles=frozenset(), at=now())
        pages = [
            "setup/",
            *(f"tenancy/{name}/{rest}" for name in LISTS for rest in ("", "add/")),
            f"tenancy/membership/{known(admin)}/change/",
            f"tenancy/membership/{known(admin)}/history/",
            f"tenancy/membership/{known(admin)}/verb/leave/",
            f"tenancy/team/{team.public_id}/change/",
            f"tenancy/invitation/{Invitation.objects.get().public_id}/change/",
            f"tenancy/organisation/{harbour.slug}/change/",
        ]
    for page in pages:
        assert desk.get(f"/desk/{page}").status_code == 200, page


def test_a_second_factor_is_asked_for_where_the_organisation_wants_one(
    harbour: Organisation, admin: Member, desk: Client
) -> None:
    with bound(harbour.id):
        Organisation.objects.filter(pk=harbour.id).update(requires_second_factor=True)
        person = Membership.objects.get(pk=admin.id).person
    assert desk.get("/desk/setup/").url == "/account/2fa/totp/activate/"
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert desk.get("/desk/setup/").status_code == 200


def test_inviting(desk: Client, harbour: Organisation) -> None:
    with bound(harbour.id):
        team = TeamFactory()
    typed = {"mail": "nia@people.example", "name": "Nia", "roles": ["agent", "auditor"], "team": team.public_id}
    assert desk.post("/desk/tenancy/invitation/add/", typed).status_code == 302
    with bound(harbour.id):
        invitation = Invitation.objects.get()
        assert invitation.roles == [["agent", team.pk], ["auditor", None]]
    assert desk.post(f"/desk/tenancy/invitation/{invitation.public_id}/verb/withdraw/").status_code == 302
    with bound(harbour.id):
        assert Invitation.objects.get().withdrawn_at
    assert desk.post(f"/desk/tenancy/invitation/{invitation.public_id}/verb/withdraw/").status_code == 404


def test_roles_and_profile(desk: Client, harbour: Organisation, member: Make) -> None:
    ben = member()
    with bound(harbour.id):
        team = TeamFactory()
    typed = {"name": "Ben O.", "mail": ben.mail, "time_zone": "Europe/Rome"}
    rows = inlined("grants_held", {"role": "agent", "team": team.public_id}, {"role": "stakeholder", "team": ""})
    answer = desk.post(f"/desk/tenancy/membership/{known(ben)}/change/", {**typed, **rows})
    assert answer.status_code == 302
    with bound(harbour.id):
        found = Membership.objects.get(pk=ben.id)
        assert (found.name, found.time_zone) == ("Ben O.", "Europe/Rome")
        assert set(RoleGrant.objects.filter(membership=found).values_list("role", "team")) == {
            ("agent", team.pk),
            ("stakeholder", None),
        }
        edited, set_ = TrailEntry.objects.filter(record="membership", record_id=ben.id).order_by("id")
        assert edited.facts == {"changed": {"time_zone": ["", "Europe/Rome"]}, "rewritten": ["name"]}
        assert set_.kind == "membership.roles_set"


def test_a_refusal_is_told_on_the_form_and_changes_nothing(desk: Client, harbour: Organisation, admin: Member) -> None:
    with bound(harbour.id):
        grant = RoleGrant.objects.get(membership_id=admin.id)
    typed = {"name": "Ada of all trades", "mail": admin.mail}
    mine = {"role": "administrator", "DELETE": "on"}
    rows = inlined("grants_held", mine, initial=1)
    answer = desk.post(f"/desk/tenancy/membership/{known(admin)}/change/", {**typed, **rows})
    assert answer.status_code == 200
    assert "administer the organisation" in answer.content.decode()
    assert "Ada of all trades" in answer.content.decode()
    with bound(harbour.id):
        assert RoleGrant.objects.filter(pk=grant.pk).exists()
        assert Membership.objects.get(pk=admin.id).name == "Ada Marsh"
        assert not TrailEntry.objects.filter(record="membership").exists()


def test_adding_a_contact(desk: Client, harbour: Organisation) -> None:
    answer = desk.post("/desk/tenancy/membership/add/", {"name": "Nia Gold", "mail": "Nia@people.example"})
    assert answer.status_code == 302
    with bound(harbour.id):
        nia = Membership.objects.get(name="Nia Gold")
        assert (nia.mail, nia.person_id) == ("nia@people.example", None)
    assert desk.post("/desk/tenancy/membership/add/", {"name": "Two", "mail": "nia@people.example"}).status_code == 200


def test_leaving_asks_first(desk: Client, harbour: Organisation, member: Make, client_of: SignIn) -> None:
    ben = member("agent")
    browser = client_of(ben)
    address = f"/desk/tenancy/membership/{known(ben)}/verb/leave/"
    assert desk.get(address).status_code == 200
    assert browser.get("/desk/setup/").status_code == 200
    assert desk.post(address).status_code == 302
    assert browser.get("/desk/setup/").status_code == 404
    assert desk.post(address).status_code == 404


def test_a_team_with_its_seats(desk: Client, harbour: Organisation, member: Make) -> None:
    ben, chloe = member("agent"), member("agent")
    typed = {"name": "Network", "is_active": "on", **inlined("seats", {"membership": known(ben)})}
    assert desk.post("/desk/tenancy/team/add/", typed).status_code == 302
    with bound(harbour.id):
        team = Team.objects.get()
        assert TeamSeat.objects.get().membership_id == ben.id
    gone = {"membership": known(ben), "DELETE": "on"}
    typed = {"name": "Networks", **inlined("seats", gone, {"membership": known(chloe)}, initial=1)}
    assert desk.post(f"/desk/tenancy/team/{team.public_id}/change/", typed).status_code == 302
    with bound(harbour.id):
        entry = TrailEntry.objects.get(kind="team.edited")
        assert entry.facts["changed"] == {
            "name": ["Network", "Networks"],
            "is_active": [True, False],
            "membership_ids": [[ben.id], [chloe.id]],
        }


def test_two_teams_of_one_name_are_refused(desk: Client, harbour: Organisation) -> None:
    with bound(harbour.id):
        TeamFactory(name="Network")
    assert desk.post("/desk/tenancy/team/add/", {"name": "NETWORK", **inlined("seats")}).status_code == 200


def test_the_other_organisation_is_not_there(desk: Client, admin: Member, quill: Organisation, member: Make) -> None:
    theirs = member("agent", organisation=quill, name="Greta Holm")
    with bound(quill.id):
        team = TeamFactory(name="Their team")
    for page in ("change/", "history/", "delete/", "verb/leave/"):
        missing = desk.get(f"/desk/tenancy/membership/{MISSING}/{page}")
        foreign = desk.get(f"/desk/tenancy/membership/{known(theirs)}/{page}")
        assert missing.status_code == foreign.status_code == (403 if page == "delete/" else 404), page
    assert desk.get(f"/desk/tenancy/organisation/{quill.slug}/change/").status_code == 404
    assert "Their team" not in desk.get(f"/desk/tenancy/membership/{known(admin)}/change/").content.decode()
    seats = inlined("seats", {"membership": known(theirs)})
    assert desk.post("/desk/tenancy/team/add/", {"name": "Ours", **seats}).status_code == 200
    roles = inlined("grants_held", {"role": "agent", "team": team.public_id})
    typed = {"name": "Ada", "mail": "", "manager": known(theirs), **roles}
    answer = desk.post(f"/desk/tenancy/membership/{known(admin)}/change/", typed)
    assert set(answer.context["adminform"].form.errors) == {"manager"}
    assert answer.context["inline_admin_formsets"][0].formset.errors[0]["team"]


def test_choosing_by_typing_finds_ours_only(desk: Client, harbour: Organisation, quill: Organisation) -> None:
    for organisation in (harbour, quill):
        with bound(organisation.id):
            MembershipFactory(name=f"Zoe of {organisation.slug}", person=None)
            MembershipFactory(name="Zoe who left", person=None, state=Membership.State.LEFT)
    asked = {"term": "Zoe", "app_label": "tenancy", "model_name": "teamseat", "field_name": "membership"}
    found = desk.get("/desk/autocomplete/", asked).json()["results"]
    assert [one["text"] for one in found] == ["Zoe of harbour"]


@pytest.mark.parametrize(
    "lookup", ["person__password__startswith", "person__email", "phone__startswith", "organisation"]
)
def test_lists_are_filtered_by_what_they_offer_only(lookup: str, desk: Client) -> None:
    assert desk.get("/desk/tenancy/membership/", {lookup: "a"}).status_code in {302, 400}


def test_administrators_change_the_look(desk: Client, harbour: Organisation) -> None:
    typed = {"name": "Harbour & Sons", "colour": "#aa3300", "language": "de", "time_zone": "Europe/Rome"}
    answer = desk.post(f"/desk/tenancy/organisation/{harbour.slug}/change/", typed)
    assert answer.status_code == 302
    with bound(harbour.id):
        assert TrailEntry.objects.get(kind="organisation.changed").facts["changed"]["colour"] == ["#1d4ed8", "#aa3300"]
    assert "#aa3300" in desk.get("/branding.css").content.decode()


def test_nobody_locks_themselves_out(desk: Client, harbour: Organisation) -> None:
    typed = {"name": "H", "colour": "#aa3300", "language": "de", "time_zone": "UTC", "requires_second_factor": "on"}
    answer = desk.post(f"/desk/tenancy/organisation/{harbour.slug}/change/", typed)
    assert "two-step" in answer.content.decode()
    harbour.refresh_from_db()
    assert not harbour.requires_second_factor


class TestWithoutScripts:
    """Somebody is found by typing even where a list would be too long."""

    def put(self, desk: Client, typed: str, **more: str) -> Any:
        ben = Membership.objects.get(name="Ben Okoro")
        plain = {"name": ben.name, "mail": ben.mail, "language": "", "time_zone": "", "manager-typed": typed}
        address = f"/desk/tenancy/membership/{ben.public_id}/change/"
        return desk.post(address, plain | inlined("grants_held") | more)

    @pytest.fixture
    def manager(self, bind: None) -> Callable[[], str]:
        for name in ("Ben Okoro", "Chloe Park", "Chloe Parker", "Zoe <b>"):
            MembershipFactory(person=None, name=name, mail=f"{name.split()[-1].lower().strip('<>')}@people.example")
        MembershipFactory(person=None, name="Gone Goose", state=Membership.State.LEFT)
        return lambda: str(Membership.objects.select_related("manager").get(name="Ben Okoro").manager or "")

    @pytest.mark.parametrize("typed", ["Chloe Park", "PARK@people.example", " chloe park "])
    def test_whoever_is_meant_is_chosen(self, typed: str, desk: Client, manager: Callable[[], str]) -> None:
        assert self.put(desk, typed).status_code == 302
        assert manager() == "Chloe Park"

    def test_the_form_asks_back_where_several_fit(self, desk: Client, manager: Callable[[], str]) -> None:
        page = self.put(desk, "chlo").content.decode()
        assert "Several people fit: choose one of them." in page
        assert 'value="chlo"' in page
        offered = page.partition('name="manager"')[2].partition("</select>")[0]
        assert "Chloe Park (park@people.example)" in offered
        assert "Ben Okoro" not in offered
        assert manager() == ""

    @pytest.mark.parametrize("typed", ["Nora", "Gone Goose", "a\0b", "%", "'; --"])
    def test_nobody_is_nobody(self, typed: str, desk: Client, manager: Callable[[], str]) -> None:
        assert "Nobody fits." in self.put(desk, typed).content.decode()
        assert manager() == ""
