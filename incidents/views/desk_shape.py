"""Shape the queue and the incident for the desk's templates."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.forms import ComposerForm
from incidents.lifecycle import MOVES, Party, Status, Verb, verbs_from
from incidents.models import Hypothesis, Incident, Involvement
from incidents.priority import Priority
from incidents.queries import Tab, conversation, entries, names_in
from incidents.views import shape
from incidents.views.narration import narrate
from incidents.views.verbs import form_for
from incidents.words import VERB
from tenancy.members import Member
from tenancy.models import Membership

TAB_LABELS = {
    "open": gettext_lazy("All open"),
    "unassigned": gettext_lazy("Unassigned"),
    "mine": gettext_lazy("Mine"),
    "teams": gettext_lazy("My teams"),
    "waiting": gettext_lazy("Waiting for requester"),
    "resolved": gettext_lazy("Resolved"),
    "all": gettext_lazy("All"),
}
# Which orders a column's heading switches between, first the one it starts with.
COLUMNS = (
    (gettext_lazy("Incident"), ("title", "-title")),
    (gettext_lazy("Status"), ("status", "-status")),
    (gettext_lazy("Priority"), ("burning", "-burning")),
    (gettext_lazy("Requester"), ()),
    (gettext_lazy("Agent"), ()),
    (gettext_lazy("Reported"), ("newest", "oldest")),
)
# Those with a place of their own on the page; the rest stand in the bar under the title.
IN_PLACE = frozenset(
    {
        Verb.ASSIGN,
        Verb.ROUTE,
        Verb.CLASSIFY,
        Verb.OVERRIDE,
        Verb.RESET,
        Verb.DIAGNOSE,
        Verb.SUSPECT,
        Verb.CONCLUDE,
        Verb.REFER,
        Verb.INVOLVE,
        Verb.RELEASE,
        Verb.REPLY,
        Verb.NOTE,
    }
)
LIKELIEST = {
    Status.NEW: Verb.TAKE,
    Status.IN_PROGRESS: Verb.RESOLVE,
    Status.ON_HOLD: Verb.RESUME,
}
GRAVE = frozenset({Verb.CANCEL})


def tabs(views: Iterable[Tab], current: str, numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    """The queue's tabs with their counts."""
    return [
        {
            "label": TAB_LABELS[tab.name],
            "url": f"?tab={tab.name}",
            "current": tab.name == current,
            "count": numbers.get(tab.name),
        }
        for tab in views
    ]


def clear_url(query: QueryDict, tab: str) -> str:
    """This tab without its filters; empty when none is set."""
    is_filtered = any(value for name, value in query.items() if name not in {"tab", "sort", "page"})
    return f"?tab={tab}" if is_filtered else ""


def columns(query: QueryDict, order: str) -> list[dict[str, str]]:
    """The headings: each leads to its other order."""
    order = order or "burning"
    return [
        {"label": str(label), "url": _sorted_by(query, orders, order), "direction": _direction(orders, order)}
        for label, orders in COLUMNS
    ]


def _sorted_by(query: QueryDict, orders: tuple[str, ...], order: str) -> str:
    if not orders:
        return ""
    again = query.copy()
    again["sort"] = orders[1] if order == orders[0] else orders[0]
    again.pop("page", None)
    return f"?{again.urlencode()}"


def _direction(orders: tuple[str, ...], order: str) -> str:
    return "" if order not in orders else "ascending" if order == orders[0] else "descending"


def row(record: Incident) -> dict[str, Any]:
    """One line of the queue."""
    heat, heat_label = _heat(record)
    return {
        "number": record.label,
        "title": record.title,
        "url": reverse("desk:incident", args=[record.number]),
        "status": record.status,
        "waiting_for": shape.waiting_for(record, mine=False),
        "priority": record.priority,
        "service_name": record.service.name if record.service else "",
        "type_name": record.type.name if record.type else "",
        "requester_name": record.reporter.name,
        "requester_initials": record.reporter.initials,
        "assignee_name": record.assignee.name if record.assignee else "",
        "assignee_initials": record.assignee.initials if record.assignee else "",
        "team_name": record.team.name if record.team else "",
        "reported_at": record.reported_at,
        "heat": heat,
        "heat_label": heat_label,
        "restricted": record.restricted,
        "escalation_level": record.escalation_level,
        "reopened_count": record.reopened_count,
    }


def _heat(record: Incident) -> tuple[str, str]:
    urgent = record.priority in (Priority.P1, Priority.P2)
    if not record.is_open or not urgent:
        return "", ""
    if record.assignee_id is None:
        return "hot", _("Nobody has it")
    return ("hot" if record.priority == Priority.P1 else "warm"), ""


def incident(record: Incident, member: Member, forms: Mapping[str, Any], composer: ComposerForm) -> dict[str, Any]:
    """Everything on the incident's page."""
    verbs = _Verbs(record, member, forms)
    trail = list(entries(record))
    names = names_in(trail)
    return {
        "incident": {**row(record), "escalation_level": record.escalation_level},
        "conversation": shape.conversation(conversation(record, internal=True), member),
        "composer": _composer(record, member, composer, forms),
        "verbs": verbs.bar(),
        "resolution": _resolution(record, member),
        "hypotheses": [_hypothesis(one, verbs) for one in record.hypotheses.select_related("author")],
        "add_hypothesis": verbs.one(Verb.SUSPECT),
        "add_reference": verbs.one(Verb.REFER),
        "add_person": verbs.one(Verb.INVOLVE),
        "side": _side(record, verbs),
        "people": _people(record, verbs),
        "references": [
            {"label": one.get_kind_display(), "text": one.value, "url": one.url} for one in record.references.all()
        ],
        "files": shape.file_facts(record.attachments.all()),
        "trail": [
            {"at": one.at, "actor_name": one.actor.name if one.actor else "", "text": narrate(one, names)}
            for one in reversed(trail)
        ],
        "panels": [],
    }


class _Verbs:
    """What this member may do now, each with its form; one that was refused stays, with what was typed."""

    def __init__(self, record: Incident, member: Member, forms: Mapping[str, Any]) -> None:
        self.record = record
        self.forms = forms
        self.possible = {
            verb
            for verb in verbs_from(Status(record.status), Party.STAFF)
            if member.may(MOVES[verb].permission, record.team_id) and _makes_sense(verb, record)
        } | {verb for verb in Verb if verb in forms}

    def one(self, verb: Verb, form: Any = None, label: str = "") -> dict[str, Any] | None:
        """One verb for a template, or None where it may not be done."""
        if verb not in self.possible:
            return None
        sent = self.forms.get(verb)
        return {
            "name": verb.value,
            "label": label or VERB[verb],
            "url": reverse("desk:incident-act", args=[self.record.number, verb]),
            "form": sent or form or form_for(verb, self.record),
            "primary": LIKELIEST.get(Status(self.record.status)) is verb,
            "danger": verb in GRAVE,
            "open": sent is not None,
        }

    def bar(self) -> list[dict[str, Any]]:
        """Those in the bar under the title, the likeliest first."""
        found = [self.one(verb) for verb in Verb if verb not in IN_PLACE]
        return sorted(filter(None, found), key=lambda verb: not verb["primary"])


def _makes_sense(verb: Verb, record: Incident) -> bool:
    match verb:
        case Verb.TAKE:
            return record.assignee_id is None
        case Verb.RESET:
            return record.priority_overridden
        case Verb.RESTRICT:
            return not record.restricted and record.team_id is not None
        case Verb.UNRESTRICT:
            return record.restricted
    return True


def _composer(record: Incident, member: Member, form: ComposerForm, forms: Mapping[str, Any]) -> dict[str, Any] | None:
    writes = member.may("incident.note", record.team_id) or "composer" in forms
    if not writes:
        return None
    url = reverse("desk:incident-compose", args=[record.number])
    return {"form": form, "url": url, "to": record.reporter.name}


def _resolution(record: Incident, member: Member) -> list[dict[str, str]] | None:
    if not record.resolution_code and not record.ending:
        return None
    facts = {
        _("Resolution"): record.get_resolution_code_display() if record.resolution_code else "",
        _("What was done"): record.resolution_note if record.resolution_code else "",
        _("Tested"): record.tested_how if record.resolution_code else "",
        _("Root cause"): record.root_cause,
        _("Ended"): record.get_ending_display() if record.ending else "",
        _("Duplicate of"): _original(record, member),
        _("Tried again"): record.retested_how,
        _("Rating"): f"{record.rating}/5" if record.rating else "",
        _("Their word"): record.rating_word,
    }
    return [{"label": label, "value": value} for label, value in facts.items() if value]


def _original(record: Incident, member: Member) -> str:
    """What goes on in its place; restricted incidents aren't named to those who can't see them."""
    found = record.duplicate_of_id and Incident.objects.for_desk(member).filter(pk=record.duplicate_of_id).first()
    return found.label if found else ""


def _hypothesis(one: Hypothesis, verbs: _Verbs) -> dict[str, Any]:
    refused = verbs.forms.get(Verb.CONCLUDE)
    mine = refused is not None and refused["hypothesis"].value() == str(one.pk)
    initial = {"hypothesis": one.pk, "outcome": one.outcome, "test": one.test, "as_root_cause": True}
    form = form_for(Verb.CONCLUDE, verbs.record, initial=initial, auto_id=f"conclude-{one.pk}-%s")
    verb = verbs.one(Verb.CONCLUDE, form, label=_("Conclude"))
    if verb and not mine:
        verb |= {"form": form, "open": False}
    return {
        "suspected": one.suspicion,
        "tested": one.test,
        "outcome": one.outcome,
        "outcome_label": one.get_outcome_display(),
        "author_name": one.author.name,
        "at": one.at,
        "verbs": [verb] if verb else [],
    }


def _side(record: Incident, verbs: _Verbs) -> list[dict[str, Any]]:
    priority = _("%(priority)s, by hand") if record.priority_overridden else "%(priority)s"
    return [
        _card(
            _("Assignment"),
            {
                _("Agent"): record.assignee.name if record.assignee else _("Nobody"),
                _("Team"): record.team.name if record.team else "",
            },
            verbs.one(Verb.ASSIGN),
            verbs.one(Verb.ROUTE),
        ),
        _card(
            _("Classification"),
            {
                _("Priority"): priority % {"priority": record.priority},
                _("Type"): record.type.name if record.type else "",
                _("Category"): record.category.path if record.category else "",
                _("Service"): record.service.name if record.service else "",
                _("Impact"): record.get_impact_display(),
                _("Urgency"): record.get_urgency_display(),
                _("Risk"): record.get_risk_display(),
                _("Severity"): record.get_severity_display() if record.severity else "",
                _("Root cause"): record.root_cause,
            },
            verbs.one(Verb.CLASSIFY),
            verbs.one(Verb.OVERRIDE),
            verbs.one(Verb.RESET),
            verbs.one(Verb.DIAGNOSE),
        ),
        _card(
            _("Dates"),
            {
                _("Happened"): shape.happened(record),
                _("Reported"): shape.moment(record.reported_at),
                _("Came in by"): record.get_source_display(),
                _("Their reference"): record.source_reference,
                _("Error code"): record.error_code,
                _("On hold until"): shape.moment(record.hold_until),
                _("Resolved"): shape.moment(record.resolved_at),
                _("Ended"): shape.moment(record.ended_at),
            },
        ),
    ]


def _card(title: str, facts: Mapping[str, Any], *verbs: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "title": title,
        "facts": [{"label": label, "value": value} for label, value in facts.items() if value or verbs],
        "verbs": [verb for verb in verbs if verb],
    }


def _people(record: Incident, verbs: _Verbs) -> list[dict[str, Any]]:
    involved = Involvement.objects.filter(incident=record).select_related("membership")
    found = [_person(_("Reported by"), record.reporter)]
    if record.logged_by_id != record.reporter_id:
        found.append(_person(_("Logged by"), record.logged_by))
    return found + [
        {**_person(one.get_part_display(), one.membership), "verb": _release(one, verbs)} for one in involved
    ]


def _person(label: str, person: Membership) -> dict[str, Any]:
    return {
        "role_label": label,
        "name": person.name,
        "initials": person.initials,
        "mail": person.mail,
        "phone": person.phone,
        "left": not person.is_active,
    }


def _release(one: Involvement, verbs: _Verbs) -> dict[str, Any] | None:
    initial = {"person": one.membership_id, "part": one.part}
    form = form_for(Verb.RELEASE, verbs.record, initial=initial, auto_id=f"release-{one.pk}-%s")
    verb = verbs.one(Verb.RELEASE, label=_("Remove"))
    return verb and verb | {"form": form}
