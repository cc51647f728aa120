"""From a verb to its facts and its action: the one place where the API's verbs meet the doors."""

from typing import Any

from incidents.priority import Impact, Urgency
from problems import actions
from problems.analysis import Belief, Branch, Kind
from problems.api import facts
from problems.drafts import Assessment, Description, EvidenceDraft, StatementDraft
from problems.lifecycle import Verb
from problems.models import Problem, Statement
from tenancy.api.speaking import Deed, Facts
from tenancy.members import Member


def _assessment(_member: Member, _problem: Problem, given: Facts) -> Facts:
    return {"assessment": Assessment(impact=Impact(given["impact"]), urgency=Urgency(given["urgency"]))}


def _appointed(_member: Member, problem: Problem, given: Facts) -> Facts:
    return {name: given.get(name, getattr(problem, name)) for name in ("manager", "coordinator")}


def _description(_member: Member, problem: Problem, given: Facts) -> Facts:
    names = ("title", "description", "error_code", "service", "category")
    return {"description": Description(**{name: given.get(name, getattr(problem, name)) for name in names})}


def _statement(_member: Member, _problem: Problem, given: Facts) -> Facts:
    return {"draft": _draft(given)}


def _reworded(member: Member, problem: Problem, given: Facts) -> Facts:
    """The statement as it stands, with what was sent; what isn't there for the member, the action refuses."""
    seen = Statement.objects.all().visible_to(member).filter(problem=problem)
    found = seen.filter(public_id=given["statement"]).first()
    before: dict[str, Any] = {"text": "", **dict.fromkeys(("parent", "branch", "happened_at"))}
    if found:
        above = seen.filter(answers=found).first()  # one that is not seen, the action keeps
        before |= {name: getattr(found, name) for name in ("text", "branch", "happened_at")}
        before["parent"] = above.public_id if above else None
    return {"statement": given["statement"], "draft": _draft({**before, **given})}


def _draft(said: Facts) -> StatementDraft:
    branch = Branch(said["branch"]) if said["branch"] else None
    return StatementDraft(**{name: said[name] for name in ("text", "parent", "happened_at")}, branch=branch)


def _evidence(_member: Member, _problem: Problem, given: Facts) -> Facts:
    names = ("words", "incident", "url", "value", "unit", "file")
    draft = EvidenceDraft(kind=Kind(given["kind"]), **{name: given[name] for name in names})
    return {"statement": given["statement"], "evidence": draft}


def _judgement(_member: Member, _problem: Problem, given: Facts) -> Facts:
    return {**given, "belief": Belief(given["belief"])}


def _with_files(_member: Member, _problem: Problem, given: Facts) -> Facts:
    return {"files" if name == "attachments" else name: value for name, value in given.items()}


DEEDS: dict[Verb, Deed] = {
    Verb.ASSESS: Deed(actions.assess, facts.Assess, _assessment),
    Verb.APPOINT: Deed(actions.appoint, facts.Appoint, _appointed, fills_in=True),
    Verb.DESCRIBE: Deed(actions.describe, facts.Describe, _description, fills_in=True),
    Verb.INVESTIGATE: Deed(actions.investigate),
    Verb.STATE: Deed(actions.state, facts.State, _statement),
    Verb.REWORD: Deed(actions.reword, facts.Reword, _reworded, fills_in=True),
    Verb.SUPPORT: Deed(actions.support, facts.Support, _evidence),
    Verb.WITHDRAW: Deed(actions.withdraw, facts.WithdrawEvidence),
    Verb.JUDGE: Deed(actions.judge, facts.Judge, _judgement),
    Verb.ADOPT: Deed(actions.adopt, facts.Adopt),
    Verb.ESTABLISH: Deed(actions.establish, facts.Establish),
    Verb.WORK_AROUND: Deed(actions.work_around, facts.WorkAround),
    Verb.BROADCAST: Deed(actions.broadcast),
    Verb.FIX: Deed(actions.begin_fix),
    Verb.APPLY: Deed(actions.apply_fix, facts.Apply),
    Verb.UNDO: Deed(actions.undo_fix),
    Verb.ACCEPT: Deed(actions.accept_risk, facts.Why),
    Verb.MERGE: Deed(actions.merge, facts.Merge),
    Verb.CANCEL: Deed(actions.cancel, facts.Why),
    Verb.CLOSE: Deed(actions.close, facts.Why),
    Verb.REOPEN: Deed(actions.reopen, facts.Why),
    Verb.LINK: Deed(actions.link, facts.Link),
    Verb.UNLINK: Deed(actions.unlink, facts.Unlink),
    Verb.NOTE: Deed(actions.note, facts.Note, _with_files),
    Verb.ATTACH: Deed(actions.attach, facts.Attach, _with_files),
    Verb.PLAN: Deed(actions.add_task, facts.Plan),
    Verb.TICK: Deed(actions.finish_task, facts.Tick),
    Verb.REVIEW: Deed(actions.set_review, facts.Review),
    Verb.WATCH: Deed(actions.watch),
    Verb.UNWATCH: Deed(actions.unwatch),
}
