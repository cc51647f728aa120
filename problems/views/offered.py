"""What a member may do to a problem now; a verb's form is written once somebody wants it."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from incidents.forms.fields import read_together
from problems.actions.step import may
from problems.forms import FORMS
from problems.lifecycle import Status, Verb, verbs_from
from problems.models import Problem
from problems.queries import reach, waits_for
from problems.views.verbs import PERFORM, form_for
from problems.words import VERB
from tenancy.members import Member

# Those with a place of their own on the page; the rest stand in the bar under the title.
IN_PLACE = frozenset(
    {
        Verb.ASSESS,
        Verb.APPOINT,
        Verb.DESCRIBE,
        Verb.WORK_AROUND,
        Verb.BROADCAST,
        Verb.LINK,
        Verb.UNLINK,
        Verb.NOTE,
        Verb.PLAN,
        Verb.TICK,
        Verb.REVIEW,
        Verb.WATCH,
        Verb.UNWATCH,
    }
)
LIKELIEST = {
    Status.NEW: Verb.INVESTIGATE,
    Status.ASSESSED: Verb.INVESTIGATE,
    Status.INVESTIGATING: Verb.FIX,
    Status.FIXING: Verb.APPLY,
}
GRAVE = frozenset({Verb.ACCEPT, Verb.CANCEL})
# Their forms ask nothing: what they are about is known.
BUTTONS = frozenset({Verb.UNLINK, Verb.TICK})
# Before they are done, these show what they bring to whom.
PREVIEWED = frozenset({Verb.BROADCAST, Verb.APPLY})


class Verbs:
    """What this member may do now; one that was refused stays, with what was typed."""

    def __init__(self, record: Problem, member: Member, forms: Mapping[Verb, Any], wanted: str = "") -> None:
        self.record = record
        self.member = member
        self.forms = forms
        self.wanted = wanted
        self.address = reverse("desk:problem", args=[record.number])
        self.possible = {
            verb
            for verb in verbs_from(Status(record.status))
            if verb in PERFORM and may(member, verb, record) and _makes_sense(verb, record)
        } | forms.keys()

    def one(self, verb: Verb, *, label: str = "", **starts: Any) -> dict[str, Any] | None:
        """One verb for a template, or None where it may not be done; its form ``starts`` with these values."""
        if verb not in self.possible:
            return None
        found: dict[str, Any] = {
            "label": label or VERB[verb],
            "mark": f"do-{verb}",
            "primary": LIKELIEST.get(Status(self.record.status)) is verb,
            "danger": verb in GRAVE,
        }
        asks = (verb in FORMS and verb not in BUTTONS) or verb in PREVIEWED
        if asks and verb not in self.forms and self.wanted != verb:
            return found | {"opens": f"{self.address}?do={verb}"}
        form = self.forms.get(verb) or form_for(verb, self.record, initial=starts)
        read_together(form.fields.values())
        return found | {
            "form": form,
            "open": True,
            "url": reverse("desk:problem-act", args=[self.record.number, verb]),
            "preview": self._preview(verb) if verb in PREVIEWED else None,
        }

    def bar(self) -> list[dict[str, Any]]:
        """Those in the bar under the title, the likeliest first."""
        found = [self.one(verb) for verb in Verb if verb not in IN_PLACE]
        return sorted(filter(None, found), key=lambda verb: not verb["primary"])

    def _preview(self, verb: Verb) -> dict[str, Any]:
        if verb is Verb.BROADCAST:
            told = reach(self.record, self.member)
            return {
                "text": self.record.workaround,
                "change": self.record.workaround_change if self.record.told_edition else "",
                "incidents": told.incidents,
                "people": told.people,
                "unseen": told.unseen,
            }
        seen = self.record.links.all().visible_to(self.member).select_related("incident__reporter")
        waiting = {one.pk for one in self.record.links.filter(waits_for(self.record))}
        return {
            "resolved": [one.incident for one in seen if one.pk in waiting],
            "noted": [one.incident for one in seen if one.pk not in waiting and one.incident.is_open],
        }


def _makes_sense(verb: Verb, record: Problem) -> bool:
    match verb:
        case Verb.BROADCAST:
            return bool(record.workaround) and record.told_edition != record.workaround_edition
        case Verb.UNDO:
            return record.undo_until is not None and record.undo_until > timezone.now()
    return True
