"""People as their organisation knows them: contacts, profiles, roles, leaving."""

from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy import clock, trail
from tenancy.actions.invitations import invite, join, join_as_new, withdraw_invitation
from tenancy.actions.standing import check_grants, give, hold_organisation, keep_an_administrator, told
from tenancy.actions.tokens import revoke_all
from tenancy.drafts import Grants, Profile
from tenancy.members import Member
from tenancy.models import Invitation, Membership, RoleGrant, TeamSeat
from tenancy.refusal import NotPossible, refusing_twins
from tenancy.roles import Role
from tenancy.wall import refuse_unbound

__all__ = [
    "add_contact",
    "edit_member",
    "invite",
    "join",
    "join_as_new",
    "leave",
    "set_roles",
    "withdraw_invitation",
]

MAIL_TAKEN = gettext_lazy("Somebody here has this mail address already.")
# People's own words: the trail says that they changed, not what they were.
PERSONAL = frozenset({"name", "mail", "phone"})


@transaction.atomic
def add_contact(member: Member, *, profile: Profile, at: datetime | None = None) -> Membership:
    """Add somebody who mails or phones, without a login."""
    refuse_unbound()
    member.require("contact.add")
    at = at or clock.now()
    with refusing_twins(str(MAIL_TAKEN)):
        membership = Membership.objects.create(**_fields(profile), joined_at=at)
    trail.record("membership.added", record=("membership", membership.id), actor=member, at=at)
    return membership


@transaction.atomic
def edit_member(member: Member, *, membership: Membership, profile: Profile, at: datetime | None = None) -> Membership:
    """Change what the organisation knows about somebody; their login stays their own."""
    refuse_unbound()
    member.require("organisation.administer")
    if profile.manager_id == membership.pk:
        raise NotPossible(_("Nobody can be their own manager."))
    before = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    changed = {
        key: [getattr(before, key), value] for key, value in _fields(profile).items() if getattr(before, key) != value
    }
    if changed:
        for key, (_old, new) in changed.items():
            setattr(before, key, new)
        if "mail" in changed:
            before.mail_refused_at, before.mail_refused_why = None, ""
        with refusing_twins(str(MAIL_TAKEN)):
            before.save(update_fields=[*changed, "mail_refused_at", "mail_refused_why"])
        _write_edit(member, before, changed, at or clock.now())
    return before


def _write_edit(member: Member, membership: Membership, changed: dict[str, list[object]], at: datetime) -> None:
    facts = {
        "changed": {key: values for key, values in changed.items() if key not in PERSONAL},
        "rewritten": sorted(PERSONAL & changed.keys()),
    }
    trail.record("membership.edited", record=("membership", membership.id), actor=member, at=at, facts=facts)


def _fields(profile: Profile) -> dict[str, object]:
    return {**asdict(profile), "mail": profile.mail.strip().lower()}


@transaction.atomic
def set_roles(member: Member, *, membership: Membership, roles: Grants, at: datetime | None = None) -> None:
    """Leave somebody with exactly these roles."""
    refuse_unbound()
    member.require("organisation.administer")
    hold_organisation()
    check_grants(roles)
    if roles and not Membership.objects.filter(pk=membership.pk, state=Membership.State.ACTIVE).exists():
        raise NotPossible(_("Who has left can't have roles: invite them again."))
    if (Role.ADMINISTRATOR, None) not in roles and _administers(membership):
        keep_an_administrator(besides=membership)
    before, after = give(membership, roles)
    if before != after:
        facts = {"changed": {"roles": [told(before), told(after)]}}
        trail.record(
            "membership.roles_set",
            record=("membership", membership.id),
            actor=member,
            at=at or clock.now(),
            facts=facts,
        )


def _administers(membership: Membership) -> bool:
    return RoleGrant.objects.filter(membership=membership, role=Role.ADMINISTRATOR, team=None).exists()


@transaction.atomic
def leave(member: Member, *, membership: Membership, at: datetime | None = None) -> None:
    """Let somebody go: no roles, no seats, no way in; what they had in hand passes to others."""
    refuse_unbound()
    member.require("organisation.administer")
    hold_organisation()
    # Not their key: the trail of what they are doing this very moment points to it, on a record that passes on next.
    leaver = Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=membership.pk)
    if not leaver.is_active:
        raise NotPossible(_("%(name)s has left already.") % {"name": leaver.name})
    if _administers(leaver):
        keep_an_administrator(besides=leaver)
    at = at or clock.now()
    facts = _part(leaver) | revoke_all(leaver, at=at)
    Invitation.objects.filter(mail__iexact=leaver.mail, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
    for hook in settings.WHEN_SOMEONE_LEAVES:
        import_string(hook)(member, leaver, at=at)
    trail.record("membership.left", record=("membership", leaver.id), actor=member, at=at, facts=facts)


def _part(leaver: Membership) -> dict[str, object]:
    """Take away what holds them here; return what it was."""
    before, _none = give(leaver, frozenset())
    seats = TeamSeat.objects.filter(membership=leaver)
    team_ids = sorted(seats.values_list("team_id", flat=True))
    seats.delete()
    leaver.state = Membership.State.LEFT
    leaver.save(update_fields=["state"])
    return {"changed": {"state": ["active", "left"], "roles": [told(before), []], "team_ids": [team_ids, []]}}
