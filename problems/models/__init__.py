"""The problem's record and what surrounds it."""

from problems.models.knowledge import (
    Article,
    ArticleCategory,
    ArticleQuerySet,
    ArticleService,
    MissedSearch,
    Revision,
    Use,
    Vote,
)
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
    "Article",
    "ArticleCategory",
    "ArticleQuerySet",
    "ArticleService",
    "Counter",
    "Link",
    "MissedSearch",
    "Note",
    "Problem",
    "ProblemQuerySet",
    "ProblemRules",
    "ProblemTimer",
    "Revision",
    "Task",
    "Use",
    "Vote",
    "Watch",
    "problem_rules",
]
