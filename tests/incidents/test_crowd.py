"""Whoever is read for many incidents at once stands around each of them, and for the same reasons."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import actions, crowd
from incidents.audience import AUDIENCE, EVERYONE, LEADERS, concerned
from incidents.models import Following, Incident, Involvement
from tenancy.models import Membership, Organisation, RoleGrant
from tenancy.roles import Role
from tenancy.wall import current_organisation_id
from tests.factories import TeamFactory
from tests.incidents.conftest import Cast
from tests.incidents.factories import ServiceFactory, involved, person, reported

Part = Involvement.Part


@pytest.fixture
def incidents(cast: Cast) -> list[Incident]:
    """As different as they come: with and without people around, one restricted, one of a stranger team, one bare."""
    other = ServiceFactory(owner_team=TeamFactory())
    Following.objects.create(service=other, membership=person(cast.affected))
    RoleGrant.objects.create(membership=person(cast.mate), role=Role.INCIDENT_MANAGER, team=None)
    full, strange, secret, bare = (
        reported(cast.reporter, service=cast.service),
        reported(cast.affected, service=other),
        reported(cast.reporter, service=cast.service),
        reported(cast.participant),
    )
    for member, part in (
        (cast.affected, Part.AFFECTED),
        (cast.participant, Part.PARTICIPANT),
        (cast.auditor, Part.WATCHER),
        (cast.mate, Part.WATCHER),
    ):
        involved(full, member, part)
    involved(secret, cast.auditor, Part.WATCHER)
    actions.take(cast.agent, number=full.number)
    actions.take(cast.mate, number=secret.number)
    Incident.objects.filter(pk=secret.pk).update(restricted=True)
    ids = [one.pk for one in (full, strange, secret, bare)]
    return list(Incident.objects.filter(pk__in=ids).order_by("pk"))


def everybody(incident: Incident, parts: tuple[str, ...], people: list[Membership] | None) -> list[object]:
    organisation = Organisation.objects.get(pk=current_organisation_id())
    return [(one.membership, one.reasons) for one in concerned(incident, parts, organisation, people)]


@pytest.mark.parametrize("parts", [*AUDIENCE.values(), (*EVERYONE, "assignee", *LEADERS)], ids=" ".join)
def test_the_crowd_has_whoever_is_around_each(incidents: list[Incident], parts: tuple[str, ...]) -> None:
    expected = [everybody(Incident.objects.get(pk=one.pk), parts, None) for one in incidents]
    around = crowd.around(incidents, parts)
    assert [everybody(one, parts, around[one.pk]) for one in incidents] == expected
    assert any(expected)


def test_it_takes_as_many_statements_for_one_as_for_all(incidents: list[Incident]) -> None:
    def statements(some: list[Incident]) -> int:
        with CaptureQueriesContext(connection) as asked:
            around = crowd.around(some, (*EVERYONE, *LEADERS))
            assert all(one.reporter.name and around[one.pk] for one in some)
        return len(asked)

    fresh = Incident.objects.filter(pk__in=[one.pk for one in incidents]).order_by("pk")
    assert statements(list(fresh.all())) == statements(list(fresh.all()[:1])) == 4
