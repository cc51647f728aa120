"""Inserts that are written once: as Django would do them."""

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from tenancy import clock
from tenancy.models import Membership, Organisation, TrailEntry
from tenancy.wall import Conflict, bound, insert


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
