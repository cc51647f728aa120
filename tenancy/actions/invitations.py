"""People join: an invitation is mailed, expires, and is good once."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenancy import clock, members, post, trail
from tenancy.actions.standing import check_grants, give, hold_organisation, told
from tenancy.drafts import Grants, grants
from tenancy.members import Member
from tenancy.models import Invitation, Membership, Organisation, Person, RoleGrant, Team
from tenancy.queries import person_with
from tenancy.refusal import NotPossible, refusing_twins
from tenancy.roles import Role
from tenancy.wall import current_organisation_id, refuse_unbound


class CannotJoin(NotPossible):
    """The invitation is not good, or not for this person; ``standing`` says which."""

    def __init__(self, standing: str) -> None:
        self.standing = standing
        super().__init__(_("This invitation can't be accepted."))


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh invitation, and the path by which it is accepted: nobody can ask for that again."""

    invitation: Invitation
    path: str


@transaction.atomic
def invite(
    member: Member, *, mail: str, name: str, roles: Grants = frozenset(), at: datetime | None = None
) -> Invitation:
    """Mail somebody a link by which they can join; an earlier one to the same address stops working."""
    refuse_unbound()
    member.require("organisation.administer")
    at = at or clock.now()
    issued = issue(member, mail=mail, name=name, roles=roles, at=at)
    post.send(
        "invitation",
        mail=issued.invitation.mail,
        name=name,
        why="invited",
        facts={
            "inviter": member.name,
            "path": issued.path,
            "expires_at": issued.invitation.expires_at.isoformat(),
        },
        dedupe=f"invitation:{issued.invitation.pk}",
        at=at,
    )
    return issued.invitation


def issue(member: Member | None, *, mail: str, name: str, roles: Grants, at: datetime) -> Issued:
    """Write the invitation down; whoever calls has asked for the right, and hands the link over."""
    mail = mail.strip().lower()
    hold_organisation()  # of two invitations at once, the first has to stop working
    check_grants(roles)
    if Membership.objects.filter(mail__iexact=mail, state=Membership.State.ACTIVE, person__isnull=False).exists():
        raise NotPossible(_("Somebody with this mail address has joined already."))
    Invitation.objects.filter(mail=mail, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        mail=mail,
        name=name,
        roles=told(roles),
        token_hash=Invitation.hash_of(token),
        invited_by_id=member.id if member else None,
        invited_at=at,
        expires_at=at + timedelta(days=settings.INVITATION_VALID_FOR_DAYS),
    )
    facts = {"roles": told(roles)}
    trail.record("invitation.sent", record=("invitation", invitation.id), actor=member, at=at, facts=facts)
    return Issued(invitation, f"/join/{token}/")


@transaction.atomic
def withdraw_invitation(member: Member, *, invitation: Invitation, at: datetime | None = None) -> None:
    """Make the link of an open invitation stop working."""
    refuse_unbound()
    member.require("organisation.administer")
    at = at or clock.now()
    held = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if held.standing(at) != Invitation.Standing.OPEN:
        raise NotPossible(_("This invitation is not open any more."))
    held.withdrawn_at = at
    held.save(update_fields=["withdrawn_at"])
    trail.record("invitation.withdrawn", record=("invitation", held.id), actor=member, at=at)


@transaction.atomic
def join(person: Person, *, token: str, at: datetime | None = None) -> Member:
    """Make the person, who has a login, a member; the invitation is used up."""
    refuse_unbound()
    at = at or clock.now()
    invitation = _hold_invitation(token, at)
    if person_with(invitation.mail) != person:
        raise CannotJoin("foreign")
    return _become_member(person, invitation, invitation.name, at)


@transaction.atomic
def join_as_new(*, token: str, name: str, password: str, at: datetime | None = None) -> tuple[Person, Member]:
    """Make a login for the invited address, which the mailed link has proved, and join with it."""
    refuse_unbound()
    at = at or clock.now()
    invitation = _hold_invitation(token, at)
    if person_with(invitation.mail):
        raise CannotJoin("known")
    person = _new_login(invitation.mail, password)
    return person, _become_member(person, invitation, name, at)


def _new_login(mail: str, password: str) -> Person:
    try:
        with transaction.atomic():
            person = Person.objects.create_user(mail, password)
    except IntegrityError as error:  # joined another organisation in the same instant
        raise CannotJoin("known") from error
    EmailAddress.objects.create(user=person, email=mail, verified=True, primary=True)
    return person


def _hold_invitation(token: str, at: datetime) -> Invitation:
    found = Invitation.objects.select_for_update(of=("self",)).filter(token_hash=Invitation.hash_of(token)).first()
    if found is None:
        raise CannotJoin("foreign")
    if found.standing(at) != Invitation.Standing.OPEN:
        raise CannotJoin(found.standing(at))
    return found


def _become_member(person: Person, invitation: Invitation, name: str, at: datetime) -> Member:
    hold_organisation()
    membership = _membership_for(person, invitation.mail) or Membership(mail=invitation.mail, joined_at=at)
    membership.person = person
    membership.name = name or membership.name or invitation.name
    membership.state = Membership.State.ACTIVE
    try:
        with refusing_twins(""):
            membership.save()
    except NotPossible as refused:  # the address has become somebody else's here since
        raise CannotJoin("foreign") from refused
    held = RoleGrant.objects.filter(membership=membership).values_list("role", "team_id")
    before, after = give(membership, grants(held) | _still_good(invitation))
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    member = members.load(membership, Organisation.objects.get(pk=current_organisation_id()))
    facts = {"invitation_id": invitation.id, "changed": {"roles": [told(before), told(after)]}}
    trail.record("membership.joined", record=("membership", membership.id), actor=member, at=at, facts=facts)
    return member


def _membership_for(person: Person, mail: str) -> Membership | None:
    """The person's own, or the contact known by this address who had no login so far."""
    own = Membership.objects.filter(person=person).first()
    return own or Membership.objects.filter(mail__iexact=mail, person=None).first()


def _still_good(invitation: Invitation) -> Grants:
    """The promised roles, but for teams that are gone since."""
    teams = {None, *Team.objects.values_list("pk", flat=True)}
    promised = grants((Role(role), team_id) for role, team_id in invitation.roles)
    return frozenset((role, team_id) for role, team_id in promised if team_id in teams)
