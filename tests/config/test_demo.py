"""The demo: all that there is to see is there, and its history holds together."""

from collections.abc import Iterator
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import Client

from config.demo.people import OPEN_SESAME
from config.demo.seeding import HOUSES
from incidents.lifecycle import HoldReason, Status
from incidents.models import (
    Attachment,
    Clock,
    DeskRules,
    Incident,
    Involvement,
    Message,
    Policy,
    Reference,
    Timer,
)
from incidents.priority import Priority
from notifications.models import OutboxMessage
from problems.actions import scanning
from problems.models import Article, Vote
from tenancy import clock
from tenancy.models import CalendarEdition, Host, Membership, Organisation, Person, RoleGrant, TrailEntry
from tenancy.models.calendars import SINCE_EVER
from tenancy.roles import Role
from tenancy.wall import TenantModel, bound
from tests import database

SLUGS = [house.slug for house in HOUSES]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Seed an installation that has nothing yet, once for all tests here; leave the suite's two organisations."""
    with django_db_blocker.unblock():
        with database.owner() as cursor:
            cursor.execute("TRUNCATE tenancy_organisation, tenancy_person CASCADE")
        call_command("seed_demo", stdout=StringIO())
        yield
        database.empty()


@pytest.fixture(params=SLUGS)
def home(request: pytest.FixtureRequest, db: None) -> Iterator[Organisation]:
    """Each of the organisations, bound."""
    organisation = Organisation.objects.get(slug=request.param)
    with bound(organisation.id):
        yield organisation


def test_the_hosts_lead_to_the_organisations() -> None:
    hosts = Host.objects.values_list("name", "organisation__slug", "is_canonical").order_by("name")
    assert list(hosts) == [
        ("harbour.localhost", "harbour", False),
        ("localhost", "harbour", True),
        ("quill.localhost", "quill", True),
    ]


def test_the_two_have_different_tastes() -> None:
    colours, matrices = set(), []
    for organisation in Organisation.objects.all():
        colours.add(organisation.colour)
        with bound(organisation.id):
            rules = DeskRules.objects.get()
            matrices.append(rules.matrix)
            assert rules.catch_all is not None
    assert len(colours) == 2
    assert matrices[0] != matrices[1]


def test_every_role_is_there(home: Organisation) -> None:
    held = set(RoleGrant.objects.values_list("role", flat=True))
    assert held == {role.value for role in Role} - {Role.REQUESTER}
    without = Membership.objects.filter(grants_held=None, person__isnull=False)
    assert without.exists(), "a plain requester"
    assert RoleGrant.objects.filter(role=Role.AGENT, team__isnull=False).exists(), "an agent of one team"
    assert Membership.objects.filter(person=None).exists(), "a contact without a login"
    assert Membership.objects.filter(manager__isnull=False).exists()


def test_one_person_belongs_to_both() -> None:
    roles = {}
    for organisation in Organisation.objects.all():
        with bound(organisation.id):
            for membership in Membership.objects.filter(person__isnull=False).prefetch_related("grants_held"):
                held = frozenset(grant.role for grant in membership.grants_held.all())
                roles.setdefault(membership.person_id, []).append(held)
    [both] = [held for held in roles.values() if len(held) == 2]
    assert both[0] != both[1]


def test_everybody_in_the_table_can_sign_in() -> None:
    for house in HOUSES:
        browser = Client(SERVER_NAME=house.hosts[0])
        mail = next(human.mail for human in house.humans if "agent" in human.roles)
        answer = browser.post("/account/login/", {"login": mail, "password": OPEN_SESAME})
        assert answer.headers.get("Location") == "/"
    assert Person.objects.values("password").distinct().count() == 1, "all share what was just typed"


def test_the_table_names_addresses_passwords_and_roles() -> None:
    out = StringIO()
    call_command("seed_demo", "--people", stdout=out)
    told = out.getvalue()
    for words in (
        "http://localhost",
        "http://quill.localhost",
        OPEN_SESAME,
        "hannah@harbour.example",
        "Incident manager",
    ):
        assert words in told
    assert max(map(len, told.splitlines())) <= 120


def test_every_status_is_there(home: Organisation) -> None:
    assert set(Incident.objects.values_list("status", flat=True)) == {status.value for status in Status}
    burning = Incident.objects.filter(status=Status.NEW, priority=Priority.P1, assignee=None)
    assert burning.exists()
    assert Incident.objects.filter(restricted=True).count() == 1
    assert Incident.objects.filter(priority_overridden=True).exists()
    assert Incident.objects.filter(reopened_count__gt=0).exists()
    assert Incident.objects.filter(duplicate_of__isnull=False).exists()
    assert Article.objects.all().known_errors().exists() == (home.slug == "harbour")
    assert Vote.objects.exists() == (home.slug == "harbour")


def test_all_that_can_happen_happened_somewhere() -> None:
    seen: dict[str, set[str]] = {"held": set(), "ending": set(), "kind": set(), "source": set(), "message": set()}
    for organisation in Organisation.objects.all():
        with bound(organisation.id):
            seen["held"] |= set(Incident.objects.values_list("hold_reason", flat=True))
            seen["ending"] |= set(Incident.objects.values_list("ending", flat=True))
            seen["source"] |= set(Incident.objects.values_list("source", flat=True))
            seen["kind"] |= set(TrailEntry.objects.values_list("kind", flat=True))
            seen["message"] |= set(Message.objects.values_list("kind", flat=True))
            assert {"image/png", "application/pdf", "text/plain"} <= set(
                Attachment.objects.values_list("content_type", flat=True)
            )
            assert Reference.objects.exists()
            assert Involvement.objects.filter(part=Involvement.Part.WATCHER).exists()
    assert seen["held"] == {"", *HoldReason}
    assert seen["ending"] == {"", *Incident.Ending} - {Incident.Ending.SILENCE}
    assert seen["message"] == set(Message.Kind)
    assert {"portal", "phone", "mail", "walk_in", "monitoring"} <= seen["source"]
    assert {"incident.withdrawn", "incident.contested", "incident.handed_over", "membership.left"} <= seen["kind"]


def test_the_trail_tells_how_every_record_came_to_be(home: Organisation) -> None:
    entries: dict[int, list[TrailEntry]] = {}
    for entry in TrailEntry.objects.filter(record="incident").order_by("id"):
        entries.setdefault(entry.record_id, []).append(entry)
    assert len(entries) == Incident.objects.count()
    for incident in Incident.objects.all():
        told = replay(entries[incident.id])
        assert {name: getattr(incident, name) for name in told} == told, incident.label


def replay(entries: list[TrailEntry]) -> dict[str, Any]:
    """Follow the trail from the report to the last word; each change must start where the one before ended."""
    reported = entries[0].facts
    state = {name: reported[name] for name in ("status", "impact", "urgency", "risk", "priority")}
    state |= {name: reported[name] for name in ("reporter_id", "team_id", "service_id")} | {"assignee_id": None}
    for before, entry in pairwise(entries):
        assert before.at <= entry.at
        for name, pair in entry.facts.get("changed", {}).items():
            if name in state:
                assert state[name] == pair[0]
                state[name] = pair[1]
    return state


def test_numbers_grow_with_time_and_nothing_lies_ahead(home: Organisation) -> None:
    now = clock.now()
    reported = list(Incident.objects.order_by("number").values_list("reported_at", flat=True))
    assert reported == sorted(reported)
    assert (now - reported[-1]).total_seconds() < 3600
    assert not TrailEntry.objects.filter(at__gt=now).exists()
    assert not Message.objects.filter(at__gt=now).exists()
    held = Incident.objects.filter(hold_reason=HoldReason.SCHEDULED)
    assert all(incident.hold_until and incident.hold_until > now for incident in held)


def test_a_cluster_waits_to_be_found() -> None:
    now = clock.now()
    with bound(Organisation.objects.get(slug="harbour").pk):
        found = {(one.kind, one.value, one.count) for one in scanning.search(now)}
    assert found == {("code", "pr-503", 6)}


def test_only_the_newest_mails_are_still_to_be_delivered() -> None:
    waiting: list[str] = []
    for organisation in Organisation.objects.all():
        with bound(organisation.id):
            waiting += OutboxMessage.objects.due().values_list("kind", flat=True)
            sent = OutboxMessage.objects.filter(state=OutboxMessage.State.SENT, sent_at=F("due_at"))
            kept = OutboxMessage.objects.exclude(state=OutboxMessage.State.DROPPED)  # who left, or what was restricted
            assert sent.count() == kept.count() - OutboxMessage.objects.due().count() > 100
    assert 5 <= len(waiting) <= 20
    assert {"incident_resolved", "incident_question"} <= set(waiting)


def test_its_past_warns_nobody_as_if_it_were_news(home: Organisation) -> None:
    assert Clock.objects.filter(is_late=True).exists(), "some promises were broken"
    assert Clock.objects.filter(state="runs", is_late=False, due_at__gt=clock.now()).exists(), "and some can be kept"
    assert not Timer.objects.due().exists()
    assert not OutboxMessage.objects.filter(kind="incident_clock").exists()


def test_a_vital_service_is_promised_more(home: Organisation) -> None:
    special = Policy.objects.get(service__isnull=False)
    assert special.service
    assert special.service.criticality == "vital"
    assert Clock.objects.filter(policy_edition__policy=special).exists()
    for edition in CalendarEdition.objects.exclude(takes_effect_at=SINCE_EVER):
        assert len(edition.holidays) > 20
        assert edition.week


def test_seeding_again_changes_nothing() -> None:
    before = counts()
    out = StringIO()
    call_command("seed_demo", stdout=out)
    assert "already" in out.getvalue()
    assert counts() == before


def counts() -> dict[str, int]:
    """Count the rows of every table, in every organisation."""
    counted = {model.__name__: model._default_manager.count() for model in (Organisation, Host, Person)}
    for organisation in Organisation.objects.all():
        with bound(organisation.id):
            for model in apps.get_models():
                if issubclass(model, TenantModel):
                    counted[f"{organisation.slug} {model.__name__}"] = model.objects.count()
    return counted


def test_a_known_password_stays_out_of_production(settings: LazySettings) -> None:
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="development only"):
        call_command("seed_demo")
