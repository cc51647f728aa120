"""What an organisation promises, and from when on. What has been promised stays; see `incidents.actions.renewing`."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.drafts import PolicyDraft
from incidents.models import Policy, PolicyEdition
from tenancy import editions, trail
from tenancy.actions.calendars import beginning_of
from tenancy.members import Member
from tenancy.models import CalendarEdition
from tenancy.refusal import NotPossible, refusing_twins
from tenancy.wall import refuse_unbound


@transaction.atomic
def add_policy(member: Member, *, draft: PolicyDraft, at: datetime | None = None) -> Policy:
    """Promise something for the incidents of a service, of a type, of both, or for all."""
    refuse_unbound()
    member.require("organisation.administer")
    _refuse_nothing(draft)
    at = at or editions.now_to_change()
    with refusing_twins(_taken(draft)):
        policy = Policy.objects.create(name=draft.name, service=draft.service, type=draft.type)
    _write(member, policy, "added", _promise(policy, draft, at), at)
    return policy


@transaction.atomic
def change_policy(member: Member, *, policy: Policy, draft: PolicyDraft, at: datetime | None = None) -> Policy:
    """Rename it, or promise something else from a day on; what it is for stays.

    Raises `NotPossible` for a day that has begun.
    """
    refuse_unbound()
    member.require("organisation.administer")
    _refuse_nothing(draft)
    at = at or editions.now_to_change()
    held = Policy.objects.select_for_update(of=("self",)).get(pk=policy.pk)
    changed: dict[str, Any] = {}
    if held.name != draft.name:
        changed["name"] = [held.name, draft.name]
        held.name = draft.name
        with refusing_twins(_taken(draft)):
            held.save(update_fields=["name"])
    _write(member, held, "changed", {**changed, **_promise(held, draft, at)}, at)
    return held


@transaction.atomic
def rest_policy(member: Member, *, policy: Policy, at: datetime | None = None) -> None:
    """Promise nothing by it from now on, nor by what was to come; what it has promised it keeps."""
    refuse_unbound()
    member.require("organisation.administer")
    at = at or editions.now_to_change()
    held = Policy.objects.select_for_update(of=("self",)).get(pk=policy.pk)
    found = PolicyEdition.objects.filter(policy=held)
    before = found.holding(at)
    if before is None or not before.targets:
        raise NotPossible(_("It promises nothing already."))
    rest = PolicyEdition.objects.create(policy=held, calendar_id=before.calendar_id, takes_effect_at=at, targets={})
    for ahead in found.filter(takes_effect_at__gt=at):
        PolicyEdition.objects.create(
            policy=held, calendar_id=before.calendar_id, takes_effect_at=ahead.takes_effect_at, targets={}
        )
    _write(member, held, "rested", {"edition_id": [before.pk, rest.pk]}, at)


def _refuse_nothing(draft: PolicyDraft) -> None:
    if not draft.targets:
        raise NotPossible(_("Promise something for one priority at least."))


def _taken(draft: PolicyDraft) -> str:
    return _("There is “%(name)s” already.") % {"name": draft.name}


def _promise(policy: Policy, draft: PolicyDraft, at: datetime) -> dict[str, Any]:
    """Add an edition, unless the policy promises the same then anyway."""
    counted = CalendarEdition.objects.filter(calendar=draft.calendar).holding(at)
    starts_at = beginning_of(draft.takes_effect, counted.zone if counted else "UTC", at)
    before = PolicyEdition.objects.filter(policy=policy).holding(starts_at)
    if before and (before.calendar_id, before.targets) == (draft.calendar.pk, draft.targets):
        return {}
    edition = PolicyEdition.objects.create(
        policy=policy, takes_effect_at=starts_at, calendar=draft.calendar, targets=draft.targets
    )
    return {"edition_id": [before and before.pk, edition.pk]}


def _write(member: Member, policy: Policy, what: str, changed: dict[str, Any], at: datetime) -> None:
    if changed:
        trail.record(f"policy.{what}", record=("policy", policy.pk), actor=member, at=at, facts={"changed": changed})
