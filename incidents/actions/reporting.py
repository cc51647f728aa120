"""Report an incident, or log it for somebody."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from incidents.actions import clocks, timing
from incidents.actions.agents import hold_still
from incidents.actions.keeping import hand_in
from incidents.actions.notices import Notice, announce
from incidents.drafts import Draft, Intake
from incidents.history import REPORTED
from incidents.models import Incident, Involvement, rules
from incidents.priority import Impact, Risk, compute
from incidents.topics import opened_by
from notifications import live
from tenancy import editions, trail
from tenancy.actions.people import add_contact
from tenancy.drafts import Profile
from tenancy.members import Denied, Member
from tenancy.models import Membership
from tenancy.refusal import NotPossible
from tenancy.wall import current_organisation_id, insert, refuse_unbound


@transaction.atomic
def report(
    member: Member,
    *,
    draft: Draft,
    source: str = Incident.Source.PORTAL,
    source_reference: str = "",
    at: datetime | None = None,
) -> Incident:
    """Report an incident for oneself; while one of theirs with the source's reference isn't over, that one."""
    refuse_unbound()
    member.require("incident.report")

    def make() -> Incident:
        reporter = hold_still(member.id)
        if not reporter.is_active:
            raise Denied("incident.report")
        incident = Incident(reporter=reporter, source=source, source_reference=source_reference)
        return _make(member, draft, incident, (), at)

    return _once(member, source, source_reference, make)


@transaction.atomic
def log(member: Member, *, draft: Draft, intake: Intake, at: datetime | None = None) -> Incident:
    """Log an incident on behalf of somebody who phoned, came by or mailed; references as in `report`."""
    refuse_unbound()
    member.require("incident.log", draft.service.owner_team_id if draft.service else None)

    def make() -> Incident:
        reporter = _reporter(member, intake.reporter, at)
        incident = Incident(reporter=reporter, source=intake.source, source_reference=intake.source_reference)
        return _make(member, draft, incident, tuple(person.id for person in intake.affected), at)

    return _once(member, intake.source, intake.source_reference, make)


def _reporter(member: Member, given: Membership | Profile, at: datetime | None) -> Membership:
    if isinstance(given, Profile):
        return add_contact(member, profile=given, at=at)
    reporter = hold_still(given.pk)
    if not reporter.is_active:
        raise NotPossible(_("%(name)s has left.") % {"name": reporter.name})
    return reporter


def _once(member: Member, source: str, reference: str, make: Callable[[], Incident]) -> Incident:
    """Make the incident unless the source's reference is known, even if it becomes so in this moment."""
    if not reference:
        return make()
    if known := _known(member, source, reference):
        return known
    try:
        with transaction.atomic():
            return make()
    except IntegrityError:
        if known := _known(member, source, reference):
            return known
        raise


def _known(member: Member, source: str, reference: str) -> Incident | None:
    """What the member brought by this reference and isn't over: nobody reaches by a name what others brought."""
    brought = Incident.objects.filter(logged_by=member.id, source=source, source_reference=reference)
    incident = brought.unfinished().first()
    if incident:
        incident.was_known = True
    return incident


def _make(member: Member, draft: Draft, incident: Incident, affected: tuple[int, ...], at: datetime | None) -> Incident:
    at = at or editions.now_to_count()
    _fill(incident, draft, at)
    incident.logged_by_id = member.id
    started = clocks.start(incident)
    incident.number = next_number()
    insert(incident)
    if affected:
        Involvement.objects.bulk_create(
            Involvement(incident=incident, membership_id=person_id, part=Involvement.Part.AFFECTED)
            for person_id in dict.fromkeys(affected)
        )
    uploads = hand_in(member, incident, draft.attachments)
    entry = trail.record(
        REPORTED,
        record=("incident", incident.id),
        actor=member,
        at=at,
        facts={
            "number": incident.number,
            "status": incident.status,
            "source": incident.source,
            "reporter_id": incident.reporter_id,
            "team_id": incident.team_id,
            "service_id": incident.service_id,
            "type_id": incident.type_id,
            "category_id": incident.category_id,
            "impact": incident.impact,
            "urgency": incident.urgency,
            "risk": incident.risk,
            "priority": incident.priority,
            "occurred_at": incident.occurred_at.isoformat(),
            "occurred_roughly": incident.occurred_roughly,
            "affected_ids": sorted(set(affected)),
            "attachments": uploads,
        },
    )
    timing.begin(incident, started)
    live.changed(opened_by(incident, affected))
    announce(Notice("incident_reported", entry, incident, member), even_the_actor=True)
    return incident


def _fill(incident: Incident, draft: Draft, at: datetime) -> None:
    incident.title = draft.title
    incident.description = draft.description
    incident.error_code = draft.error_code
    incident.occurred_at = (draft.occurred_at or at).astimezone(UTC)  # as it will be read again
    incident.occurred_roughly = draft.occurred_roughly
    incident.reported_at = incident.updated_at = at
    incident.service, incident.type, incident.category = draft.service, draft.type, draft.category
    incident.team = draft.service.owner_team if draft.service else None
    incident.impact, incident.urgency, incident.risk = draft.impact, draft.urgency, Risk.LOW
    incident.priority = compute(rules().matrix, Impact(draft.impact), draft.urgency, Risk.LOW)


def next_number() -> int:
    """Count one up. The counter's row stays locked until COMMIT, so numbers have no gaps and no twins."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO incidents_numbercounter (organisation_id, last_number) VALUES (%s, 1001) "
            "ON CONFLICT (organisation_id) DO UPDATE SET last_number = incidents_numbercounter.last_number + 1 "
            "RETURNING last_number",
            [current_organisation_id()],
        )
        return int(cursor.fetchone()[0])
