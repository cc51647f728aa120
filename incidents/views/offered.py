"""What a member of staff may do to an incident now; a verb's form is written once somebody wants it."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from incidents.forms import FORMS, VerbForm
from incidents.forms.fields import read_together
from incidents.lifecycle import MOVES, Party, Status, Verb, verbs_from
from incidents.models import Incident
from incidents.views.told import foreseen
from incidents.views.verbs import form_for
from incidents.words import VERB
from tenancy import wanted
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
# Those that ask something before they are done; the others are a button.
ASKING = FORMS.keys() - {Verb.RELEASE}


Wanted = wanted.Wanted[Verb]


class Verbs:
    """What this member may do now; one that was refused stays, with what was typed."""

    def __init__(
        self, record: Incident, member: Member, forms: Mapping[str, Any], wanted: Wanted | None = None
    ) -> None:
        self.record = record
        self.member = member
        self.forms = forms
        self.wanted = wanted
        self.address = reverse("desk:incident", args=[record.number])
        self.possible = {
            verb
            for verb in verbs_from(Status(record.status), Party.STAFF)
            if member.may(MOVES[verb].permission, record.team_id) and _makes_sense(verb, record)
        } | {verb for verb in Verb if verb in forms}

    def one(self, verb: Verb, *, label: str = "", about: str = "", **starts: Any) -> dict[str, Any] | None:
        """One verb for a template, or None where it may not be done; its form ``starts`` with these values."""
        if verb not in self.possible:
            return None
        this = Wanted(verb, about)
        form = self._form(this, starts)
        found = {
            "label": label or VERB[verb],
            "mark": this.mark,
            "primary": LIKELIEST.get(Status(self.record.status)) is verb,
            "danger": verb in GRAVE,
        }
        if form is None and verb in ASKING:
            return found | {"opens": f"{self.address}?{this.query}"}
        return found | {
            "form": form,
            "open": True,
            "told": foreseen(self.member, self.record, verb),
            "url": reverse("desk:incident-act", args=[self.record.number, verb]),
        }

    def _form(self, this: Wanted, starts: dict[str, Any]) -> VerbForm | None:
        """The form that was sent, or is wanted, or has nothing to ask."""
        sent: VerbForm | None = self.forms.get(this.verb)
        if sent is not None and sent.about == this.about:
            form = sent
        elif this == self.wanted or this.verb is Verb.RELEASE:
            auto_id = f"{this.verb}-{this.about}-%s" if this.about else f"{this.verb}-%s"
            form = form_for(this.verb, self.record, initial=starts, auto_id=auto_id)
        else:
            return None
        read_together(form.fields.values())
        return form

    def bar(self) -> list[dict[str, Any]]:
        """Those in the bar under the title, the likeliest first."""
        found = [self.one(verb) for verb in Verb if verb not in IN_PLACE]
        return sorted(filter(None, found), key=lambda verb: not verb["primary"])


def _makes_sense(verb: Verb, record: Incident) -> bool:
    match verb:
        case Verb.TAKE:
            return record.assignee_id is None
        case Verb.ACKNOWLEDGE:
            return record.acknowledged_at is None
        case Verb.RESET:
            return record.priority_overridden
        case Verb.RESTRICT:
            return not record.restricted and record.team_id is not None
        case Verb.UNRESTRICT:
            return record.restricted
    return True
