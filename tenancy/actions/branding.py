"""How an organisation calls itself, looks, speaks and guards its desk."""

from datetime import datetime
from functools import partial
from uuid import uuid4

from allauth.mfa.utils import is_mfa_enabled
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from tenancy import clock, trail
from tenancy.drafts import Branding
from tenancy.members import Member
from tenancy.models import Membership, Organisation
from tenancy.refusal import NotPossible
from tenancy.wall import current_organisation_id, refuse_unbound

PLAIN = ("name", "colour", "language", "time_zone", "requires_second_factor")


@transaction.atomic
def change_branding(member: Member, *, draft: Branding, at: datetime | None = None) -> Organisation:
    """Change the organisation's name, look, language, time zone, or whether its staff need a second factor."""
    refuse_unbound()
    member.require("organisation.administer")
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=current_organisation_id())
    if draft.requires_second_factor and not organisation.requires_second_factor:
        _refuse_to_lock_oneself_out(member)
    before = {key: getattr(organisation, key) for key in PLAIN}
    changed = {key: [old, getattr(draft, key)] for key, old in before.items() if old != getattr(draft, key)}
    for key in PLAIN:
        setattr(organisation, key, getattr(draft, key))
    if draft.logo is not None:
        changed["logo"] = [bool(organisation.logo), bool(draft.logo)]
        _hang(organisation, draft.logo)
    organisation.save(update_fields=[*PLAIN, "logo"])
    if changed:
        at, facts = at or clock.now(), {"changed": changed}
        trail.record("organisation.changed", record=("organisation", organisation.id), actor=member, at=at, facts=facts)
    return organisation


def _refuse_to_lock_oneself_out(member: Member) -> None:
    person = Membership.objects.select_related("person").get(pk=member.id).person
    if person is None or not is_mfa_enabled(person):
        raise NotPossible(_("Set up your own two-step sign-in first, or you could not come back to change this."))


def _hang(organisation: Organisation, logo: bytes) -> None:
    """Store the new picture, if any, under a name of its own; the old file goes when the change is sure."""
    old = organisation.logo.name
    organisation.logo.name = ""
    if logo:
        organisation.logo.name = default_storage.save(f"org-{organisation.id}/{uuid4().hex}.png", ContentFile(logo))
    if old:
        transaction.on_commit(partial(default_storage.delete, old), robust=True)
