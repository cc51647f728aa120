"""The doors: one verb is one function, one atomic step, one trail entry. Nothing else writes problems."""

from problems.actions.linking import link, unlink
from problems.actions.raising import raise_problem

__all__ = ["link", "raise_problem", "unlink"]
