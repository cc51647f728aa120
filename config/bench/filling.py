"""Fill a database with incidents, once, and say where to look: `python -m config.bench.filling INCIDENTS`.

Works as the database's owner, by sets: a hundred thousand incidents take about a minute.
"""

import hashlib
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ORGANISATIONS = 20
REGULARS = 60  # what the regular reporter has reported, however many incidents there are
TABLES = (
    "incidents_clock", "incidents_timer",
    "notifications_outboxmessage", "tenancy_trailentry", "incidents_involvement", "incidents_message",
    "incidents_incident",
)  # fmt: skip
FIRST = "SELECT min(id) FROM {table} WHERE organisation_id = %s"
LAST = "SELECT coalesce(max(id), 0) FROM {table}"
LATER = "DELETE FROM {table} WHERE id > %s"
FOLLOWERS = 50


@dataclass(frozen=True)
class Places:
    """Where the generator goes: in the largest organisation, with its people's sessions."""

    organisation_id: int
    host: str
    agent_session: str
    reporter_session: str
    followers: list[str]
    """Sessions of so many members that their event streams reach the bench's number."""
    reporter_id: int
    incident: int
    service_id: int
    service: str
    token: str


def main(incidents: int) -> None:
    """Migrate, fill what is not filled yet, take away what the last run reported, and print the places."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tenancy.wall import as_owner

    with as_owner():
        wanted = {"recipe": _recipe(), "incidents": incidents}
        kept = _note(connection)
        if {name: kept.get(name) for name in wanted} != wanted:
            _begin_anew(connection)
            call_command("migrate", verbosity=0)
            _fill(connection, incidents)
            _keep(connection, {**wanted, "last": _last_ids(connection)})
        else:
            _take_away(connection, kept["last"])
            _end_sessions(connection)
    print(json.dumps(asdict(_places())))


def clear() -> None:
    """Take away, as the owner, what was measured with since the database was filled."""
    from django.db import connection

    _take_away(connection, _note(connection)["last"])


def of_all(count: int, share: float) -> int:
    """A share of so many rows: at least one for every organisation."""
    return max(ORGANISATIONS, round(count * share))


def sizes(incidents: int) -> list[int]:
    """How many each organisation has: the first a third, the others ever less."""
    first = incidents // 3
    weights = [1 / rank for rank in range(2, ORGANISATIONS + 1)]
    rest = [max(1, int((incidents - first) * weight / sum(weights))) for weight in weights]
    return [incidents - sum(rest), *rest]


def _recipe() -> str:
    """What the content depends on: this folder's recipe and every migration there is."""
    room = Path(__file__).resolve().parent
    files = [room / "filling.py", room / "statements.py", *sorted(room.parents[1].glob("*/migrations/*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _note(connection: Any) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        text = cursor.fetchone()[0]
    kept: dict[str, Any] = json.loads(text) if text else {}
    return kept


def _keep(connection: Any, note: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"COMMENT ON DATABASE {name} IS '{json.dumps(note)}'")


def _begin_anew(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC")


def _fill(connection: Any, incidents: int) -> None:
    from tenancy.actions.founding import found
    from tenancy.drafts import Founding

    for place, size in enumerate(sizes(incidents)):
        slug = f"house{place:02}"
        organisation, _link = found(Founding(name=f"House {place}", slug=slug, hosts=(f"{slug}.bench.example",)))
        with connection.cursor() as cursor:
            _fill_one(cursor, organisation.id, slug, size, 100_000 * size // incidents)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _fill_one(cursor: Any, organisation_id: int, slug: str, incidents: int, staff: int) -> None:
    """Fill one; ``staff`` is what its people and services are counted by: its share, whatever the incidents."""
    from config.bench import statements

    facts = {
        "id": organisation_id,
        "slug": slug,
        "incidents": incidents,
        "people": max(20, staff // 40),
        "agents": max(4, staff // 1500),
        "teams": max(2, staff // 4000),
        "services": max(6, staff // 1000),
        "types": 3,
        "regular": max(1, incidents // REGULARS),
    }
    for kind, table, sql in (
        ("member", "tenancy_membership", statements.PEOPLE),
        ("team", "tenancy_team", statements.TEAMS),
        ("service", "incidents_service", statements.SERVICES),
        ("category", "incidents_category", statements.CATEGORIES),
        ("type", "incidents_incidenttype", "SELECT 1"),
    ):
        cursor.execute(sql, facts)
        cursor.execute(FIRST.format(table=table), [organisation_id])
        facts[f"first_{kind}"] = cursor.fetchone()[0]
    for sql in (statements.AGENTS, statements.SEATS, *statements.RECORDS):
        cursor.execute(sql, facts)


def _last_ids(connection: Any) -> dict[str, int]:
    with connection.cursor() as cursor:
        return {table: _last_id(cursor, table) for table in TABLES}


def _last_id(cursor: Any, table: str) -> int:
    cursor.execute(LAST.format(table=table))
    return int(cursor.fetchone()[0])


def _take_away(connection: Any, last: dict[str, int]) -> None:
    """Delete what a former run reported, so that each begins with the same rows."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(LATER.format(table=table), [last.get(table, 0)])
        cursor.execute("VACUUM ANALYZE")


def _end_sessions(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session")


def _places() -> Places:
    from django.db.models import Case, Count, When

    from incidents.models import Incident, Service
    from tenancy.models import Host, Membership, RoleGrant
    from tenancy.wall import bound

    host = Host.objects.get(name="house00.bench.example")
    with bound(host.organisation_id):
        agent = RoleGrant.objects.filter(role="agent").earliest("id").membership
        agents = RoleGrant.objects.values("membership")
        reporter = Membership.objects.exclude(pk__in=agents).earliest("id")
        talked_about = Incident.objects.filter(restricted=False).annotate(said=Count("messages")).filter(said=10)
        service = Service.objects.earliest("id")
        followers = Membership.objects.exclude(pk__in=agents).select_related("person").order_by("id")[:FOLLOWERS]
        under_way_first = Case(When(status="in_progress", then=0), default=1)
        return Places(
            organisation_id=host.organisation_id,
            host=host.name,
            agent_session=_session(agent),
            reporter_session=_session(reporter),
            followers=[_session(follower) for follower in followers],
            reporter_id=reporter.id,
            incident=talked_about.order_by(under_way_first, "-id")[:1].get().number,
            service_id=service.id,
            service=str(service.public_id),
            token=_token(reporter),
        )


def _token(membership: Any) -> str:
    """A program's key, good for a day."""
    from datetime import timedelta

    from django.utils import timezone

    from tenancy import bearer
    from tenancy.models import Scope, Token

    text, now = bearer.make(), timezone.now()
    Token.objects.create(
        membership=membership,
        name="bench",
        scopes=[Scope.REPORT.value],
        token_hash=bearer.hash_of(text),
        made_at=now,
        expires_at=now + timedelta(days=1),
    )
    return text


def _session(membership: Any) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY
    from django.contrib.auth import SESSION_KEY as PERSON_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from tenancy.middleware import SESSION_KEY

    session = SessionStore()
    session[PERSON_KEY] = str(membership.person_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = membership.person.get_session_auth_hash()
    session[SESSION_KEY] = membership.organisation_id
    session.create()
    return str(session.session_key)


if __name__ == "__main__":
    main(int(sys.argv[1]))
