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
from problems.models.watching import ProblemTimer, Task

__all__ = [
    "PREFIX",
    "Counter",
    "Link",
    "Note",
    "Problem",
    "ProblemQuerySet",
    "ProblemRules",
    "ProblemTimer",
    "Task",
    "Watch",
    "problem_rules",
]
