"""Who will receive what and why, before anything is sent: as a form shows it."""

from collections import Counter
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.actions.notices import Told, foresee
from incidents.lifecycle import Verb
from incidents.models import Incident
from notifications.wishes import How
from tenancy.members import Member
from tenancy.models import Membership

REASON = {
    "reporter": gettext_lazy("reported it"),
    "assignee": gettext_lazy("works on it"),
    "affected": gettext_lazy("is affected"),
    "participant": gettext_lazy("takes part"),
    "watcher": gettext_lazy("watches it"),
    "stakeholder": gettext_lazy("follows the service"),
    "team_lead": gettext_lazy("leads the team"),
    "incident_manager": gettext_lazy("manages incidents"),
}
# The requester's side is told what they are, not who.
OUTSIDE = {
    "reporter": gettext_lazy("who reported it"),
    "affected": gettext_lazy("who is affected"),
    "participant": gettext_lazy("who takes part"),
    "watcher": gettext_lazy("who watches it"),
    "stakeholder": gettext_lazy("who follows the service"),
}
SPARED = {
    How.OFF: gettext_lazy("has turned this off"),
    How.NO_ADDRESS: gettext_lazy("has no mail address"),
    How.REFUSED: gettext_lazy("the address does not take mail"),
}
_PRIORITY = gettext_lazy("If its priority changes by it.")
ONLY_IF = {
    Verb.HOLD: gettext_lazy("For a question to the requester. Of any other wait, whoever follows it is told."),
    Verb.CLASSIFY: _PRIORITY,
    Verb.OVERRIDE: _PRIORITY,
    Verb.RESET: _PRIORITY,
    Verb.ASSIGN: gettext_lazy("Whoever you choose gets a mail, unless it is yourself."),
}


def foreseen(member: Member, incident: Incident, verb: Verb, people: list[Membership] | None = None) -> dict[str, Any]:
    """Whom this verb would tell, for ``components/told.html``."""
    if verb is Verb.ASSIGN:
        return {"only_if": ONLY_IF[verb]}
    found = foresee(member, incident, verb, at=timezone.now(), people=people)
    sent = [_row(one) for one in found or () if one.fate.is_sent]
    spared = [{"name": one.to.name, "why": SPARED[one.fate.how]} for one in found or () if not one.fate.is_sent]
    return {"sent": sent, "spared": spared, "only_if": ONLY_IF.get(verb, "") if sent else "", "nobody": not sent}


def _row(one: Told) -> dict[str, str]:
    return {"name": one.to.name, "why": ", ".join(str(REASON[reason]) for reason in one.reasons), "when": _when(one)}


def _when(one: Told) -> str:
    if one.fate.until is None:
        return ""
    return _("at %(time)s, after their quiet hours") % {
        "time": date_format(timezone.localtime(one.fate.until), "TIME_FORMAT")
    }


def foreseen_outside(
    member: Member, incident: Incident, verb: Verb, people: list[Membership] | None = None
) -> dict[str, Any]:
    """The same for the requester's side: whoever works on it by name, of the others how many there are and why."""
    sent = [one for one in foresee(member, incident, verb, at=timezone.now(), people=people) or () if one.fate.is_sent]
    named = [_("%(name)s, who works on it") % {"name": one.to.name} for one in sent if one.reasons[0] == "assignee"]
    others = Counter(one.reasons[0] for one in sent if one.reasons[0] != "assignee")
    outside = named + [f"{count} × {OUTSIDE[reason]}" for reason, count in others.items()]
    return {"outside": outside, "nobody": not outside}
