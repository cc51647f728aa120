"""What a member of staff may do to an incident now, each verb with its form."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from incidents.forms.fields import read_together
from incidents.lifecycle import MOVES, Party, Status, Verb, verbs_from
from incidents.models import Incident
from incidents.views.verbs import form_for
from incidents.words import VERB
from tenancy.members import Member

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


class Verbs:
    """What this member may do now, each with its form; one that was refused stays, with what was typed."""

    def __init__(self, record: Incident, member: Member, forms: Mapping[str, Any]) -> None:
        self.record = record
        self.forms = forms
        self.made: dict[Verb, Any] = {}
        self.possible = {
            verb
            for verb in verbs_from(Status(record.status), Party.STAFF)
            if member.may(MOVES[verb].permission, record.team_id) and _makes_sense(verb, record)
        } | {verb for verb in Verb if verb in forms}

    def read_choices(self) -> None:
        """Read what all the forms of the page offer, in one statement."""
        self.made = {verb: form_for(verb, self.record) for verb in self.possible if verb not in self.forms}
        shown = [*self.made.values(), *(form for verb, form in self.forms.items() if verb in self.possible)]
        read_together(field for form in shown for field in form.fields.values())

    def one(self, verb: Verb, form: Any = None, label: str = "") -> dict[str, Any] | None:
        """One verb for a template, or None where it may not be done."""
        if verb not in self.possible:
            return None
        sent = self.forms.get(verb)
        return {
            "name": verb.value,
            "label": label or VERB[verb],
            "url": reverse("desk:incident-act", args=[self.record.number, verb]),
            "form": sent or form or self.made[verb],
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
