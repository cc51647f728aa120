"""When somebody leaves: what they reported goes on with somebody else, what they worked on goes back to the team."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from incidents.actions import timing, waiting
from incidents.actions.notices import Notice, announce
from incidents.actions.round import told
from incidents.lifecycle import OPEN, Status
from incidents.models import Incident, rules
from incidents.topics import touched_by
from notifications import live
from tenancy import trail
from tenancy.members import Member
from tenancy.models import Membership, TrailEntry
from tenancy.wall import refuse_unbound


@transaction.atomic
def hand_over(member: Member, membership: Membership, at: datetime) -> None:
    """Pass on the open incidents of somebody who leaves; called by the leaving itself.

    A restricted one keeps its reporter: it may be about the very manager who would get it. Its team still has it,
    and can close it because the reporter left.
    """
    refuse_unbound()
    member.require("organisation.administer")
    _pass_on_reported(member, membership, at)
    _give_back(member, membership, at)


def _pass_on_reported(member: Member, leaver: Membership, at: datetime) -> None:
    heir = _heir(leaver)
    if heir is None:
        return
    for incident in _held(Q(reporter=leaver, restricted=False)):
        incident.reporter = heir
        asked = waiting.foresee_for_another(incident, at)
        entry = _write(member, incident, at, {"reporter_id": [leaver.pk, heir.pk], **asked})
        if asked:  # what the leaver was asked, nobody would answer
            _ask(incident, entry)


def _ask(incident: Incident, entry: TrailEntry) -> None:
    said = waiting.said_last(incident)
    more = {"actor_name": said.author.name if said and said.author else ""}
    announce(Notice(waiting.asked_again(incident), entry, incident, None, said, more=more))


def _heir(leaver: Membership) -> Membership | None:
    """Their manager, or else the organisation's catch-all, whoever of them is still here."""
    candidates = (leaver.manager, rules().catch_all)
    return next((one for one in candidates if one and one.is_active and one.pk != leaver.pk), None)


def _held(condition: Q) -> QuerySet[Incident]:
    """What isn't over yet, locked in one order: two people may leave at once."""
    found = Incident.objects.filter(condition, status__in=[*OPEN, Status.RESOLVED])
    return found.order_by("id").select_for_update(of=("self",))


def _give_back(member: Member, leaver: Membership, at: datetime) -> None:
    looked_after = Q(acknowledged_by=leaver, assignee=None)
    for incident in _held(Q(assignee=leaver) | looked_after):
        _write(member, incident, at, _let_go(incident, leaver))


def _let_go(incident: Incident, leaver: Membership) -> dict[str, object]:
    """Take it from them, and, unless somebody else has it, their word that they look after it; return what changed."""
    changed: dict[str, object] = {}
    if incident.assignee_id == leaver.pk:
        changed["assignee_id"] = [leaver.pk, None]
        incident.assignee = None
        if incident.status == Status.IN_PROGRESS:
            changed["status"] = [Status.IN_PROGRESS.value, Status.NEW.value]
            incident.status = Status.NEW
    if incident.acknowledged_by_id == leaver.pk and incident.assignee_id is None:
        changed["acknowledged_at"] = [told(incident.acknowledged_at), None]
        changed["acknowledged_by_id"] = [leaver.pk, None]
        incident.acknowledged_at = incident.acknowledged_by_id = None
    return changed


def _write(member: Member, incident: Incident, at: datetime, changed: dict[str, object]) -> TrailEntry:
    # Whoever leaves begins before the incidents are locked: what was done to one meanwhile came before it.
    incident.updated_at = at = max(at, incident.updated_at)
    incident.save(update_fields=[*changed, "updated_at"])
    live.changed(touched_by(incident))
    entry = trail.record(
        "incident.handed_over",
        record=("incident", incident.id),
        actor=member,
        at=at,
        facts={"changed": changed},
    )
    timing.replan(incident, entry)
    return entry
