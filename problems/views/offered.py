"""What a member may do to a problem now; a verb's form is written once somebody wants it."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from incidents.forms.fields import read_together
from problems.actions.step import makes_sense, may
from problems.forms import FORMS, ProblemForm
from problems.lifecycle import MOVES, Status, Verb, verbs_from
from problems.models import Problem
from problems.queries import reach, waits_for
from problems.views.files import kept
from problems.views.verbs import PERFORM, form_for
from problems.words import VERB
from tenancy import wanted
from tenancy.members import Member

# What is done on the page of the analysis.
ON_STATEMENT = frozenset({Verb.STATE, Verb.REWORD, Verb.SUPPORT, Verb.JUDGE})
ON_ANALYSIS = ON_STATEMENT | {Verb.ADOPT, Verb.WITHDRAW}
# Those with a place of their own on the page; the rest stand in the bar under the title.
IN_PLACE = ON_ANALYSIS | frozenset(
    {
        Verb.ASSESS,
        Verb.APPOINT,
        Verb.DESCRIBE,
        Verb.WORK_AROUND,
        Verb.BROADCAST,
        Verb.LINK,
        Verb.UNLINK,
        Verb.NOTE,
        Verb.ATTACH,
        Verb.PLAN,
        Verb.TICK,
        Verb.REVIEW,
        Verb.WATCH,
        Verb.UNWATCH,
    }
)
# While its cause is not known; once it is, the fix is next.
LIKELIEST = {
    Status.NEW: Verb.INVESTIGATE,
    Status.ASSESSED: Verb.INVESTIGATE,
    Status.INVESTIGATING: Verb.ESTABLISH,
    Status.FIXING: Verb.APPLY,
}
GRAVE = frozenset({Verb.ACCEPT, Verb.CANCEL})
# Their forms ask nothing: what they are about is known.
BUTTONS = frozenset({Verb.UNLINK, Verb.TICK, Verb.ADOPT})
# Before they are done, these show what they bring to whom.
PREVIEWED = frozenset({Verb.BROADCAST, Verb.APPLY})


Wanted = wanted.Wanted[Verb]


def page_of(verb: Verb, record: Problem) -> str:
    """The address of the page on which the verb is offered."""
    return reverse("desk:problem-analysis" if verb in ON_ANALYSIS else "desk:problem", args=[record.number])


def place_of(verb: Verb, about: str) -> str:
    """Where on its page that stands which the verb was about."""
    thing = "statement" if verb in ON_STATEMENT else "evidence" if verb is Verb.WITHDRAW else ""
    return f"#{thing}-{about}" if thing and about else ""


def likeliest(record: Problem) -> Verb | None:
    """The step that is open now."""
    status = Status(record.status)
    fixable = record.cause_known_at is not None and status in MOVES[Verb.FIX].targets
    return Verb.FIX if fixable else LIKELIEST.get(status)


class Verbs:
    """What this member may do now; one that was refused stays, with what was typed."""

    def __init__(
        self, record: Problem, member: Member, forms: Mapping[Verb, ProblemForm], wanted: Wanted | None = None
    ) -> None:
        self.record = record
        self.member = member
        self.forms = forms
        self.wanted = wanted
        now = timezone.now()
        self.possible = {
            verb
            for verb in verbs_from(Status(record.status))
            if verb in PERFORM and may(member, verb, record) and makes_sense(verb, record, now)
        } | forms.keys()

    def one(self, verb: Verb, *, label: str = "", about: str = "", **starts: Any) -> dict[str, Any] | None:
        """One verb for a template, or None where it may not be done; its form ``starts`` with these values."""
        if verb not in self.possible:
            return None
        this = Wanted(verb, about)
        found: dict[str, Any] = {
            "label": label or VERB[verb],
            "mark": this.mark,
            "primary": likeliest(self.record) is verb,
            "danger": verb in GRAVE,
        }
        asks = (verb in FORMS and verb not in BUTTONS) or verb in PREVIEWED
        sent = self.forms.get(verb)
        sent = sent if sent and sent.about == about else None
        if asks and sent is None and self.wanted != this:
            return found | {"opens": f"{page_of(verb, self.record)}?{this.query}"}
        form = sent or form_for(verb, self.record, self.member, about=about, initial=starts)
        read_together(form.fields.values())
        return found | {
            "form": form,
            "hint": form.hint,
            "needs": page_of(Verb.JUDGE, self.record) if form.is_early else "",
            "open": True,
            "url": reverse("desk:problem-act", args=[self.record.number, verb]),
            "kept_files": kept(form),
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
