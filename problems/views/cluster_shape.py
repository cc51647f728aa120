"""Clusters as templates show them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incidents.models import Category, Incident
from problems.clustering import Kind
from problems.models import Cluster
from tenancy.models import TrailEntry

# So many of its incidents, the newest, stand on the list.
NEWEST = 3
STAFF = {
    "cluster.found": gettext_lazy("found a cluster of incidents"),
    "cluster.raised": gettext_lazy("raised a problem for a cluster"),
    "cluster.dismissed": gettext_lazy("dismissed a cluster"),
}


def outline(entry: TrailEntry) -> str:
    """The step in the organisation's trail; nothing of other records."""
    return str(STAFF.get(entry.kind, ""))


def category_names(clusters: Iterable[Cluster]) -> dict[str, str]:
    """The names of the categories that clusters share besides what says most."""
    ids = {value for one in clusters for kind, value in one.reasons if kind == Kind.CATEGORY}
    found = Category.objects.filter(pk__in=ids).values_list("pk", "name") if ids else []
    return {str(pk): name for pk, name in found}


def row(cluster: Cluster, incidents: list[Incident], people: int, names: Mapping[str, str]) -> dict[str, Any]:
    """One cluster, of the incidents that the reader may see."""
    return {
        "title": _title(cluster, incidents),
        "service_name": cluster.service.name if cluster.service else "",
        "why": why(cluster, incidents, names),
        "count": len(incidents),
        "people": people,
        "growth": _growth(cluster),
        "usual": formats.number_format(cluster.usual, decimal_pos=0 if cluster.usual.is_integer() else 1),
        "first_seen": cluster.first_seen,
        "incidents": [incident(one) for one in incidents[:NEWEST]],
        "more": max(0, len(incidents) - NEWEST),
        "raise_url": reverse("desk:cluster-raise", args=[cluster.public_id]),
        "dismiss_url": reverse("desk:cluster-dismiss", args=[cluster.public_id]),
        "problem": cluster.problem,
        "dismissed_at": cluster.dismissed_at,
        "reason": cluster.reason,
    }


def incident(one: Incident) -> dict[str, Any]:
    """One of its incidents."""
    return {
        "number": one.label,
        "title": one.title,
        "url": reverse("desk:incident", args=[one.number]),
        "status": one.status,
        "reporter_name": one.reporter.name,
        "reported_at": one.reported_at,
    }


def why(cluster: Cluster, incidents: list[Incident], names: Mapping[str, str]) -> str:
    """What its incidents share, what says most first."""
    main = (cluster.kind, _value(cluster, incidents))
    others = [(kind, names.get(value, "") if kind == Kind.CATEGORY else value) for kind, value in cluster.reasons]
    shared = {kind: [value for of, value in (main, *others) if of == kind and value] for kind in Kind}
    told = []
    if codes := shared[Kind.CODE]:
        told.append(_("error code %(value)s") % {"value": ", ".join(codes)})
    if categories := shared[Kind.CATEGORY]:
        told.append(_("category %(value)s") % {"value": ", ".join(categories)})
    if words := shared[Kind.WORD]:
        quoted = ", ".join(_quoted(word) for word in words)
        told.append(ngettext("the word %(value)s", "the words %(value)s", len(words)) % {"value": quoted})
    return get_text_list(told, _("and"))


def _value(cluster: Cluster, incidents: list[Incident]) -> str:
    match cluster.kind:
        case Kind.CATEGORY:
            return cluster.category.name if cluster.category else ""
        case Kind.CODE:  # as people write it, which is not how it is compared
            return incidents[0].error_code.strip() if incidents else cluster.value
    return cluster.value


def _title(cluster: Cluster, incidents: list[Incident]) -> str:
    value = _value(cluster, incidents)
    return _quoted(value) if cluster.kind == Kind.WORD else value


def _quoted(word: str) -> str:
    return _("“%(word)s”") % {"word": word}


def _growth(cluster: Cluster) -> str:
    """How many times as many as usual, in the hours until it was last seen; where none are usual, one is."""
    return formats.number_format(cluster.count / max(1.0, cluster.usual), decimal_pos=0)
