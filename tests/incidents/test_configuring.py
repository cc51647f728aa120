"""How an organisation sets up its desk."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from incidents.actions import configuring
from incidents.models import Category, DeskRules, Following, IncidentType, NumberCounter, Service
from incidents.priority import DEFAULT_MATRIX
from tenancy.members import Denied
from tenancy.models import Organisation, Team, TrailEntry
from tenancy.refusal import NotPossible
from tenancy.wall import bound
from tests.incidents.conftest import Cast
from tests.incidents.factories import reported

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def save(cast: Cast, name: str, parent: Category | None = None) -> Category:
    return configuring.save_setting(cast.administrator, row=Category(name=name, parent=parent))


def test_a_new_organisation_can_open_its_desk(harbour: Organisation, quill: Organisation) -> None:
    for organisation in (harbour, quill):
        with bound(organisation.id):
            rules = DeskRules.objects.get()
            assert (rules.matrix, rules.contest_days) == (DEFAULT_MATRIX, 5)
            assert (rules.attachment_max_megabytes, rules.attachment_max_count) == (25, 10)
            assert NumberCounter.objects.get().last_number == 1000
            types = list(IncidentType.objects.values_list("name", "is_request"))
            assert types == [("Hardware", False), ("Software", False), ("Service request", True)]
            configuring.furnish()
            assert IncidentType.objects.count() == 3


def test_a_new_organisation_starts_with_types_in_its_language(harbour: Organisation) -> None:
    with bound(harbour.id):
        Organisation.objects.filter(pk=harbour.pk).update(language="de")
        IncidentType.objects.all().delete()
        configuring.furnish()
        types = list(IncidentType.objects.values_list("name", "is_request"))
    assert types == [("Hardware", False), ("Software", False), ("Serviceanfrage", True)]


def test_what_changed_is_written_down(cast: Cast) -> None:
    service = configuring.save_setting(cast.administrator, row=Service(name="Payroll"), at=AT)
    service.name = "Pay"
    changed = {"name": ["Payroll", "Pay"]}
    configuring.save_setting(cast.administrator, row=service, changed=changed, at=AT)
    configuring.remove_setting(cast.administrator, row=service, at=AT)
    entries = TrailEntry.objects.filter(record="service").values_list("kind", "facts", "actor_id", "at")
    assert list(entries) == [
        ("service.added", {}, cast.administrator.id, AT),
        ("service.changed", {"changed": changed}, cast.administrator.id, AT),
        ("service.removed", {}, cast.administrator.id, AT),
    ]
    assert not Service.objects.filter(name="Pay").exists()


def test_only_administrators_set_up(cast: Cast) -> None:
    for name, member in cast.members().items():
        if name == "administrator":
            continue
        with pytest.raises(Denied):
            configuring.save_setting(member, row=Service(name="Mine"))
        with pytest.raises(Denied):
            configuring.remove_setting(member, row=cast.service)
    assert list(Service.objects.all()) == [cast.service]
    assert not TrailEntry.objects.filter(record="service").exists()


def test_a_renamed_branch_renames_what_hangs_on_it(cast: Cast) -> None:
    top = save(cast, "Hardware")
    middle = save(cast, "Printer", top)
    leaf = save(cast, "Toner", middle)
    assert leaf.path == "Hardware / Printer / Toner"
    top.name = "Devices"
    configuring.save_setting(cast.administrator, row=top)
    assert sorted(Category.objects.values_list("path", flat=True)) == [
        "Devices",
        "Devices / Printer",
        "Devices / Printer / Toner",
    ]


def test_a_branch_does_not_grow_on_itself(cast: Cast) -> None:
    top = save(cast, "Hardware")
    middle = save(cast, "Printer", top)
    leaf = save(cast, "Toner", middle)
    for parent in (top, middle, leaf):
        changed = Category.objects.get(pk=top.pk)
        changed.parent = parent
        with pytest.raises(NotPossible, match="below itself"):
            configuring.save_setting(cast.administrator, row=changed)
    assert Category.objects.get(pk=top.pk).parent_id is None


def test_two_branches_of_one_name_are_refused(cast: Cast) -> None:
    top = save(cast, "Hardware")
    save(cast, "Printer", top)
    with pytest.raises(NotPossible, match="Hardware / printer"):
        save(cast, "printer", top)
    save(cast, "Printer")
    assert Category.objects.count() == 3


def test_what_is_in_use_stays(cast: Cast) -> None:
    reported(cast.reporter, service=cast.service)
    with pytest.raises(NotPossible, match="“Printers” is in use"):
        configuring.remove_setting(cast.administrator, row=cast.service)
    assert Service.objects.filter(pk=cast.service.pk).exists()
    assert not TrailEntry.objects.filter(kind="service.removed").exists()


def test_stakeholders_follow_once(cast: Cast) -> None:
    other = Service.objects.create(name="Payroll")
    assert configuring.follow(cast.stakeholder, service=other) == configuring.follow(cast.stakeholder, service=other)
    assert Following.objects.filter(service=other).count() == 1
    assert TrailEntry.objects.filter(kind="following.added").count() == 1
    with pytest.raises(Denied):
        configuring.follow(cast.bystander, service=other)


def test_a_foreign_team_cannot_own_a_service(cast: Cast, quill: Organisation) -> None:
    with bound(quill.id):
        theirs = Team.objects.get(name="Networks")
    with pytest.raises(IntegrityError), transaction.atomic():
        configuring.save_setting(cast.administrator, row=Service(name="Payroll", owner_team=theirs))
