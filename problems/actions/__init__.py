"""The doors: one verb is one function, one atomic step, one trail entry. Nothing else writes problems."""

from problems.actions.analysing import adopt, judge, reword, state, support
from problems.actions.answering import deflect, note_missed, used_in_reply, vote
from problems.actions.deciding import dismiss, raise_for_cluster
from problems.actions.ending import accept_risk, apply_fix, cancel, close, merge, reopen, undo_fix
from problems.actions.helping import broadcast, work_around
from problems.actions.keeping import discard, keep
from problems.actions.linking import Linked, link, link_possible, unlink
from problems.actions.planning import add_task, finish_task
from problems.actions.raising import raise_problem
from problems.actions.talking import attach, note, unwatch, watch
from problems.actions.withdrawing import withdraw
from problems.actions.working import appoint, assess, begin_fix, describe, establish, investigate, set_review
from problems.actions.writing import publish, restore, retire, retire_known_errors, revise, write_article

__all__ = [
    "Linked",
    "accept_risk",
    "add_task",
    "adopt",
    "apply_fix",
    "appoint",
    "assess",
    "attach",
    "begin_fix",
    "broadcast",
    "cancel",
    "close",
    "deflect",
    "describe",
    "discard",
    "dismiss",
    "establish",
    "finish_task",
    "investigate",
    "judge",
    "keep",
    "link",
    "link_possible",
    "merge",
    "note",
    "note_missed",
    "publish",
    "raise_for_cluster",
    "raise_problem",
    "reopen",
    "restore",
    "retire",
    "retire_known_errors",
    "revise",
    "reword",
    "set_review",
    "state",
    "support",
    "undo_fix",
    "unlink",
    "unwatch",
    "used_in_reply",
    "vote",
    "watch",
    "withdraw",
    "work_around",
    "write_article",
]
