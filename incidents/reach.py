"""Whom a step of an escalation reaches: who is here, has an address that takes mail, and may open the incident."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.utils.module_loading import import_string

from incidents.audience import ASSIGNEE, STAKEHOLDER, WATCHER, Concerned
from incidents.escalation import Target, Who
from incidents.models import Following, Incident, Involvement
from notifications import preferences
from tenancy import members
from tenancy.members import Member
from tenancy.models import Membership, Organisation, RoleGrant, TeamSeat
from tenancy.roles import RIGHTS, Role
from tenancy.wall import Among

TEAM, PERSON, ON_DUTY, CATCH_ALL = "team", "person", "on_duty", "catch_all"
# Only who reads incidents in the desk can be told of one by role.
ROLES = tuple(role for role, rights in RIGHTS.items() if "incident.read" in rights)


def reached(incident: Incident, targets: Iterable[Target], organisation: Organisation) -> list[Concerned]:
    """Everybody whom these targets mean and who can be told: one entry per person, whatever the reasons."""
    targets = list(targets)
    duty = on_duty(incident) if any(one.who is Who.ON_DUTY for one in targets) else frozenset()
    wanted = Q(pk__in=duty)
    for target in targets:
        wanted |= _means(target, incident)
    watches = Involvement.objects.filter(incident=incident, part=Involvement.Part.WATCHER)
    here = Membership.objects.filter(wanted, state=Membership.State.ACTIVE, mail_refused_at=None).exclude(mail="")
    people = members.with_rights(preferences.with_wishes(here))
    found = []
    for person in people.annotate(watches=ArraySubquery(watches.filter(membership=OuterRef("pk")).values("pk"))):
        member = members.load(person, organisation)
        whys = dict.fromkeys(why for one in targets if (why := _why(one, person, member, incident, duty)))
        if whys:
            found.append(Concerned(person, tuple(whys)))
    return sorted(found, key=lambda one: one.membership.pk)


def on_duty(incident: Incident) -> frozenset[int]:
    """Who is on duty for it now, as `WHO_IS_ON_DUTY` says; nobody where there is no such hook."""
    if not settings.WHO_IS_ON_DUTY:
        return frozenset()
    return frozenset(person.pk for person in import_string(settings.WHO_IS_ON_DUTY)(incident))


def catch_all(incident: Incident, person: Membership | None, organisation: Organisation) -> list[Concerned]:
    """Who gets what would otherwise reach nobody; not what is hidden from them."""
    if person is None or not person.is_active or not person.mail or person.mail_refused_at:
        return []
    is_hidden = incident.restricted and not incident.is_open_to_staff(members.load(person, organisation))
    return [] if is_hidden else [Concerned(person, (CATCH_ALL,))]


def _means(target: Target, incident: Incident) -> Q:
    """Who may be meant by it."""
    match target.who:
        case Who.ASSIGNEE:
            return Q(pk=incident.assignee_id or 0)
        case Who.PERSON:
            return Q(pk=target.which)
        case Who.TEAM:
            return Q(Among("pk", TeamSeat.objects.filter(team=incident.team_id or 0).values("membership")))
        case Who.TEAM_LEAD:
            return Q(Among("pk", _holding(Role.TEAM_LEAD, incident).values("membership")))
        case Who.ROLE:
            return Q(Among("pk", _holding(str(target.which), incident).values("membership")))
        case Who.WATCHERS:
            watching = Involvement.objects.filter(incident=incident, part=Involvement.Part.WATCHER)
            return Q(Among("pk", watching.values("membership")))
        case Who.STAKEHOLDERS if incident.service_id and not incident.restricted:
            return Q(Among("pk", Following.objects.filter(service=incident.service_id).values("membership")))
    return Q(pk__in=())


def _holding(role: str, incident: Incident) -> Any:
    return RoleGrant.objects.filter(Q(team=None) | Q(team=incident.team_id), role=role)


def _why(target: Target, person: Any, member: Member, incident: Incident, duty: frozenset[int]) -> str:
    """The reason for which the target means this person; none where it means others, or they may not open it."""
    if target.who is Who.STAKEHOLDERS:
        followed = incident.service_id and not incident.restricted and member.may("incident.follow")
        follows = followed and Following.objects.filter(service=incident.service_id, membership=person.pk).exists()
        return STAKEHOLDER if follows else ""
    if not incident.is_open_to_staff(member):
        return ""
    match target.who:
        case Who.ASSIGNEE:
            return ASSIGNEE if person.pk == incident.assignee_id else ""
        case Who.PERSON:
            return PERSON if person.pk == target.which else ""
        case Who.TEAM:
            return TEAM if incident.team_id and incident.team_id in member.team_ids else ""
        case Who.ON_DUTY:
            return ON_DUTY if person.pk in duty else ""
        case Who.WATCHERS:
            return WATCHER if person.watches else ""
    role = Role.TEAM_LEAD if target.who is Who.TEAM_LEAD else Role(str(target.which))
    return role.value if {(role, None), (role, incident.team_id)} & member.grants else ""
