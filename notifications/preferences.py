"""Read what people wish to be told."""

from datetime import time
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from notifications.models import HouseRules, Preference
from notifications.wishes import Timings, Wishes
from tenancy.models import Membership


def with_wishes(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    """Bring along what each one wishes, for `of` to need no statement of its own."""
    own = Preference.objects.filter(membership=OuterRef("pk"))
    wished = own.values(one=JSONObject(own="timings", quiet_from="quiet_from", quiet_until="quiet_until"))
    house = HouseRules.objects.values("timings")[:1]
    return memberships.annotate(wished=Subquery(wished), house_timings=Subquery(house))


def came_with(membership: Membership) -> bool:
    """Whether they were read with their wishes."""
    return hasattr(membership, "wished")


def of(membership: Membership) -> Wishes:
    """What this person wishes, over what the organisation says."""
    row: Any = membership if came_with(membership) else _read(membership.pk)
    chosen = row.wished or {}
    return Wishes(
        own=chosen.get("own") or {},
        house=row.house_timings or {},
        quiet_from=_time(chosen.get("quiet_from")),
        quiet_until=_time(chosen.get("quiet_until")),
    )


def _read(membership_id: int) -> Any:
    return with_wishes(Membership.objects.filter(pk=membership_id)).only("pk").get()


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def house() -> Timings:
    """What people are told who chose nothing."""
    rules = HouseRules.objects.first()
    return rules.timings if rules else {}
