"""API tokens: made by whoever they speak for, revoked by them or by an administrator."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from tenancy import bearer, clock, trail
from tenancy.drafts import TokenDraft
from tenancy.members import Member
from tenancy.models import Membership, Scope, Token
from tenancy.refusal import NotPossible
from tenancy.wall import refuse_unbound


@transaction.atomic
def make(member: Member, *, draft: TokenDraft, at: datetime | None = None) -> tuple[Token, str]:
    """Make a token that speaks for the member; return it with what is shown once and kept nowhere."""
    refuse_unbound()
    member.require("desk.enter")
    return _make(member.id, draft, actor=member, at=at or clock.now())


@transaction.atomic
def issue(membership: Membership, *, draft: TokenDraft, at: datetime | None = None) -> tuple[Token, str]:
    """Make a token for somebody, as the operator."""
    refuse_unbound()
    return _make(membership.pk, draft, actor=None, at=at or clock.now())


def _make(membership_id: int, draft: TokenDraft, *, actor: Member | None, at: datetime) -> tuple[Token, str]:
    _check(draft)
    # Held, so that nobody leaves meanwhile and keeps a key.
    held = Membership.objects.select_for_update(of=("self",), no_key=True)
    if not held.filter(pk=membership_id, state=Membership.State.ACTIVE, person__is_active=True):
        raise NotPossible(_("Only somebody who can sign in can have a token."))
    secret = bearer.make()
    token = Token.objects.create(
        membership_id=membership_id,
        name=draft.name.strip(),
        scopes=[scope for scope in Scope.values if scope in draft.scopes],
        token_hash=bearer.hash_of(secret),
        made_at=at,
        expires_at=at + timedelta(days=draft.days),
    )
    facts = {"membership_id": membership_id, "scopes": token.scopes, "expires_at": token.expires_at.isoformat()}
    trail.record("token.made", record=("token", token.pk), actor=actor, at=at, facts=facts)
    return token, secret


def _check(draft: TokenDraft) -> None:
    if not draft.name.strip():
        raise NotPossible(_("Give the token a name by which you will know it again."))
    if not draft.scopes or not draft.scopes <= set(Scope.values):
        raise NotPossible(_("Say what the token is good for."))
    if not 1 <= draft.days <= settings.API_TOKEN_MAX_DAYS:
        raise NotPossible(_("A token is good for 1 to %(days)s days.") % {"days": settings.API_TOKEN_MAX_DAYS})


@transaction.atomic
def revoke(member: Member | None, *, token: Token, at: datetime | None = None) -> None:
    """End a token: one's own, or anybody's as an administrator; without a member, as the operator."""
    refuse_unbound()
    held = Token.objects.select_for_update(of=("self",), no_key=True).get(pk=token.pk)
    if member and held.membership_id != member.id:
        member.require("organisation.administer")
    if held.revoked_at:
        raise NotPossible(_("This token is revoked already."))
    at = at or clock.now()
    held.revoked_at = at
    held.save(update_fields=["revoked_at"])
    facts = {"membership_id": held.membership_id}
    trail.record("token.revoked", record=("token", held.pk), actor=member, at=at, facts=facts)


def revoke_all(membership: Membership, *, at: datetime) -> dict[str, list[int]]:
    """End what speaks for somebody who leaves; return which, for the entry that says so."""
    held = Token.objects.filter(membership=membership, revoked_at=None)
    token_ids = sorted(held.values_list("pk", flat=True))
    held.update(revoked_at=at)
    return {"token_ids": token_ids}


def note_use(token: Token, *, at: datetime | None = None) -> None:
    """Write down that a token was used, unless somebody is at its row this moment: nobody waits for that."""
    refuse_unbound()
    free = Token.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(pk=token.pk)
    if held := free.only("pk").first():
        held.last_used_at = at or clock.now()
        held.save(update_fields=["last_used_at"])
