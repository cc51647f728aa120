"""The problem's record and what surrounds it."""

from problems.models.analysis import Evidence, EvidenceQuerySet, Statement, StatementQuerySet, Withdrawal
from problems.models.cluster import Cluster, ClusterQuerySet, Scan
from problems.models.files import File, FileQuerySet
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
    KNOWN,
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
    "KNOWN",
    "PREFIX",
    "Article",
    "ArticleCategory",
    "ArticleQuerySet",
    "ArticleService",
    "Cluster",
    "ClusterQuerySet",
    "Counter",
    "Evidence",
    "EvidenceQuerySet",
    "File",
    "FileQuerySet",
    "Link",
    "MissedSearch",
    "Note",
    "Problem",
    "ProblemQuerySet",
    "ProblemTimer",
    "Revision",
    "Scan",
    "Statement",
    "StatementQuerySet",
    "Task",
    "Use",
    "Vote",
    "Watch",
    "Withdrawal",
]
