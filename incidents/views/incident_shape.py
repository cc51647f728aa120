"""Shape the incident for the desk's template."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from incidents.audience import REPORTER, parts_of, people_around
from incidents.forms import ComposerForm
from incidents.lifecycle import Verb
from incidents.models import Hypothesis, Incident, Involvement
from incidents.queries import conversation, files_of, hypotheses_of, names_in, references_of, whole_trail
from incidents.views import shape
from incidents.views.escalating import escalation_of
from incidents.views.narration import narrate
from incidents.views.offered import ASKING, Verbs, Wanted
from incidents.views.promises import promises
from incidents.views.queue_shape import row
from incidents.views.told import foreseen
from tenancy.members import Member
from tenancy.models import Membership


def incident(verbs: Verbs, composer: ComposerForm) -> dict[str, Any]:
    """Everything on the incident's page."""
    record, member = verbs.record, verbs.member
    trail = whole_trail(record)
    names = names_in(trail, (record.reporter, record.assignee, record.team, *(one.actor for one in trail)))
    files = files_of(record)
    around = people_around(record, (REPORTER, *Involvement.Part.values))
    return {
        "incident": {**row(record), "escalation_level": record.escalation_level},
        "address": f"{verbs.address}?{verbs.wanted.query}" if verbs.wanted else verbs.address,
        "conversation": shape.conversation(conversation(record, internal=True, files=files, trail=trail), member),
        "composer": _composer(verbs, composer, around),
        "verbs": verbs.bar(),
        "resolution": _resolution(record, member),
        "hypotheses": [_hypothesis(one, verbs) for one in hypotheses_of(record)],
        "add_hypothesis": verbs.one(Verb.SUSPECT),
        "add_reference": verbs.one(Verb.REFER),
        "add_person": verbs.one(Verb.INVOLVE),
        "side": _side(record, verbs),
        "promises": promises(record),
        "escalation": escalation_of(record),
        "people": _people(record, verbs, around),
        "references": [
            {"label": one.get_kind_display(), "text": one.value, "url": one.url} for one in references_of(record)
        ],
        "files": shape.file_facts(files),
        "trail": [
            {"at": one.at, "actor_name": one.actor.name if one.actor else "", "text": narrate(one, names)}
            for one in reversed(trail)
        ],
        "panels": [
            {"mark": f"panel-{place}", "label": label, "url": reverse(name, args=[record.number])}
            for place, (name, label) in enumerate(settings.INCIDENT_PANELS.items())
        ],
    }


def opened(verbs: Verbs, wanted: Wanted) -> dict[str, Any] | None:
    """The one verb whose form is wanted, or None where there is none now."""
    if wanted.verb not in ASKING:
        return None
    if wanted.verb is Verb.CONCLUDE:
        found = [one for one in verbs.record.hypotheses.all() if str(one.public_id) == wanted.about]
        return _conclude(found[0], verbs) if found else None
    return verbs.one(wanted.verb, about=wanted.about)


def _composer(verbs: Verbs, form: ComposerForm, around: list[Membership]) -> dict[str, Any] | None:
    record = verbs.record
    writes = verbs.member.may("incident.note", record.team_id) or "composer" in verbs.forms
    if not writes:
        return None
    url = reverse("desk:incident-compose", args=[record.number])
    told = foreseen(verbs.member, record, Verb.REPLY, around)
    return {"form": form, "url": url, "to": record.reporter.name, "told": told}


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


def _hypothesis(one: Hypothesis, verbs: Verbs) -> dict[str, Any]:
    verb = _conclude(one, verbs)
    return {
        "suspected": one.suspicion,
        "tested": one.test,
        "outcome": one.outcome,
        "outcome_label": one.get_outcome_display(),
        "author_name": one.author.name,
        "at": one.at,
        "verbs": [verb] if verb else [],
    }


def _conclude(one: Hypothesis, verbs: Verbs) -> dict[str, Any] | None:
    starts = {"hypothesis": one.public_id, "outcome": one.outcome, "test": one.test, "as_root_cause": True}
    return verbs.one(Verb.CONCLUDE, label=_("Conclude"), about=str(one.public_id), **starts)


def _side(record: Incident, verbs: Verbs) -> list[dict[str, Any]]:
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


def _people(record: Incident, verbs: Verbs, around: list[Membership]) -> list[dict[str, Any]]:
    found = [_person(_("Reported by"), record.reporter)]
    if record.logged_by_id != record.reporter_id:
        found.append(_person(_("Logged by"), record.logged_by))
    return found + [
        {**_person(str(Involvement.Part(part).label), person), "verb": _release(person, part, verbs)}
        for person in around
        for part in parts_of(person)
    ]


def _person(label: str, person: Membership) -> dict[str, Any]:
    return {
        "role_label": label,
        "name": person.name,
        "initials": person.initials,
        "mail": person.mail,
        "phone": person.phone,
        "left": not person.is_active,
        "refused": person.mail_refused_at is not None,
    }


def _release(person: Membership, part: str, verbs: Verbs) -> dict[str, Any] | None:
    named = person.public_id
    return verbs.one(Verb.RELEASE, label=_("Remove"), about=f"{part}-{named}", person=named, part=part)
