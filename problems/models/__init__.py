"""The problem's record and what surrounds it."""

from problems.models.problem import (
    PREFIX,
    Counter,
    Link,
    Note,
    Problem,
    ProblemQuerySet,
    ProblemRules,
    Watch,
    problem_rules,
)

__all__ = [
    "PREFIX",
    "Counter",
    "Link",
    "Note",
    "Problem",
    "ProblemQuerySet",
    "ProblemRules",
    "Watch",
    "problem_rules",
]
