"""Who sees what inside an organisation, from the desk and from the portal, against a table written by hand."""

from collections.abc import Callable, Iterable

import pytest

from incidents import actions
from incidents.lifecycle import Status
from incidents.models import Following, Incident, Involvement
from tenancy import members
from tenancy.members import Member
from tenancy.models import Organisation, RoleGrant, TeamSeat
from tenancy.wall import Unbound, bound
from tests.factories import RoleGrantFactory
from tests.incidents.conftest import Cast
from tests.incidents.factories import ServiceFactory, involved, person, reported

Part = Involvement.Part

# Who sees it: as staff in the desk (D), on its public side in the portal (P); o: ordinary, r: restricted to the team,
# w: reported without a service, so without a team. The cast stands towards the first two as its names say.
SEES = {
    "reporter": {"P": "orw"},
    "affected": {"P": "or"},
    "participant": {"P": "or"},
    "bystander": {},
    "stakeholder": {"P": "o"},
    "agent": {"D": "ow"},
    "mate": {"D": "orw"},
    "outside_agent": {"D": "ow"},
    "lead": {"D": "ow"},
    "team_lead": {"D": "orw"},
    "other_lead": {"D": "ow"},
    "problem_manager": {"D": "ow"},
    "manager": {"D": "orw"},
    "auditor": {"D": "orw"},
    "administrator": {},
}


@pytest.fixture
def three(cast: Cast) -> dict[str, Incident]:
    """An ordinary incident, a restricted one and one without a service."""
    made = {sign: reported(cast.reporter, title=sign, service=cast.service) for sign in "or"}
    for incident in made.values():
        involved(incident, cast.affected, Part.AFFECTED)
        involved(incident, cast.participant, Part.PARTICIPANT)
        involved(incident, cast.bystander, Part.WATCHER)
    actions.restrict(cast.team_lead, number=made["r"].number)
    return made | {"w": reported(cast.reporter, title="w")}


def titles(incidents: Iterable[Incident]) -> str:
    return "".join(sorted(incident.title for incident in incidents))


def test_everyone_sees_what_is_theirs_to_see(cast: Cast, three: dict[str, Incident]) -> None:
    found = {}
    for name, member in cast.members().items():
        desk, portal = titles(Incident.objects.for_desk(member)), titles(Incident.objects.for_portal(member))
        assert titles(Incident.objects.visible_to(member)) == "".join(sorted({*desk, *portal})), name
        found[name] = {side: seen for side, seen in (("D", desk), ("P", portal)) if seen}
    expected = {name: {side: "".join(sorted(seen)) for side, seen in row.items()} for name, row in SEES.items()}
    assert found == expected


def test_in_memory_is_as_in_the_database(cast: Cast, three: dict[str, Incident]) -> None:
    for name, member in cast.members().items():
        for incident in Incident.objects.all():
            listed = Incident.objects.for_desk(member).filter(pk=incident.pk).exists()
            assert incident.is_open_to_staff(member) is listed, (name, incident.title)


def test_concerning_is_ones_own(cast: Cast, three: dict[str, Incident]) -> None:
    assert titles(Incident.objects.all().concerning(cast.reporter)) == "orw"
    assert titles(Incident.objects.all().concerning(cast.participant)) == "or"
    assert titles(Incident.objects.all().concerning(cast.stakeholder)) == ""
    assert titles(Incident.objects.all().concerning(cast.agent)) == ""


def again(member: Member, organisation: Organisation) -> Member:
    return members.load(person(member), organisation)


def test_a_seat_opens_what_is_restricted_to_the_team_and_its_end_closes_it(
    cast: Cast, harbour: Organisation, three: dict[str, Incident]
) -> None:
    seat = TeamSeat.objects.create(team=cast.team, membership_id=cast.agent.id)
    assert titles(Incident.objects.for_desk(again(cast.agent, harbour))) == "orw"
    seat.delete()
    assert titles(Incident.objects.for_desk(again(cast.agent, harbour))) == "ow"


def test_a_seat_alone_opens_nothing(cast: Cast, harbour: Organisation, three: dict[str, Incident]) -> None:
    TeamSeat.objects.create(team=cast.team, membership_id=cast.bystander.id)
    assert titles(Incident.objects.visible_to(again(cast.bystander, harbour))) == ""


def test_following_ends_with_the_role(cast: Cast, harbour: Organisation, three: dict[str, Incident]) -> None:
    RoleGrant.objects.filter(membership=cast.stakeholder.id).delete()
    assert titles(Incident.objects.visible_to(again(cast.stakeholder, harbour))) == ""


def test_a_stakeholder_sees_the_services_they_follow_only(cast: Cast, three: dict[str, Incident]) -> None:
    elsewhere = reported(cast.reporter, title="e", service=ServiceFactory())
    assert titles(Incident.objects.for_portal(cast.stakeholder)) == "o"
    Following.objects.create(service=elsewhere.service, membership_id=cast.stakeholder.id)
    assert titles(Incident.objects.for_portal(cast.stakeholder)) == "eo"
    Following.objects.create(service=elsewhere.service, membership_id=cast.bystander.id)
    assert titles(Incident.objects.for_portal(cast.bystander)) == ""


def test_who_works_and_reports_sees_both_sides(cast: Cast, three: dict[str, Incident]) -> None:
    reported(cast.agent, title="x")
    assert titles(Incident.objects.for_portal(cast.agent)) == "x"
    assert titles(Incident.objects.for_desk(cast.agent)) == "owx"


def test_several_roles_add_up(cast: Cast, harbour: Organisation, three: dict[str, Incident]) -> None:
    RoleGrantFactory(membership=person(cast.stakeholder), role="auditor")
    both = again(cast.stakeholder, harbour)
    assert titles(Incident.objects.for_desk(both)) == "orw"
    assert titles(Incident.objects.for_portal(both)) == "o"


def test_a_moved_restricted_incident_is_the_new_teams(
    cast: Cast, harbour: Organisation, three: dict[str, Incident]
) -> None:
    actions.route(cast.team_lead, number=three["r"].number, team=cast.other_team)
    for name, sees in {"mate": "ow", "team_lead": "ow", "outside_agent": "orw", "other_lead": "orw"}.items():
        assert titles(Incident.objects.for_desk(cast.members()[name])) == sees, name


def test_nothing_crosses_the_wall(cast: Cast, quill: Organisation, three: dict[str, Incident]) -> None:
    with bound(quill.id):
        for member in cast.members().values():
            assert not Incident.objects.visible_to(member).exists()
        assert not Incident.objects.filter(pk__in=[incident.pk for incident in three.values()]).exists()


def test_the_queue_burns_first(cast: Cast) -> None:
    for priority, title in (("P3", "b"), ("P1", "a"), ("P3", "c"), ("P5", "d")):
        incident = reported(cast.reporter, title=title)
        Incident.objects.filter(pk=incident.pk).update(priority=priority)
    closed = reported(cast.reporter, title="z")
    Incident.objects.filter(pk=closed.pk).update(status=Status.CLOSED)
    queue = Incident.objects.for_desk(cast.agent).open().burning_first()
    assert "".join(incident.title for incident in queue) == "abcd"


def test_unbound_there_is_nothing_but_an_error(harbour: Organisation, member: Callable[..., Member]) -> None:
    auditor = member("auditor")
    for read in (Incident.objects.for_desk, Incident.objects.for_portal, Incident.objects.visible_to):
        with pytest.raises(Unbound):
            read(auditor)


def test_no_list_of_ones_own_asks_a_question_for_each_incident(cast: Cast) -> None:
    for member in (cast.reporter, cast.stakeholder, cast.agent):
        # Beside an "or", PostgreSQL would have to read every incident to ask a sub-plan; an array it can look up.
        assert "SubPlan" not in Incident.objects.visible_to(member).explain()
