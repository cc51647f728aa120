"""The words people read for what the rules call by a term."""

from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.lifecycle import Awaited, HoldReason, Refused, Status, Verb
from incidents.priority import Impact, Risk, Severity, Urgency
from incidents.sla import Measure, State

STATUS = {
    Status.NEW: _("New"),
    Status.IN_PROGRESS: _("In progress"),
    Status.ON_HOLD: _("On hold"),
    Status.RESOLVED: _("Resolved"),
    Status.CLOSED: _("Closed"),
    Status.CANCELLED: _("Cancelled"),
}
# The end of a sentence about an incident.
STANDS = {
    Status.NEW: _("the incident is new"),
    Status.IN_PROGRESS: _("the incident is in progress"),
    Status.ON_HOLD: _("the incident is on hold"),
    Status.RESOLVED: _("the incident is resolved"),
    Status.CLOSED: _("the incident is closed"),
    Status.CANCELLED: _("the incident is cancelled"),
}
HOLD_REASON = {
    HoldReason.REQUESTER: _("Requester"),
    HoldReason.SUPPLIER: _("Supplier"),
    HoldReason.PROBLEM: _("Problem"),
    HoldReason.CHANGE: _("Change"),
    HoldReason.SCHEDULED: _("Scheduled date"),
}
MEASURE = {
    Measure.RESPONSE: _("First answer"),
    Measure.UPDATE: _("Update"),
    Measure.RESOLUTION: _("Solution"),
}
CLOCK_STATE = {
    State.RUNS: _("runs"),
    State.PAUSES: _("pauses"),
    State.STOPPED: _("has ended"),
}
IMPACT = {
    Impact.ORGANISATION: _("Whole organisation"),
    Impact.DEPARTMENT: _("Department"),
    Impact.GROUP: _("Group"),
    Impact.PERSON: _("One person"),
}
URGENCY = {
    Urgency.CRITICAL: _("Critical"),
    Urgency.HIGH: _("High"),
    Urgency.MEDIUM: _("Medium"),
    Urgency.LOW: _("Low"),
}
RISK = {Risk.HIGH: _("High"), Risk.MEDIUM: _("Medium"), Risk.LOW: _("Low")}
SEVERITY = {
    Severity.DOWN: _("Service is down"),
    Severity.DEGRADED: _("Service is degraded"),
    Severity.MINOR: _("Minor flaw"),
}
AWAITED = {
    Awaited.DESK: _("the service desk"),
    Awaited.AGENT: _("the agent"),
    Awaited.REQUESTER: _("the requester"),
    Awaited.SUPPLIER: _("a supplier"),
    Awaited.PROBLEM: _("a problem's fix"),
    Awaited.CHANGE: _("a change"),
    Awaited.DATE: _("a date"),
    Awaited.NOBODY: _("nobody"),
}
VERB = {
    Verb.TAKE: _("Take it"),
    Verb.ACKNOWLEDGE: _("Acknowledge"),
    Verb.ASSIGN: _("Assign"),
    Verb.ROUTE: _("Move to team"),
    Verb.CLASSIFY: _("Classify"),
    Verb.OVERRIDE: _("Override priority"),
    Verb.RESET: _("Reset priority"),
    Verb.RESTRICT: _("Restrict"),
    Verb.UNRESTRICT: _("Lift restriction"),
    Verb.HOLD: _("Put on hold"),
    Verb.RESUME: _("Resume"),
    Verb.RESOLVE: _("Resolve"),
    Verb.REOPEN: _("Reopen"),
    Verb.CLOSE: _("Close for the reporter"),
    Verb.CANCEL: _("Cancel the incident"),
    Verb.REPLY: _("Reply"),
    Verb.NOTE: _("Add internal note"),
    Verb.SUSPECT: _("Add hypothesis"),
    Verb.CONCLUDE: _("Conclude hypothesis"),
    Verb.DIAGNOSE: _("Set root cause"),
    Verb.REFER: _("Add reference"),
    Verb.INVOLVE: _("Add person"),
    Verb.RELEASE: _("Remove person"),
    Verb.COMMENT: _("Reply"),
    Verb.ANSWER: _("Answer"),
    Verb.WITHDRAW: _("Withdraw"),
    Verb.CONFIRM: _("It works"),
    Verb.REJECT: _("Still broken"),
    Verb.CONTEST: _("Not so"),
}
# What is said after a verb was done.
DONE = {
    Verb.TAKE: _("It is yours now."),
    Verb.ACKNOWLEDGE: _("Acknowledged: nobody else is called for it."),
    Verb.ASSIGN: _("Assigned."),
    Verb.ROUTE: _("Moved to the team."),
    Verb.CLASSIFY: _("The classification is saved."),
    Verb.OVERRIDE: _("The priority is set by hand."),
    Verb.RESET: _("The matrix sets the priority again."),
    Verb.RESTRICT: _("Restricted: only its team, incident managers and auditors see it now."),
    Verb.UNRESTRICT: _("The restriction is lifted."),
    Verb.HOLD: _("Put on hold."),
    Verb.RESUME: _("Work goes on."),
    Verb.RESOLVE: _("Resolved. The reporter is asked to confirm."),
    Verb.REOPEN: _("Reopened."),
    Verb.CLOSE: _("Closed. The reporter is told."),
    Verb.CANCEL: _("Cancelled. The reporter is told."),
    Verb.REPLY: _("Your reply is sent."),
    Verb.NOTE: _("The internal note is saved."),
    Verb.SUSPECT: _("The hypothesis is added."),
    Verb.CONCLUDE: _("The hypothesis is concluded."),
    Verb.DIAGNOSE: _("The root cause is saved."),
    Verb.REFER: _("The reference is added."),
    Verb.INVOLVE: _("The person is added."),
    Verb.RELEASE: _("The person is removed."),
    Verb.COMMENT: _("Your message is sent."),
    Verb.ANSWER: _("Your answer is sent."),
    Verb.WITHDRAW: _("Your report is withdrawn."),
    Verb.CONFIRM: _("Good to hear. The incident is closed."),
    Verb.REJECT: _("It is open again. We will keep working on it."),
    Verb.CONTEST: _("It is open again."),
}
# What a move may lack, see the needs in `lifecycle.MOVES`.
NEEDS = {
    "assignee": _("assignee"),
    "how it was tested": _("how it was tested"),
    "note": _("note"),
    "outcome": _("outcome"),
    "person": _("person"),
    "priority": _("priority"),
    "reason": _("reason"),
    "reference": _("reference"),
    "resolution code": _("resolution code"),
    "root cause": _("root cause"),
    "suspicion": _("suspicion"),
    "team": _("team"),
    "text": _("text"),
    "what is not so": _("what is not so"),
    "what is still broken": _("what is still broken"),
}


def explain(refused: Refused) -> str:
    """Say in a person's words why a move was refused."""
    if refused.because:
        return refused.because
    if refused.missing:
        wanted = get_text_list([str(NEEDS[word]) for word in sorted(refused.missing)], gettext("and"))
        return gettext("Please say first: %(wanted)s.") % {"wanted": wanted}
    return gettext("“%(verb)s” is not possible: %(why)s.") % {
        "verb": VERB[refused.verb],
        "why": STANDS[refused.status],
    }
