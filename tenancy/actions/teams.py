"""Teams and who sits in them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy import clock, trail
from tenancy.drafts import TeamDraft
from tenancy.members import Member
from tenancy.models import Membership, Team, TeamSeat
from tenancy.refusal import NotPossible, refusing_twins
from tenancy.wall import refuse_unbound

NAME_TAKEN = gettext_lazy("There is a team of this name already.")


@transaction.atomic
def add_team(member: Member, *, draft: TeamDraft, at: datetime | None = None) -> Team:
    """Found a team."""
    refuse_unbound()
    member.require("organisation.administer")
    with refusing_twins(str(NAME_TAKEN)):
        team = Team.objects.create(name=draft.name, description=draft.description, is_active=draft.is_active)
    _before, after = _seat(team, draft.seats)
    facts = {"changed": {"membership_ids": [[], after]}}
    trail.record("team.added", record=("team", team.id), actor=member, at=at or clock.now(), facts=facts)
    return team


@transaction.atomic
def edit_team(member: Member, *, team: Team, draft: TeamDraft, at: datetime | None = None) -> Team:
    """Rename a team, say what it does, seat other people, or retire it: records keep pointing to it."""
    refuse_unbound()
    member.require("organisation.administer")
    held = Team.objects.select_for_update().get(pk=team.pk)
    wanted = {"name": draft.name, "description": draft.description, "is_active": draft.is_active}
    changed = {key: [getattr(held, key), value] for key, value in wanted.items() if getattr(held, key) != value}
    with refusing_twins(str(NAME_TAKEN)):
        Team.objects.filter(pk=held.pk).update(**wanted)
    before, after = _seat(held, draft.seats)
    if before != after:
        changed["membership_ids"] = [before, after]
    if changed:
        at = at or clock.now()
        trail.record("team.edited", record=("team", held.id), actor=member, at=at, facts={"changed": changed})
    held.refresh_from_db()
    return held


def _seat(team: Team, wanted: frozenset[int]) -> tuple[list[int], list[int]]:
    """Seat exactly these members; return who sat there before and who does now."""
    active = Membership.objects.filter(pk__in=wanted, state=Membership.State.ACTIVE)
    if active.count() != len(wanted):
        raise NotPossible(_("Only people who belong here can sit in a team."))
    seated = set(TeamSeat.objects.filter(team=team).values_list("membership_id", flat=True))
    TeamSeat.objects.filter(team=team, membership_id__in=seated - wanted).delete()
    TeamSeat.objects.bulk_create(TeamSeat(team=team, membership_id=one) for one in sorted(wanted - seated))
    return sorted(seated), sorted(wanted)
