"""Seal the trails, behind those who write them; and say outside of the database how far the seals have come."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from tenancy.anchors import Anchor
from tenancy.chain import FIELDS, START, link
from tenancy.models import Organisation, TrailEntry, TrailSeal
from tenancy.wall import current_organisation_id

BATCH = 1000
# Numbers are given before the commit, so a lower number may appear after a higher one was sealed. As long as this a
# change may take and still be sealed; an import that takes longer is sealed by hand (`manage.py trail seal --all`).
LATEST = timedelta(hours=1)


@transaction.atomic
def seal(*, at: datetime, from_the_start: bool = False) -> int:
    """Seal up to `BATCH` entries of the bound organisation, in the order of their numbers; return how many.

    Does nothing while another worker seals the same trail.
    """
    if not _alone():
        return 0
    last = TrailSeal.objects.order_by("-position").first()
    position, before = (last.position, bytes(last.hash)) if last else (0, START)
    seals = []
    for entry in _unsealed(0 if from_the_start else _settled_until(at)):
        position, before = position + 1, link(before, entry)
        seals.append(TrailSeal(position=position, entry_id=entry["id"], hash=before))
    TrailSeal.objects.bulk_create(seals)
    return len(seals)


def anchor(organisation: Organisation, *, at: datetime) -> Anchor | None:
    """Return the anchor of the bound organisation's newest seal; none if nothing was sealed yet."""
    last = TrailSeal.objects.order_by("-position").first()
    if last is None:
        return None
    told = at.isoformat(timespec="seconds")
    return Anchor(organisation.id, organisation.slug, last.position, last.entry_id, bytes(last.hash).hex(), told)


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('tenancy.seal'), %s)", [current_organisation_id()])
        return bool(cursor.fetchone()[0])


def _settled_until(at: datetime) -> int:
    """The number up to which nothing is written any more."""
    settled = TrailSeal.objects.filter(sealed_at__lt=at - LATEST).order_by("-position")
    found: int | None = settled.values_list("entry_id", flat=True).first()
    return found or 0


def _unsealed(after: int) -> list[dict[str, Any]]:
    sealed = TrailSeal.objects.filter(entry_id=OuterRef("id"))
    entries = TrailEntry.objects.filter(~Exists(sealed), id__gt=after).order_by("id")
    return list(entries.values(*FIELDS)[:BATCH])
