"""How an organisation sets up its desk: services, categories, types, rules; and what a new one starts with."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from incidents.models import (
    Category,
    DeskRules,
    EscalationEdition,
    EscalationPolicy,
    Following,
    IncidentType,
    NumberCounter,
    Policy,
    PolicyEdition,
    Service,
)
from tenancy import clock, trail
from tenancy.actions.standing import hold_organisation
from tenancy.members import Member
from tenancy.models import Calendar, CalendarEdition, Membership, Organisation, RoleGrant
from tenancy.models.calendars import SINCE_EVER
from tenancy.refusal import NotPossible, refusing_twins
from tenancy.roles import RIGHTS
from tenancy.wall import TenantModel, current_organisation_id, refuse_unbound

Row = TypeVar("Row", bound=TenantModel)

LONGEST_PATH = Category._meta.get_field("path").max_length or 0
STARTING_TYPES = (
    (gettext_noop("Software"), False),
    (gettext_noop("Hardware"), False),
    (gettext_noop("Service request"), True),
)
# What a new organisation promises: minutes until the first answer, between updates, and until the solution.
STARTING_TARGETS = {
    "P1": {"response": 15, "update": 60, "resolution": 240, "always": True},
    "P2": {"response": 120, "update": 480, "resolution": 600},
    "P3": {"response": 240, "update": 1200, "resolution": 1800},
    "P4": {"response": 600, "resolution": 3000},
    "P5": {"response": 1200, "resolution": 6000},
}
# Who is called when nobody answers what is urgent.
STARTING_STEPS = {
    "P1": [
        {"after": 5, "tell": [["assignee"], ["team"]]},
        {"after": 15, "tell": [["team_lead"]], "level": 1},
        {"after": 30, "tell": [["role", "incident_manager"]], "level": 2, "major": True, "times": 3, "every": 30},
        {"after": 100, "of": "resolution", "until": "resolved", "level": 2},
    ],
    "P2": [
        {"after": 50, "of": "response", "tell": [["assignee"], ["team"]]},
        {"after": 100, "of": "response", "tell": [["team_lead"]], "level": 1},
        {"after": 50, "of": "resolution", "tell": [["role", "incident_manager"]], "level": 2},
    ],
}
WORKDAYS = range(5)


@transaction.atomic
def save_setting(member: Member, *, row: Row, changed: dict[str, Any] | None = None, at: datetime | None = None) -> Row:
    """Save a service, category, type or the rules, and write down what changed."""
    refuse_unbound()
    member.require("organisation.administer")
    is_new = row.pk is None
    if isinstance(row, Category):
        _place(row)
    with refusing_twins(_("There is “%(name)s” already.") % {"name": row}):
        row.save()
        if isinstance(row, Category):
            _rename_below(row)
    _write(member, row, "added" if is_new else "changed", changed, at)
    return row


def _place(category: Category) -> None:
    """Write its path, where there is room for it in the tree."""
    hold_organisation()  # or two people could hang two branches on each other
    parent = Category.objects.get(pk=category.parent_id) if category.parent_id else None
    above = parent
    while above:
        if above.pk == category.pk:
            raise NotPossible(_("A category can't stand below itself."))
        above = above.parent
    _write_path(category, parent)


def _write_path(category: Category, parent: Category | None) -> None:
    category.path = f"{parent.path} / {category.name}" if parent else category.name
    if len(category.path) > LONGEST_PATH:
        raise NotPossible(_("“%(path)s” is too long: use shorter names or fewer levels.") % {"path": category.path})


def _rename_below(category: Category) -> None:
    for child in category.children.all():
        _write_path(child, category)
        child.save(update_fields=["path"])
        _rename_below(child)


@transaction.atomic
def remove_setting(member: Member, *, row: TenantModel, at: datetime | None = None) -> None:
    """Remove a setting that nothing uses."""
    refuse_unbound()
    member.require("organisation.administer")
    _write(member, row, "removed", None, at)
    try:
        row.delete()
    except ProtectedError as error:
        raise NotPossible(_("“%(name)s” is in use: make it inactive instead.") % {"name": row}) from error


def _write(member: Member, row: TenantModel, what: str, changed: dict[str, Any] | None, at: datetime | None) -> None:
    name = row._meta.model_name or ""
    trail.record(
        f"{name}.{what}",
        record=(name, row.pk),
        actor=member,
        at=at or clock.now(),
        facts={"changed": changed} if changed else {},
    )


@transaction.atomic
def follow(member: Member, *, service: Service, at: datetime | None = None) -> Following:
    """Follow a service as a stakeholder."""
    refuse_unbound()
    member.require("incident.follow")
    following, is_new = Following.objects.get_or_create(service=service, membership_id=member.id)
    if is_new:
        _write(member, following, "added", None, at)
    return following


@transaction.atomic
def set_followers(
    member: Member, *, service: Service, follower_ids: frozenset[int], at: datetime | None = None
) -> None:
    """Let exactly these people follow the service; whoever is new among them must be a stakeholder."""
    refuse_unbound()
    member.require("organisation.administer")
    Service.objects.select_for_update(of=("self",), no_key=True).get(pk=service.pk)
    held = set(Following.objects.filter(service=service).values_list("membership_id", flat=True))
    if held == follower_ids:
        return
    new = follower_ids - held
    if _stakeholders().filter(pk__in=new).count() != len(new):
        raise NotPossible(_("Only stakeholders can follow a service: give them that role first."))
    Following.objects.filter(service=service).exclude(membership__in=follower_ids).delete()
    Following.objects.bulk_create(Following(service=service, membership_id=one) for one in sorted(new))
    _write(member, service, "changed", {"follower_ids": [sorted(held), sorted(follower_ids)]}, at)


def _stakeholders() -> QuerySet[Membership]:
    roles = [role.value for role, rights in RIGHTS.items() if "incident.follow" in rights]
    held = RoleGrant.objects.filter(membership=OuterRef("pk"), role__in=roles, team=None)
    return Membership.objects.filter(Exists(held), state=Membership.State.ACTIVE)


@transaction.atomic
def furnish() -> None:
    """Give the bound, new organisation what a desk needs to open: rules, a counter, and types in its language."""
    refuse_unbound()
    DeskRules.objects.get_or_create()
    NumberCounter.objects.get_or_create()
    organisation = Organisation.objects.get(pk=current_organisation_id())
    with override(organisation.language):
        for name, is_request in STARTING_TYPES:
            IncidentType.objects.get_or_create(name=_(name), defaults={"is_request": is_request})
        if not Calendar.objects.exists():
            _promise(organisation)
        if not EscalationPolicy.objects.exists():
            _call()


def _call() -> None:
    """Call people one after the other when nobody answers something urgent."""
    for priority, steps in STARTING_STEPS.items():
        policy = EscalationPolicy.objects.create(
            name=_("%(priority)s without an answer") % {"priority": priority}, priority=priority
        )
        EscalationEdition.objects.create(policy=policy, takes_effect_at=SINCE_EVER, steps=steps)


def _promise(organisation: Organisation) -> None:
    """Office hours from Monday to Friday, and promises for all incidents that count in them."""
    office = Calendar.objects.create(name=_("Office hours"), is_default=True)
    CalendarEdition.objects.create(
        calendar=office,
        takes_effect_at=SINCE_EVER,
        zone=organisation.time_zone,
        week=[[weekday, "08:00", 600] for weekday in WORKDAYS],
    )
    policy = Policy.objects.create(name=_("All incidents"))
    PolicyEdition.objects.create(policy=policy, takes_effect_at=SINCE_EVER, calendar=office, targets=STARTING_TARGETS)
