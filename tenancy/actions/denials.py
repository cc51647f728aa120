"""What a member was refused for want of a right, written after all else of it was taken back."""

from datetime import timedelta

from tenancy import clock, trail
from tenancy.members import Member
from tenancy.models import TrailEntry

KIND = "access.denied"
# More of one member within `WITHIN` tell nothing new, and would fill the trail at the will of whoever is refused.
MOST = 20
WITHIN = timedelta(hours=1)


def note_denial(member: Member, *, route: str, number: int | None) -> None:
    """Note that the member tried to write where they may not; ``number`` is that of the record in the address."""
    at = clock.now()
    own = TrailEntry.objects.filter(record="membership", record_id=member.id, kind=KIND, at__gt=at - WITHIN)
    if own.count() >= MOST:
        return
    facts = {"route": route} | ({} if number is None else {"number": number})
    trail.record(KIND, record=("membership", member.id), actor=member, at=at, facts=facts)
