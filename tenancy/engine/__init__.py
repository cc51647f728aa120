"""The engine: what is due is done, whoever else dies. It looks at columns, so any number of processes may drive it."""

from tenancy.engine.figures import LATENESS, RETRIES, Overdue, overdue
from tenancy.engine.loop import keep_doing
from tenancy.engine.turns import BATCH, Unreachable, is_cut_off, stopping, tick
from tenancy.engine.work import Work, works

__all__ = [
    "BATCH",
    "LATENESS",
    "RETRIES",
    "Overdue",
    "Unreachable",
    "Work",
    "is_cut_off",
    "keep_doing",
    "overdue",
    "stopping",
    "tick",
    "works",
]
