"""Readings that span several models: the conversation, the trail in words, the queue's counts."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Value

from incidents import history
from incidents.history import Entry, History
from incidents.lifecycle import OPEN, HoldReason, Status
from incidents.models import (
    Attachment,
    Category,
    Clock,
    Escalation,
    Hypothesis,
    Incident,
    IncidentQuerySet,
    IncidentType,
    Message,
    Reference,
    Service,
)
from tenancy.members import Member
from tenancy.models import Membership, Team, TrailEntry
from tenancy.wall import OneOf, Written


@dataclass(frozen=True)
class Said:
    """One entry of a conversation: somebody's words, or, without text, something that happened."""

    at: datetime
    author: Membership | None
    text: str
    kind: str
    internal: bool = False
    files: list[Attachment] = field(default_factory=list)
    entry: TrailEntry | None = None


def conversation(
    incident: Incident, *, internal: bool, files: list[Attachment] | None = None, trail: list[TrailEntry] | None = None
) -> list[Said]:
    """The report, the messages and the changes of status, oldest first; internal ones only when asked for.

    Who has read all ``files`` or the ``trail`` already hands them in.
    """
    if files is None:
        files = files_of(incident) if internal else list(incident.attachments.filter(internal=False))
    moved = changes_of_status(incident) if trail is None else filter(_moved_it, trail)
    by_message: dict[int | None, list[Attachment]] = {}
    for file in files:
        by_message.setdefault(file.message_id, []).append(file)
    report = Said(
        incident.reported_at,
        incident.reporter,
        incident.description,
        "report",
        files=by_message.get(None, []),
    )
    said = [
        Said(m.at, m.author, m.text, m.kind, m.internal, by_message.get(m.id, []))
        for m in _messages(incident.id, internal=internal)
    ]
    happened = [Said(e.at, e.actor, "", "event", entry=e) for e in moved]
    return [report, *sorted([*happened, *said], key=lambda one: one.at)]


def _make_messages(incident_id: int, *, internal: bool) -> QuerySet[Message]:
    messages = Message.objects.filter(incident=incident_id).select_related("author")
    return messages if internal else messages.filter(internal=False)


_messages = Written(_make_messages)


def changes_of_status(incident: Incident) -> Iterable[TrailEntry]:
    """The trail's entries after which somebody else had to move."""
    return entries(incident).filter(Q(facts__changed__has_key="status") | Q(facts__changed__has_key="hold_reason"))


def _moved_it(entry: TrailEntry) -> bool:
    return not {"status", "hold_reason"}.isdisjoint(entry.facts.get("changed", {}))


def entries(incident: Incident) -> QuerySet[TrailEntry]:
    """The record's trail, oldest first."""
    return _entries_of(incident.id)


def _entries_of(incident_id: int) -> QuerySet[TrailEntry]:
    return TrailEntry.objects.filter(record="incident", record_id=incident_id).select_related("actor").order_by("id")


def whole_trail(incident: Incident) -> list[TrailEntry]:
    """All of it at once."""
    return _trail(incident.id)


def files_of(incident: Incident) -> list[Attachment]:
    """Every file, internal ones among them."""
    return _files(incident.id)


def hypotheses_of(incident: Incident) -> list[Hypothesis]:
    """What was suspected, with who did."""
    return _hypotheses(incident.id)


def references_of(incident: Incident) -> list[Reference]:
    """The numbers that others gave it."""
    return _references(incident.id)


_trail = Written(_entries_of)
_files = Written(lambda incident_id: Attachment.objects.filter(incident=incident_id))
_hypotheses = Written(lambda incident_id: Hypothesis.objects.filter(incident=incident_id).select_related("author"))
_references = Written(lambda incident_id: Reference.objects.filter(incident=incident_id))


def history_of(incident: Incident) -> History:
    """What its clocks are made of, from its trail."""
    return history.tell(_happened(incident.pk))


def histories_of(numbers: Collection[int]) -> dict[int, History]:
    """The same for many incidents at once, by their ids."""
    entries = TrailEntry.objects.filter(record="incident", record_id__in=numbers, kind__in=history.KINDS)
    told: dict[int, list[Entry]] = {number: [] for number in numbers}
    for number, *entry in entries.order_by("id").values_list("record_id", "kind", "at", "facts"):
        told[number].append((entry[0], entry[1], entry[2]))
    return {number: history.tell(found) for number, found in told.items()}


def _make_happened(incident_id: int) -> "QuerySet[TrailEntry, Any]":
    entries = TrailEntry.objects.filter(record="incident", record_id=incident_id, kind__in=sorted(history.KINDS))
    return entries.order_by("id").values_list("kind", "at", "facts")


def clocks_of_many(numbers: Iterable[int]) -> list[Clock]:
    """The clocks of these incidents, by their ids."""
    return _clocks(tuple(numbers))


_clocks = Written(lambda numbers: Clock.objects.filter(OneOf("incident", numbers)))


_happened: Written[Any] = Written(_make_happened)


def open_question(incident: Incident) -> Message | None:
    """The question that an incident on hold waits for, if it waits for the requester."""
    if incident.status != Status.ON_HOLD or incident.hold_reason != HoldReason.REQUESTER:
        return None
    return incident.messages.filter(kind=Message.Kind.QUESTION).select_related("author").last()


def offers(incident: Incident) -> Any:
    """The steps after which a mail may offer a link, oldest first: every change of status, and every hold asks anew."""
    return entries(incident).filter(Q(facts__changed__has_key="status") | Q(kind="incident.held"))


NAMED = {
    "team_id": Team,
    "assignee_id": Membership,
    "reporter_id": Membership,
    "resolved_by_id": Membership,
    "service_id": Service,
    "category_id": Category,
    "type_id": IncidentType,
}
# What a record is called; where it has no name of its own, its path.
LABEL: dict[type[Any], str] = {Category: "path"}


def names_in(trail: Iterable[TrailEntry], known: Iterable[Any] = ()) -> dict[tuple[str, int], str]:
    """The names behind the ids in trail entries: of the ``known`` as they are, of the others in one statement."""
    names = {(type(one).__name__, one.pk): str(one.name) for one in known if one}
    parts = [
        model.objects.filter(pk__in=ids).values_list(Value(model.__name__), "pk", LABEL.get(model, "name")).order_by()
        for model, wanted in _named_in(trail).items()
        if (ids := [one for one in wanted if (model.__name__, one) not in names])
    ]
    found = parts[0].union(*parts[1:], all=True) if parts else ()
    return names | {(kind, pk): name for kind, pk, name in found}


def _named_in(trail: Iterable[TrailEntry]) -> dict[type[Any], set[int]]:
    wanted: dict[type[Any], set[int]] = {}
    for entry in trail:
        for name, pair in entry.facts.get("changed", {}).items():
            if name in NAMED and isinstance(pair, list):
                wanted.setdefault(NAMED[name], set()).update(one for one in pair if one)
        if person := entry.facts.get("person_id"):
            wanted.setdefault(Membership, set()).add(person)
    return wanted


@dataclass(frozen=True)
class Tab:
    """A view of the queue."""

    name: str
    condition: Q


def tabs(member: Member) -> list[Tab]:
    """The queue's views, as this member means them."""
    is_open = Q(status__in=OPEN)
    return [
        Tab("open", is_open),
        Tab("unassigned", is_open & Q(assignee=None)),
        Tab("mine", is_open & Q(assignee=member.id)),
        Tab("teams", is_open & Q(team__in=member.team_ids)),
        Tab("waiting", Q(status=Status.ON_HOLD, hold_reason=HoldReason.REQUESTER)),
        Tab("resolved", Q(status=Status.RESOLVED)),
        Tab("all", Q()),
    ]


def counts(incidents: IncidentQuerySet, member: Member) -> dict[str, int]:
    """How many incidents each view holds; all but "all", which nobody needs to hear."""
    return incidents.filter(Q(status__in=[*OPEN, Status.RESOLVED])).aggregate(
        **{tab.name: Count("pk", filter=tab.condition) for tab in tabs(member) if tab.name != "all"}
    )


def is_unanswered(still: Mapping[str, Any]) -> bool:
    """Whether nobody has answered an escalation yet, so that a letter of it is still worth sending."""
    return is_unsolved(still) and Incident.objects.filter(pk=still["incident"], acknowledged_at=None).exists()


def is_unsolved(still: Mapping[str, Any]) -> bool:
    """Whether this generation of an incident's escalation still goes on."""
    under_way = Escalation.objects.filter(
        incident=still["incident"], generation=still["generation"], is_over=False, incident__status__in=OPEN
    )
    return under_way.exists()
