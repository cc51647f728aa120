"""Clusters as templates show them."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incidents.models import Incident
from problems.clustering import Kind
from problems.clusters import growth_of, shared_by, value_of
from problems.models import Cluster
from tenancy.models import TrailEntry

TITLES = {
    Kind.CODE: gettext_lazy("Error code %(value)s"),
    Kind.CATEGORY: gettext_lazy("Category %(value)s"),
    Kind.WORD: gettext_lazy("The word “%(value)s”"),
}
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


def row(cluster: Cluster, incidents: list[Incident], people: int, names: Mapping[str, str]) -> dict[str, Any]:
    """One cluster, of the incidents that the reader may see."""
    return {
        "title": _title(cluster, incidents),
        "service_name": cluster.service.name if cluster.service else "",
        "why": why(cluster, incidents, names),
        "count": len(incidents),
        "people": people,
        "growth": formats.number_format(growth_of(cluster), decimal_pos=0),
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
    said = shared_by(cluster, incidents, names)
    shared = {kind: [value for of, value in said if of == kind] for kind in Kind}
    told = []
    if codes := shared[Kind.CODE]:
        told.append(_("error code %(value)s") % {"value": ", ".join(codes)})
    if categories := shared[Kind.CATEGORY]:
        told.append(_("category %(value)s") % {"value": ", ".join(categories)})
    if words := shared[Kind.WORD]:
        quoted = ", ".join(_quoted(word) for word in words)
        told.append(ngettext("the word %(value)s", "the words %(value)s", len(words)) % {"value": quoted})
    return get_text_list(told, _("and"))


def _title(cluster: Cluster, incidents: list[Incident]) -> str:
    return str(TITLES[Kind(cluster.kind)]) % {"value": value_of(cluster, incidents)}


def _quoted(word: str) -> str:
    return _("“%(word)s”") % {"word": word}
