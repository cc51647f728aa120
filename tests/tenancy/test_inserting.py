"""Inserts that are written once, and updates of many rows: as Django would do them."""

from typing import Any

import pytest
from django.contrib.postgres.functions import RandomUUID
from django.db import DataError, IntegrityError, ProgrammingError, transaction
from django.db.models.expressions import DatabaseDefault

from tenancy import clock
from tenancy.models import Membership, Organisation, TrailEntry
from tenancy.wall import Conflict, bound, insert, insert_all, update_all


def entry(**more: object) -> TrailEntry:
    return TrailEntry(**{"kind": "x.y", "at": clock.now(), "record": "x", "record_id": 1, "facts": {"a": [1]}, **more})


def test_a_row_is_there_as_it_was_given(bind: None) -> None:
    made = entry(version=3)
    insert(made)
    found = TrailEntry.objects.get(pk=made.pk)
    assert (found.kind, found.facts, found.version, found.public_id) == ("x.y", {"a": [1]}, 3, made.public_id)
    assert not made._state.adding


def test_each_organisation_gets_its_own(harbour: Organisation, quill: Organisation) -> None:
    for home in (harbour, quill):
        with bound(home.id):
            made = entry()
            insert(made)
            assert TrailEntry.objects.get(pk=made.pk).organisation_id == home.id


def test_nothing_is_put_behind_the_wall(harbour: Organisation, quill: Organisation) -> None:
    with bound(harbour.id):
        made = entry(organisation_id=quill.id)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            insert(made)


def test_a_twin_is_refused_or_left_or_written_over(bind: None) -> None:
    first = Membership(name="Ada", mail="ada@example.org")
    insert(first)
    twin = Membership(name="Eve", mail="eve@example.org", public_id=first.public_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(twin)
    insert(twin, Conflict())
    assert Membership.objects.get(public_id=first.public_id).name == "Ada"
    insert(twin, Conflict(unique=("organisation", "public_id"), update=("name",)))
    assert Membership.objects.get(public_id=first.public_id).name == "Eve"


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_many_rows_are_there_as_they_were_given(bind: None, count: int) -> None:
    made = [entry(facts={"n": [n, "a, 'b' {c} \\", None]}, version=n + 1) for n in range(count)]
    insert_all(made)
    found = TrailEntry.objects.in_bulk([one.pk for one in made])
    assert len(found) == count
    for one in made:
        kept = found[one.pk]
        assert (kept.facts, kept.version, kept.public_id, kept.at) == (one.facts, one.version, one.public_id, one.at)


def test_it_is_one_statement_however_many(bind: None, django_assert_num_queries: Any) -> None:
    for count in (2, 30):
        rows = [entry() for _ in range(count)]
        with django_assert_num_queries(1):
            insert_all(rows)
        with django_assert_num_queries(1):
            update_all([Membership(pk=-n, name="x") for n in range(count)], ["name"])


def test_many_are_put_in_their_own_place_only(harbour: Organisation, quill: Organisation) -> None:
    with bound(harbour.id), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        insert_all([entry(), entry(organisation_id=quill.id)])


def test_many_twins_are_refused_or_left_or_written_over(bind: None) -> None:
    first = [Membership(name=f"Ada {n}", mail=f"{n}@example.org") for n in range(3)]
    insert_all(first)
    twins = [Membership(name="Eve", mail=one.mail, public_id=one.public_id) for one in first]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_all(twins)
    mine = Membership.objects.filter(pk__in=[one.pk for one in first])
    insert_all(twins, Conflict())
    assert {one.name for one in mine.all()} == {"Ada 0", "Ada 1", "Ada 2"}
    insert_all(twins, Conflict(unique=("organisation", "public_id"), update=("name",)))
    assert {one.name for one in mine.all()} == {"Eve"}


def test_rows_with_other_columns_go_each_their_way(bind: None) -> None:
    mixed = [Membership(name="Ada"), Membership(name="Bo", public_id=DatabaseDefault(RandomUUID()))]
    insert_all([*mixed, Membership(name="Cy")])
    assert {"Ada", "Bo", "Cy"} <= set(Membership.objects.values_list("name", flat=True))


def test_each_is_updated_to_its_own(bind: None) -> None:
    made = [Membership(name=f"Ada {n}", mail=f"{n}@example.org") for n in range(3)]
    insert_all(made)
    for n, one in enumerate(made):
        one.name, one.mail_refused_at = f"Bo {n}", clock.now() if n else None
        one.mail = "not written"
    update_all(made, ["name", "mail_refused_at"])
    for one in made:
        kept = Membership.objects.get(pk=one.pk)
        assert (kept.name, kept.mail_refused_at) == (one.name, one.mail_refused_at)
        assert "@" in kept.mail


def test_what_is_too_long_is_refused_and_not_cut(bind: None) -> None:
    made = Membership(name="Ada")
    insert(made)
    made.name = "x" * 101
    with pytest.raises(DataError), transaction.atomic():
        update_all([made], ["name"])
    with pytest.raises(DataError), transaction.atomic():
        insert_all([Membership(name="x" * 101), Membership(name="y" * 101)])


def test_anothers_rows_are_not_updated(harbour: Organisation, quill: Organisation) -> None:
    with bound(quill.id):
        made = Membership(name="Ada")
        insert(made)
    made.name = "Eve"
    with bound(harbour.id):
        update_all([made], ["name"])
    with bound(quill.id):
        assert Membership.objects.get(pk=made.pk).name == "Ada"
