"""Mail addresses that their server has refused for good, and what makes them good again."""

from datetime import datetime

from django.db import transaction

from tenancy import clock, trail
from tenancy.members import Member
from tenancy.models import Membership
from tenancy.wall import refuse_unbound


@transaction.atomic
def switch_off(membership_id: int, *, address: str, why: str, at: datetime | None = None) -> None:
    """Note that the server refused somebody's address; nothing is noted of one that they have no more.

    ``why`` is what the server said: it may quote the address, so it stands in the row and not on the trail.
    """
    refuse_unbound()
    held = Membership.objects.select_for_update(of=("self",), no_key=True).filter(pk=membership_id).first()
    if held is None or held.mail_refused_at or held.mail.lower() != address.lower():
        return
    held.mail_refused_at, held.mail_refused_why = at or clock.now(), why[:500]
    held.save(update_fields=["mail_refused_at", "mail_refused_why"])
    trail.record("membership.address_refused", record=("membership", held.pk), actor=None, at=held.mail_refused_at)


@transaction.atomic
def trust(member: Member, *, membership: Membership, at: datetime | None = None) -> None:
    """Send mails to a refused address again: one's own, or anybody's as an administrator."""
    refuse_unbound()
    if membership.pk != member.id:
        member.require("organisation.administer")
    held = Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=membership.pk)
    if held.mail_refused_at is None:
        return
    held.mail_refused_at, held.mail_refused_why = None, ""
    held.save(update_fields=["mail_refused_at", "mail_refused_why"])
    at = at or clock.now()
    trail.record("membership.address_trusted", record=("membership", held.pk), actor=member, at=at)
