"""The problem's record and what surrounds it."""

from problems.models.cluster import Cluster, ClusterQuerySet, Scan
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
    Watch,
)
from problems.models.watching import ProblemTimer, Task

__all__ = [
    "PREFIX",
    "Article",
    "ArticleCategory",
    "ArticleQuerySet",
    "ArticleService",
    "Cluster",
    "ClusterQuerySet",
    "Counter",
    "Link",
    "MissedSearch",
    "Note",
    "Problem",
    "ProblemQuerySet",
    "ProblemTimer",
    "Revision",
    "Scan",
    "Task",
    "Use",
    "Vote",
    "Watch",
]
