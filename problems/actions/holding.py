"""Keep a record as it stands until a step that was decided on it is done."""

from collections.abc import Iterable
from uuid import UUID

from problems.models import Article, Cluster, Problem


def hold_as_it_is(*, number: int, others: Iterable[int] = ()) -> None:
    """Lock the problem, and ``others`` that a step on it names, in the order in which the steps do."""
    numbers = {number, *others}
    list(Problem.objects.filter(number__in=numbers).order_by("pk").select_for_update(of=("self",)))


def hold_article_as_it_is(*, article: UUID) -> None:
    """Lock the article."""
    Article.objects.select_for_update(of=("self",)).filter(public_id=article).first()


def hold_cluster_as_it_is(*, cluster: UUID) -> None:
    """Lock the cluster."""
    Cluster.objects.select_for_update(of=("self",)).filter(public_id=cluster).first()
