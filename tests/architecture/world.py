"""One dataset for the tests that try every door: two organisations, everybody who may come, all there is to find."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.contrib.auth import SESSION_KEY as PERSON_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile

from incidents import actions
from incidents.actions.configuring import follow
from incidents.actions.promises import add_policy
from incidents.drafts import Draft, PolicyDraft, Resolution
from incidents.models import (
    Attachment,
    DeskRules,
    EscalationPolicy,
    Incident,
    Involvement,
    NumberCounter,
    Policy,
    Service,
)
from incidents.priority import Priority
from incidents.sla import Targets
from notifications import links
from notifications.models import OutboxMessage
from problems import actions as problem_actions
from problems import analysis, clustering
from problems.drafts import ArticleDraft, Description, EvidenceDraft, StatementDraft
from problems.knowledge import Audience
from problems.models import Cluster
from problems.models import Counter as ProblemCounter
from problems.models import File as ProblemFile
from tenancy import clock, members
from tenancy.actions import people, tokens
from tenancy.actions.calendars import add_calendar
from tenancy.actions.invitations import issue
from tenancy.drafts import CalendarDraft, TokenDraft
from tenancy.members import Member
from tenancy.middleware import SESSION_KEY
from tenancy.models import Calendar, Membership, Organisation, Person, RoleGrant, Team, TeamSeat, TrailEntry
from tenancy.openings import read_day
from tenancy.roles import Role
from tenancy.wall import bound
from tests.factories import PersonFactory, RoleGrantFactory, TeamFactory, TeamSeatFactory
from tests.incidents.factories import CategoryFactory, IncidentTypeFactory, ServiceFactory

PRINTING = "printing"
NETWORKS = "networks"
# The members: their roles, and the team that these are limited to.
CAST: dict[str, tuple[tuple[Role, ...], str]] = {
    "nobody": ((), ""),
    "requester": ((Role.REQUESTER,), ""),
    "stakeholder": ((Role.STAKEHOLDER,), ""),
    "agent": ((Role.AGENT,), ""),
    "mate": ((Role.AGENT,), PRINTING),
    "outsider": ((Role.AGENT,), NETWORKS),
    "team_lead": ((Role.TEAM_LEAD,), ""),
    "own_lead": ((Role.TEAM_LEAD,), PRINTING),
    "problem_manager": ((Role.PROBLEM_MANAGER,), ""),
    "incident_manager": ((Role.INCIDENT_MANAGER,), ""),
    "auditor": ((Role.AUDITOR,), ""),
    "administrator": ((Role.ADMINISTRATOR,), ""),
    "left": ((Role.AGENT, Role.ADMINISTRATOR), ""),
    "owner": ((), ""),
}
MISSING_NUMBER = 9_999
MISSING_UUID = "00000000-0000-4000-8000-000000000000"


@dataclass
class House:
    """One organisation, its people's sessions, and how what is in it is called in addresses and forms."""

    organisation: Organisation
    members: dict[str, Member] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)
    public_ids: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """Where it is found."""
        return f"{self.organisation.slug}.testserver"


@dataclass(frozen=True)
class World:
    """Both organisations, made the same way. Everybody in ``sessions`` tries to get into harbour."""

    harbour: House
    quill: House
    sessions: dict[str, str]


def build() -> World:
    """Make both organisations; no number of quill's is one of harbour's."""
    harbour, quill = (furnished(slug) for slug in ("harbour", "quill"))
    outside = {
        "anonymous": "",
        "neighbour": quill.sessions["administrator"],  # the cookie of the other organisation, brought here
        "stranger": session_of(PersonFactory(email="stranger@people.example"), harbour.organisation),
        "gone": session_of(PersonFactory(email="gone@people.example", is_active=False), harbour.organisation),
    }
    return World(harbour, quill, {**harbour.sessions, **outside})


def session_of(person: Person, organisation: Organisation) -> str:
    """Sign the person in to the organisation; return the cookie."""
    store = SessionStore()
    store[PERSON_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store[SESSION_KEY] = organisation.id
    store.save()
    return str(store.session_key)


def furnished(slug: str) -> House:
    """Fill an organisation."""
    house = House(Organisation.objects.get(slug=slug))
    with bound(house.organisation.id):
        if slug == "quill":
            NumberCounter.objects.update(last_number=5000)
            ProblemCounter.objects.create(last_number=5000)
        teams = {name: TeamFactory(name=name.title()) for name in (PRINTING, NETWORKS)}
        for name, (roles, team) in CAST.items():
            _add_member(house, name, roles, teams.get(team))
        _add_settings(house, teams)
        _add_records(house)
        _promise_more(house)
        _add_problems(house)
        _add_cluster(house)
        _add_articles(house)
        _add_files(house)
        _add_doorstep(house)
        people.leave(house.members["administrator"], membership=Membership.objects.get(pk=house.members["left"].id))
    return house


def _add_member(house: House, name: str, roles: tuple[Role, ...], team: Team | None) -> None:
    person = PersonFactory(email=f"{name}@{house.organisation.slug}.example")
    membership = Membership.objects.create(name=name.replace("_", " ").title(), mail=person.email, person=person)
    for role in roles:
        RoleGrantFactory(membership=membership, role=role.value, team=team)
    if team:
        TeamSeatFactory(team=team, membership=membership)
    house.members[name] = members.load(membership, house.organisation)
    house.public_ids[name] = str(membership.public_id)
    house.sessions[name] = session_of(person, house.organisation)


def _add_settings(house: House, teams: dict[str, Team]) -> None:
    """Settings that nothing uses stand under the name of their model: they may be deleted."""
    used, followed = (ServiceFactory(name=name, owner_team=teams[PRINTING]) for name in ("Printers", "Label printers"))
    follow(house.members["stakeholder"], service=followed)
    house.ids |= {
        "organisation": house.organisation.slug,
        "membership": house.public_ids["owner"],
        "mates_grants_held": RoleGrant.objects.get(membership_id=house.members["mate"].id).pk,
        "mates_seats": TeamSeat.objects.get(membership_id=house.members["mate"].id).pk,
        "team": str(teams[NETWORKS].public_id),
        "used_team": str(teams[PRINTING].public_id),
        "service": str(ServiceFactory(name="Fax", owner_team=None).public_id),
        "used_service": str(used.public_id),
        "followed_service": str(followed.public_id),
        "category": str(CategoryFactory(name="Paper").public_id),
        "incidenttype": str(IncidentTypeFactory(name="Noise").public_id),
        "calendar": str(_calendar(house).public_id),
        "escalationpolicy": str(EscalationPolicy.objects.get(priority="P1").public_id),
        "policy": str(Policy.objects.get().public_id),
        "deskrules": str(DeskRules.objects.get().public_id),
    }


def _calendar(house: House) -> Calendar:
    nights = CalendarDraft(name="Nights", zone="UTC", week=read_day(0, "22-6"))
    return add_calendar(house.members["administrator"], draft=nights)


def _add_records(house: House) -> None:
    """Incidents of the owner's: the team's, a restricted one, one that is followed, one with everybody in it."""
    owner, mate, lead = (house.members[name] for name in ("owner", "mate", "own_lead"))
    services = {"followed": "followed_service"}
    for name in ("hidden", "restricted", "followed", "joined"):
        service = Service.objects.get(public_id=house.ids[services.get(name, "used_service")])
        house.ids[name] = actions.report(owner, draft=Draft(title=f"The {name} one", service=service)).number
    for name in ("hidden", "joined"):
        suspected = actions.suspect(mate, number=house.ids[name], suspicion="A dead mouse")
        house.ids[f"hypothesis_{name}"] = str(suspected.public_id)
    actions.restrict(lead, number=house.ids["restricted"])
    joined = Incident.objects.get(number=house.ids["joined"])
    for member in house.members.values():
        Involvement.objects.get_or_create(incident=joined, membership_id=member.id, part="participant")
    actions.resolve(
        mate, number=joined.number, resolution=Resolution(code="fixed", note="Cleaned.", tested_how="Printed.")
    )
    house.ids["own"] = {
        name: actions.report(member, draft=Draft(title=f"{member.name}'s own")).number
        for name, member in house.members.items()
    }


def _promise_more(house: House) -> None:
    """Something that open incidents were not promised."""
    calendar, service = Calendar.objects.get(is_default=True), Service.objects.get(public_id=house.ids["used_service"])
    swift: Targets = {priority: {"response": 5, "resolution": 60} for priority in Priority}
    draft = PolicyDraft(name="Printers", calendar=calendar, targets=swift, service=service)
    add_policy(house.members["administrator"], draft=draft)


def _add_problems(house: House) -> None:
    """A problem that causes an incident, with a workaround and a task; and another one."""
    manager = house.members["problem_manager"]
    for name, incidents in (("problem", [house.ids["followed"]]), ("other_problem", [])):
        described = Description(title=f"The {name}")
        house.ids[name] = problem_actions.raise_problem(manager, description=described, incidents=incidents).number
    number = house.ids["problem"]
    problem_actions.work_around(manager, number=number, workaround="Use the stairs.")
    house.ids["task"] = str(problem_actions.add_task(manager, number=number, what="Call them").public_id)
    _add_whys(house, manager, number)


def _add_whys(house: House, manager: Member, number: int) -> None:
    """A confirmed statement with evidence, an open one, and a hypothesis that may flow in."""
    said = StatementDraft(text="Fuses melt", branch=analysis.Branch.TECHNOLOGY, happened_at=clock.now())
    cause = problem_actions.state(manager, number=number, draft=said).public_id
    seen = EvidenceDraft(kind=analysis.Kind.MEASUREMENT, value=Decimal(90), unit="A", words="Current at noon")
    problem_actions.support(manager, number=number, statement=cause, evidence=seen)
    problem_actions.judge(manager, number=number, statement=cause, belief=analysis.Belief.CONFIRMED)
    doubt = problem_actions.state(manager, number=number, draft=StatementDraft(text="It is damp", parent=cause))
    damp = EvidenceDraft(kind=analysis.Kind.LINK, url="https://weather.example/rain")
    shown = problem_actions.support(manager, number=number, statement=doubt.public_id, evidence=damp)
    mate = house.members["mate"]
    suspected = actions.suspect(mate, number=house.ids["followed"], suspicion="A live mouse")
    house.ids |= {
        "cause": str(cause),
        "statement": str(doubt.public_id),
        "evidence": str(shown.public_id),
        "suspicion": str(suspected.public_id),
    }


def _add_cluster(house: House) -> None:
    """One that was found around an incident of the team."""
    incident = Incident.objects.get(number=house.ids["hidden"])
    found = Cluster.objects.create(
        key=str(clustering.Key(clustering.Kind.WORD, incident.service_id, "hidden")),
        kind=clustering.Kind.WORD,
        service_id=incident.service_id,
        value="hidden",
        first_seen=incident.reported_at,
        last_seen=incident.reported_at,
        count=5,
        usual=0,
        people=1,
    )
    house.ids["cluster"] = str(found.public_id)


def _add_articles(house: House) -> None:
    """One that everybody reads, with a problem behind it, and a draft."""
    manager, mate = house.members["problem_manager"], house.members["mate"]
    draft = ArticleDraft(title="Stairs", body="Use them.", audience=Audience.PUBLIC, cause="Age", workaround="Walk.")
    article = problem_actions.write_article(manager, draft=draft, problem=house.ids["problem"])
    problem_actions.publish(manager, article=article.public_id)
    later = problem_actions.revise(manager, article=article.public_id, draft=replace(draft, body="Use them slowly."))
    unready = problem_actions.write_article(mate, draft=replace(draft, title="Lifts"))
    house.ids |= {"article": str(later.public_id), "draft": str(unready.public_id)}


def _add_files(house: House) -> None:
    """A file not handed in yet for each; and public, internal, restricted and infected ones."""
    owner, mate = house.members["owner"], house.members["mate"]
    house.ids["kept"] = {name: _upload(member) for name, member in house.members.items()}
    for name, number, member in (("public", "hidden", owner), ("secret", "restricted", owner), ("bad", "joined", mate)):
        house.ids[f"{name}_file"] = _upload(member)
        incident = Incident.objects.get(number=house.ids[number])
        Attachment.objects.filter(uuid=house.ids[f"{name}_file"]).update(incident=incident)
    Attachment.objects.filter(uuid=house.ids["bad_file"]).update(scan=Attachment.Scan.INFECTED)
    _add_problem_files(house)
    house.ids["internal_file"] = _upload(mate)
    actions.note(mate, number=house.ids["joined"], text="Look.", attachments=(house.ids["internal_file"],))


def _add_problem_files(house: House) -> None:
    """A file of a problem, an infected one, and one that a team lead has not handed in yet."""
    for name, member in (("problem", "agent"), ("bad_problem", "agent"), ("kept_problem", "team_lead")):
        keeper, upload = house.members[member], SimpleUploadedFile("fuse.txt", b"It melts.")
        house.ids[f"{name}_file"] = problem_actions.keep(keeper, uploads=[upload])[0].uuid
        if not name.startswith("kept"):
            problem_actions.attach(keeper, number=house.ids["problem"], files=[house.ids[f"{name}_file"]])
    ProblemFile.objects.filter(uuid=house.ids["bad_problem_file"]).update(scan=ProblemFile.Scan.INFECTED)
    house.ids["kept_for_problems"] = {}
    for name, member in house.members.items():  # whoever may not bring any to a problem might have been allowed to
        (file,) = problem_actions.keep(house.members["agent"], uploads=[SimpleUploadedFile("fuse.txt", b"It melts.")])
        ProblemFile.objects.filter(pk=file.pk).update(uploaded_by=member.id)
        house.ids["kept_for_problems"][name] = file.uuid


def _upload(member: Member) -> Any:
    return actions.keep(member, uploads=[SimpleUploadedFile("notes.txt", b"Nothing much.")])[0].uuid


def _add_doorstep(house: House) -> None:
    """Links from mails, an invitation, and what the desk lists besides."""
    issued = issue(None, mail="invited@people.example", name="Ines", roles=frozenset(), at=clock.now())
    resolved = OutboxMessage.objects.get(kind="incident_resolved", to_id=house.members["owner"].id)
    claims = resolved.facts["links"]["confirm"]["claims"]
    key, _secret = tokens.make(house.members["mate"], draft=TokenDraft("Test rig", frozenset({"read"}), days=30))
    house.ids |= {
        "token": str(key.public_id),
        "invitation": str(issued.invitation.public_id),
        "join": issued.path.split("/")[2],
        "answer": links.sign("confirm", claims, house.organisation.id),
        "why": links.sign(links.WHY, {"message": str(resolved.public_id)}, house.organisation.id),
        "trailentry": str(TrailEntry.objects.order_by("id")[0].public_id),
        "outboxmessage": str(OutboxMessage.objects.order_by("id")[0].public_id),
    }
