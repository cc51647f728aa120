"""Who stands around many incidents at once, for whoever tells of a heap of them: read with a few statements for all."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from incidents.audience import LEADERS, STAKEHOLDER
from incidents.models import Following, Incident, Involvement, Service
from notifications import preferences
from tenancy import members
from tenancy.models import Membership, RoleGrant
from tenancy.wall import Among, OneOf, Written

GIVEN = frozenset(Involvement.Part.values)
"""The parts that people are given in an incident."""


def around(incidents: Sequence[Incident], parts: Iterable[str]) -> dict[int, list[Membership]]:
    """For each incident what `incidents.audience.people_around` says of it; reporters and services come along."""
    parts = frozenset(parts)
    _bring_services(incidents)
    crowd = _Crowd(_involved(incidents, parts), _followers(incidents, parts))
    crowd.read(incidents, [part for part in LEADERS if part in parts])
    return {incident.pk: crowd.around(incident) for incident in incidents}


def _bring_services(incidents: Iterable[Incident]) -> None:
    numbers = {incident.service_id for incident in incidents if incident.service_id}
    found = {service.pk: service for service in _services(tuple(numbers))} if numbers else {}
    for incident in incidents:
        incident.service = found.get(incident.service_id or 0)


_services = Written(lambda numbers: Service.objects.filter(OneOf("pk", numbers)).order_by())


def _involved(incidents: Iterable[Incident], parts: Iterable[str]) -> dict[int, dict[int, list[str]]]:
    """Which parts people have been given, by incident."""
    found: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    wanted = GIVEN.intersection(parts)
    for incident_id, person_id, part in _parts(tuple(one.pk for one in incidents)) if wanted else ():
        if part in wanted:
            found[incident_id][person_id].append(part)
    return found


_parts: Written[Any] = Written(
    lambda numbers: Involvement.objects.filter(OneOf("incident", numbers)).values_list(
        "incident_id", "membership_id", "part"
    )
)


def _followers(incidents: Iterable[Incident], parts: Iterable[str]) -> dict[int, set[int]]:
    """Who follows, by service; nobody follows what is restricted."""
    found: dict[int, set[int]] = defaultdict(set)
    services = {incident.service_id for incident in incidents if incident.service_id and not incident.restricted}
    if services and STAKEHOLDER in parts:
        followings = Following.objects.filter(service__in=services)
        for service_id, person_id in followings.values_list("service_id", "membership_id"):
            found[service_id].add(person_id)
    return found


@dataclass
class _Crowd:
    """All of them, each read once with rights and wishes."""

    involved: dict[int, dict[int, list[str]]]
    followers: dict[int, set[int]]
    people: dict[int, Any] = field(default_factory=dict)
    leaders: set[int] = field(default_factory=set)

    def read(self, incidents: Sequence[Incident], roles: list[str]) -> None:
        """Read everybody who may be meant; of the leaders those who have one of these roles."""
        named = set().union(*(self._named(incident) for incident in incidents))
        teams = {incident.team_id for incident in incidents if incident.team_id}
        for person in _people(tuple(named), tuple(teams) if roles else None, roles=tuple(roles)):
            self.people[person.pk] = _in(person, [], follows=False)
            if any(one["role"] in roles for one in self.people[person.pk].held):
                self.leaders.add(person.pk)

    def around(self, incident: Incident) -> list[Membership]:
        """Whoever may stand in some way to this one."""
        incident.reporter = self.people[incident.reporter_id]
        involved, followers = self.involved.get(incident.pk, {}), self._followers_of(incident)
        found = []
        for person_id in sorted(self._named(incident) | self.leaders):
            person = self.people[person_id]
            if person_id in involved or person_id in followers:
                person = _in(copy(person), involved.get(person_id, []), follows=person_id in followers)
            found.append(person)
        return found

    def _named(self, incident: Incident) -> set[int]:
        some = {incident.reporter_id, *self.involved.get(incident.pk, ()), *self._followers_of(incident)}
        return some | ({incident.assignee_id} if incident.assignee_id else set())

    def _followers_of(self, incident: Incident) -> set[int]:
        return set() if incident.restricted else self.followers.get(incident.service_id or 0, set())


def _make_people(
    named: tuple[int, ...], team_ids: tuple[int, ...] | None, *, roles: tuple[str, ...]
) -> QuerySet[Membership]:
    """Those who are named, and who holds one of the roles for one of the teams or for all."""
    wanted = Q(OneOf("pk", named))
    if team_ids is not None:
        held = RoleGrant.objects.filter(Q(team=None) | Q(OneOf("team", team_ids)), role__in=roles)
        wanted |= Q(Among("pk", held.values("membership")))
    return members.with_rights(preferences.with_wishes(Membership.objects.filter(wanted)))


_people: Written[Any] = Written(_make_people)


def _in(person: Any, parts: list[str], *, follows: bool) -> Any:
    """Somebody in their part, as `incidents.audience` reads it."""
    person.parts, person.follows = parts, follows
    return person
