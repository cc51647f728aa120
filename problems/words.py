"""The words people read for what the rules call by a term."""

from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from problems.analysis import Loss
from problems.lifecycle import Refused, Status, Verb

# The end of a sentence about a problem.
STANDS = {
    Status.NEW: _("the problem is new"),
    Status.ASSESSED: _("the problem is assessed"),
    Status.INVESTIGATING: _("the problem is being investigated"),
    Status.FIXING: _("its fix is in progress"),
    Status.RESOLVED: _("the problem is resolved"),
    Status.CLOSED: _("the problem is closed"),
}
VERB = {
    Verb.ASSESS: _("Assess"),
    Verb.APPOINT: _("Appoint"),
    Verb.DESCRIBE: _("Edit"),
    Verb.INVESTIGATE: _("Investigate"),
    Verb.STATE: _("Add statement"),
    Verb.REWORD: _("Edit"),
    Verb.SUPPORT: _("Add evidence"),
    Verb.WITHDRAW: _("Withdraw evidence"),
    Verb.JUDGE: _("Confirm or rule out"),
    Verb.ADOPT: _("Take in"),
    Verb.ESTABLISH: _("Establish the root cause"),
    Verb.WORK_AROUND: _("Write workaround"),
    Verb.BROADCAST: _("Tell everybody who waits"),
    Verb.FIX: _("Begin the fix"),
    Verb.APPLY: _("Fix is applied"),
    Verb.UNDO: _("Undo"),
    Verb.ACCEPT: _("Accept the risk"),
    Verb.MERGE: _("It is a duplicate"),
    Verb.CANCEL: _("Cancel the problem"),
    Verb.REOPEN: _("Reopen"),
    Verb.CLOSE: _("Close before its proof"),
    Verb.LINK: _("Link incidents"),
    Verb.UNLINK: _("Unlink"),
    Verb.NOTE: _("Add note"),
    Verb.ATTACH: _("Add files"),
    Verb.PLAN: _("Add task"),
    Verb.TICK: _("Done"),
    Verb.REVIEW: _("Set review date"),
    Verb.WATCH: _("Watch"),
    Verb.UNWATCH: _("Stop watching"),
}
# What is said after a verb was done.
DONE = {
    Verb.ASSESS: _("The assessment is saved."),
    Verb.APPOINT: _("The roles are saved."),
    Verb.DESCRIBE: _("Saved."),
    Verb.INVESTIGATE: _("It is being investigated."),
    Verb.STATE: _("The statement is added."),
    Verb.REWORD: _("Saved."),
    Verb.SUPPORT: _("The evidence is added."),
    Verb.WITHDRAW: _("The evidence is withdrawn."),
    Verb.JUDGE: _("The judgement is saved."),
    Verb.ADOPT: _("The hypothesis is taken in."),
    Verb.ESTABLISH: _("The root cause is known."),
    Verb.WORK_AROUND: _("The workaround is saved; nobody was told yet."),
    Verb.BROADCAST: _("Everybody who waits is being told."),
    Verb.FIX: _("The fix is in progress."),
    Verb.APPLY: _("Resolved: what waited for it is being resolved, and each reporter is asked to confirm."),
    Verb.UNDO: _("The fix is taken back."),
    Verb.ACCEPT: _("The risk is accepted, and the problem closed."),
    Verb.MERGE: _("Closed as a duplicate; its incidents belong to the other problem now."),
    Verb.CANCEL: _("Cancelled."),
    Verb.REOPEN: _("Reopened."),
    Verb.CLOSE: _("Closed."),
    Verb.LINK: _("Linked."),
    Verb.UNLINK: _("Unlinked."),
    Verb.NOTE: _("The note is saved."),
    Verb.ATTACH: _("The files are added."),
    Verb.PLAN: _("The task is added."),
    Verb.TICK: _("The task is done."),
    Verb.REVIEW: _("The review date is saved."),
    Verb.WATCH: _("You watch it now."),
    Verb.UNWATCH: _("You don’t watch it any more."),
}
# What is said before and after evidence is withdrawn.
WOULD_LOSE = {
    Loss.NOTHING: "",
    Loss.JUDGEMENT: _("Nothing else shows the statement: without this evidence it is open again."),
    Loss.CAUSE: _("Nothing else shows the root cause: without this evidence it is not known any more."),
}
LOST = {
    Loss.NOTHING: "",
    Loss.JUDGEMENT: _("Nothing shows the statement any more: it is open again."),
    Loss.CAUSE: _("Nothing shows the root cause any more: it is not known, and its statement is open again."),
}
# What a move may lack, see the needs in `lifecycle.MOVES`.
NEEDS = {
    "cause": _("the cause"),
    "confirmed statement": _("which confirmed statement it is"),
    "date": _("a date"),
    "evidence": _("the evidence"),
    "file": _("a file"),
    "hypothesis": _("the hypothesis"),
    "how it was tested": _("how it was tested"),
    "impact": _("the impact"),
    "incident": _("an incident"),
    "judgement": _("the judgement"),
    "note": _("what was fixed"),
    "problem that goes on": _("the problem that goes on"),
    "reason": _("a reason"),
    "statement": _("the statement"),
    "task": _("the task"),
    "text": _("the text"),
    "title": _("the title"),
    "urgency": _("the urgency"),
    "workaround": _("the workaround"),
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
