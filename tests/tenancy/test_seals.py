"""Whoever rewrites the trail, even as the database's owner, is found out, and the entry is named."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tenancy import anchors, clock, tasks, trail
from tenancy.actions import sealing
from tenancy.chain import START, canonical, link
from tenancy.members import Member
from tenancy.models import Organisation, TrailEntry, TrailSeal
from tenancy.proving import Proof, prove
from tenancy.wall import bound
from tests import database

COUNT = 80
Owner = psycopg.Connection[Any]


def write(count: int, actor: Member | None = None) -> list[int]:
    """Write entries, as any action does; return their numbers."""
    return [
        trail.record(
            f"team.{'edited' if number % 2 else 'added'}",
            record=("team", number),
            actor=actor,
            at=clock.now(),
            facts={"changed": {"name": [number, number + 1]}, "größe": 1.5},
        ).pk
        for number in range(count)
    ]


@pytest.fixture
def ids(transactional_db: None, harbour: Organisation, quill: Organisation) -> list[int]:
    """The numbers of eighty sealed entries, written in turn with those of the other organisation."""
    found = []
    for _turn in range(4):
        for organisation in (harbour, quill):
            with bound(organisation.id):
                written = write(COUNT // 4)
            found += written if organisation == harbour else []
    tasks.seal_trails()
    return found


def proof(organisation: Organisation, *told: anchors.Anchor, settled: float = -60) -> Proof:
    with bound(organisation.id):
        return prove(told, settled_before=clock.now() - timedelta(seconds=settled))


def anchor_of(organisation: Organisation) -> anchors.Anchor:
    with bound(organisation.id):
        found = sealing.anchor(organisation, at=clock.now())
    assert found
    return found


@contextmanager
def meddled(owner: Owner, *statements: str) -> Iterator[None]:
    """The trail, rewritten past all grants for a while."""
    owner.execute("CREATE TABLE kept AS SELECT * FROM tenancy_trailentry")
    owner.execute("CREATE TABLE kept_seals AS SELECT * FROM tenancy_trailseal")
    try:
        for statement in statements:
            assert owner.execute(statement).rowcount
        yield
    finally:
        for table, kept in (("tenancy_trailentry", "kept"), ("tenancy_trailseal", "kept_seals")):
            owner.execute(f"DELETE FROM {table}")
            owner.execute(f"INSERT INTO {table} SELECT * FROM {kept}")
            owner.execute(f"DROP TABLE {kept}")


@pytest.mark.django_db(transaction=True)
def test_what_nobody_touched_is_proven(harbour: Organisation, quill: Organisation, ids: list[int]) -> None:
    for organisation in (harbour, quill):
        found = proof(organisation, anchor_of(organisation))
        assert (found.wrong, found.sealed >= COUNT, found.unsealed) == ("", True, 0)


CHANGES = (
    "kind = 'team.left'",
    "at = at + interval '1 microsecond'",
    "record = 'membership'",
    "record_id = record_id + 1",
    "facts = facts || '{\"more\": 1}'",
    "facts = '{}'",
    "version = 2",
    "actor_id = (SELECT min(id) FROM tenancy_membership)",
)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_any_entry_that_is_changed_taken_out_or_moved_is_named(
    harbour: Organisation, ids: list[int], member: Callable[..., Member]
) -> None:
    member()
    told = []
    with database.owner() as owner:
        for place, one in enumerate(ids):
            other = ids[place - 1]
            first = min(one, other)
            change = CHANGES[place % len(CHANGES)]
            with meddled(owner, f"UPDATE tenancy_trailentry SET {change} WHERE id = {one}"):
                told.append((one, "is not what was sealed", proof(harbour).wrong))
            with meddled(owner, f"DELETE FROM tenancy_trailentry WHERE id = {one}"):
                told.append((one, "is gone", proof(harbour).wrong))
            moves = [
                f"UPDATE tenancy_trailentry SET id = {new} WHERE id = {old}"
                for old, new in ((one, -1), (other, one), (-1, other))
            ]
            with meddled(owner, *moves):
                told.append((first, "is not what was sealed", proof(harbour).wrong))
    assert len(told) == 3 * COUNT
    assert [row for row in told if not (row[2].startswith(f"Entry {row[0]} ") and row[1] in row[2])] == []
    assert proof(harbour).wrong == ""


@pytest.mark.django_db(transaction=True)
def test_an_end_that_was_cut_off_with_its_seals_is_told_by_the_anchor(harbour: Organisation, ids: list[int]) -> None:
    anchor = anchor_of(harbour)
    for cut in (ids[-1], ids[-20], ids[0]):
        both = [
            f"DELETE FROM {table} WHERE {column} >= {cut} AND organisation_id = {harbour.id}"
            for table, column in (("tenancy_trailentry", "id"), ("tenancy_trailseal", "entry_id"))
        ]
        with database.owner() as owner, meddled(owner, *both):
            assert proof(harbour).wrong == ""
            assert f"number {anchor.position}, entry {ids[-1]}" in proof(harbour, anchor).wrong
        with database.owner() as owner, meddled(owner, both[0]):
            assert proof(harbour).wrong.startswith(f"Entry {cut} is gone")
        with database.owner() as owner, meddled(owner, both[1]):
            assert proof(harbour).wrong or proof(harbour).unsealed


@pytest.mark.django_db(transaction=True)
def test_a_chain_that_was_written_anew_does_not_fit_its_anchor(harbour: Organisation, ids: list[int]) -> None:
    anchor = anchor_of(harbour)
    with database.owner() as owner:
        changed = f"UPDATE tenancy_trailentry SET facts = '{{}}' WHERE id = {ids[40]}"
        with meddled(owner, changed, f"DELETE FROM tenancy_trailseal WHERE organisation_id = {harbour.id}"):
            tasks.seal_trails()
            assert proof(harbour).wrong == ""
            assert proof(harbour, anchor).wrong.startswith("The chain was written anew")


@pytest.mark.django_db(transaction=True)
def test_a_seal_that_is_missing_and_an_entry_slipped_in_are_named(harbour: Organisation, ids: list[int]) -> None:
    with database.owner() as owner:
        gone = f"DELETE FROM tenancy_trailseal WHERE entry_id = {ids[50]}"
        with meddled(owner, gone):
            assert f"up to the one on entry {ids[51]}" in proof(harbour).wrong
        slipped = (
            "INSERT INTO tenancy_trailentry (id, organisation_id, kind, at, record, record_id, facts, version) "
            f"VALUES (-5, {harbour.id}, 'team.added', now(), 'team', 1, '{{}}', 1)"
        )
        with meddled(owner, slipped):
            assert proof(harbour).wrong.startswith("Entry -5 (team.added) has no seal")


@pytest.mark.django_db(transaction=True)
def test_entries_that_commit_late_are_sealed_all_the_same(harbour: Organisation, ids: list[int]) -> None:
    written, may_commit = threading.Event(), threading.Event()
    late: list[int] = []

    def slowly() -> None:
        try:
            with bound(harbour.id):
                late.extend(write(1))
                written.set()
                may_commit.wait(10)
        finally:
            connection.close()

    writer = threading.Thread(target=slowly)
    writer.start()
    assert written.wait(10)
    with bound(harbour.id):
        (early,) = write(1)
    tasks.seal_trails()
    may_commit.set()
    writer.join()
    tasks.seal_trails()
    assert late[0] < early
    with bound(harbour.id):
        order = list(TrailSeal.objects.order_by("-position").values_list("entry_id", flat=True)[:2])
    assert order == [late[0], early]
    assert proof(harbour).wrong == ""


@pytest.mark.django_db(transaction=True)
def test_workers_that_seal_at_once_seal_once(harbour: Organisation, quill: Organisation) -> None:
    with bound(harbour.id):
        write(300)

    def work() -> None:
        try:
            tasks.seal_trails()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    tasks.seal_trails()
    assert proof(harbour).wrong == ""
    assert proof(harbour).unsealed == 0


def test_the_app_can_neither_change_nor_delete_a_seal(bind: None) -> None:
    write(1)
    sealing.seal(at=clock.now())
    for statement in ("UPDATE tenancy_trailseal SET position = 9", "DELETE FROM tenancy_trailseal"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.connection.transaction():
            connection.connection.execute(statement)


def test_the_chain_is_what_the_document_says(bind: None) -> None:
    (number,) = write(1)
    entry = TrailEntry.objects.values().get(pk=number)
    text = canonical(entry).decode()
    assert json.loads(text)["at"].endswith("+00:00")
    assert text.startswith('{"actor_id":null,"at":"')
    assert "gr\\u00f6\\u00dfe" in text
    assert link(START, entry) != link(b"\1" * 32, entry)


# --- anchors and the command
def run(*arguments: str) -> str:
    out = StringIO()
    call_command("trail", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_command_proves_and_names(harbour: Organisation, ids: list[int], tmp_path: Path, settings: Any) -> None:
    settings.TRAIL_ANCHORS = str(tmp_path / "anchors")
    run("anchor")
    run("seal", "--all")
    run("anchor")
    assert "2 anchors fit" in run("verify", "harbour", "--anchors", settings.TRAIL_ANCHORS)
    with (
        database.owner() as owner,
        meddled(owner, f"UPDATE tenancy_trailentry SET version = 7 WHERE id = {ids[7]}"),
        pytest.raises(CommandError, match="1 trails are not what was sealed"),
    ):
        run("verify")
    for wrong, why in (("nowhere", "no organisation"), ("harbour --anchors /nowhere", "can't be read")):
        with pytest.raises(CommandError, match=why):
            run("verify", *wrong.split())


@pytest.mark.django_db(transaction=True)
def test_an_anchor_that_was_made_up_is_not_believed(
    harbour: Organisation, ids: list[int], tmp_path: Path, settings: Any
) -> None:
    line = anchor_of(harbour).line()
    file = tmp_path / "anchors"
    for forged in (
        line.replace('"position": ', '"position": 1'),
        line.replace('"signature": "', '"signature": "0'),
        line.replace("harbour", "quill"),
    ):
        assert forged != line
        file.write_text(f"{line}\n{forged}\n")
        with pytest.raises(CommandError, match="line 2: This anchor was not signed here"):
            run("verify", "--anchors", str(file))
    file.write_text(json.dumps({"event": "trail anchor", "anchor": line}) + "\n")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another one, from now on " * 3
    assert "1 anchors fit" in run("verify", "harbour", "--anchors", str(file))
