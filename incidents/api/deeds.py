"""From a verb to its facts and its action: the one place where the API's verbs meet the doors."""

from incidents import actions
from incidents.api import facts
from incidents.drafts import Classification, Confirmation, Hold, Resolution
from incidents.lifecycle import HoldReason, Verb
from incidents.models import Incident
from incidents.priority import Impact, Priority, Risk, Severity, Urgency
from tenancy.api.speaking import Deed, Facts
from tenancy.members import Member


def _classification(_member: Member, incident: Incident, given: Facts) -> Facts:
    names = ("type", "category", "service", "impact", "urgency", "risk", "severity")
    told = {name: given.get(name, getattr(incident, name)) for name in names}
    told |= {"impact": Impact(told["impact"]), "urgency": Urgency(told["urgency"]), "risk": Risk(told["risk"])}
    return {"facts": Classification(**{**told, "severity": Severity(told["severity"]) if told["severity"] else None})}


def _override(_member: Member, _incident: Incident, given: Facts) -> Facts:
    return {**given, "priority": Priority(given["priority"])}


def _hold(_member: Member, _incident: Incident, given: Facts) -> Facts:
    return {"facts": Hold(**{**given, "reason": HoldReason(given["reason"])})}


def _resolution(_member: Member, _incident: Incident, given: Facts) -> Facts:
    return {"resolution": Resolution(**given)}


def _confirmation(_member: Member, _incident: Incident, given: Facts) -> Facts:
    return {"word": Confirmation(**given)}


DEEDS: dict[Verb, Deed] = {
    Verb.TAKE: Deed(actions.take),
    Verb.ACKNOWLEDGE: Deed(actions.acknowledge),
    Verb.ASSIGN: Deed(actions.assign, facts.Assign),
    Verb.ROUTE: Deed(actions.route, facts.Route),
    Verb.CLASSIFY: Deed(actions.classify, facts.Classify, _classification),
    Verb.OVERRIDE: Deed(actions.override_priority, facts.Override, _override),
    Verb.RESET: Deed(actions.reset_priority),
    Verb.RESTRICT: Deed(actions.restrict),
    Verb.UNRESTRICT: Deed(actions.unrestrict),
    Verb.HOLD: Deed(actions.hold, facts.Hold, _hold),
    Verb.RESUME: Deed(actions.resume),
    Verb.RESOLVE: Deed(actions.resolve, facts.Resolve, _resolution),
    Verb.REOPEN: Deed(actions.reopen, facts.Reason),
    Verb.CLOSE: Deed(actions.close, facts.Close),
    Verb.CANCEL: Deed(actions.cancel, facts.Cancel),
    Verb.REPLY: Deed(actions.reply, facts.Say),
    Verb.NOTE: Deed(actions.note, facts.Say),
    Verb.SUSPECT: Deed(actions.suspect, facts.Suspect),
    Verb.CONCLUDE: Deed(actions.conclude, facts.Conclude),
    Verb.DIAGNOSE: Deed(actions.diagnose, facts.Diagnose),
    Verb.REFER: Deed(actions.refer, facts.Refer),
    Verb.INVOLVE: Deed(actions.involve, facts.Involve),
    Verb.RELEASE: Deed(actions.release, facts.Release),
    Verb.COMMENT: Deed(actions.comment, facts.Say),
    Verb.ANSWER: Deed(actions.comment, facts.Say),
    Verb.WITHDRAW: Deed(actions.withdraw, facts.Withdraw),
    Verb.CONFIRM: Deed(actions.confirm, facts.Confirm, _confirmation),
    Verb.REJECT: Deed(actions.reject, facts.Objection),
    Verb.CONTEST: Deed(actions.contest, facts.Objection),
}
