"""The doors: one verb is one function, one atomic step, one trail entry. Nothing else writes incidents."""

from incidents.actions.assigning import acknowledge, assign, route, take
from incidents.actions.classifying import classify, override_priority, reset_priority, restrict, unrestrict
from incidents.actions.confirming import confirm, contest, reject, withdraw
from incidents.actions.investigating import conclude, diagnose, refer, suspect
from incidents.actions.involving import involve, release
from incidents.actions.keeping import discard, keep
from incidents.actions.reporting import log, report
from incidents.actions.talking import comment, note, reply
from incidents.actions.working import cancel, close, hold, reopen, resolve, resume

__all__ = [
    "acknowledge",
    "assign",
    "cancel",
    "classify",
    "close",
    "comment",
    "conclude",
    "confirm",
    "contest",
    "diagnose",
    "discard",
    "hold",
    "involve",
    "keep",
    "log",
    "note",
    "override_priority",
    "refer",
    "reject",
    "release",
    "reopen",
    "reply",
    "report",
    "reset_priority",
    "resolve",
    "restrict",
    "resume",
    "route",
    "suspect",
    "take",
    "unrestrict",
    "withdraw",
]
