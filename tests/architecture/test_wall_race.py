"""Many threads switch between organisations on pooled connections, and never see a row of the other."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from django.db import DatabaseError, connection, transaction

from tenancy.models import Organisation, Team
from tenancy.wall import Unbound, bound
from tests.factories import TeamFactory

SWITCHES, THREADS = 5_000, 8
turns = count()


class RolledBackError(Exception):
    """A view that failed."""


def seen() -> list[tuple[int, str]]:
    """Every team that the database shows, without Django's filter."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organisation_id, name FROM tenancy_team")
        return cursor.fetchall()


def switch(organisation_ids: list[int]) -> Counter[str]:
    told: Counter[str] = Counter()
    try:
        for _turn in range(SWITCHES // THREADS):
            turn = next(turns)
            mine, other = organisation_ids[turn % 2], organisation_ids[(turn + 1) % 2]
            try:
                with bound(mine):
                    if turn % 5 == 0:
                        TeamFactory(name=f"Team {turn}")
                    told["foreign"] += sum(organisation_id != mine for organisation_id, _name in seen())
                    told["own"] += len(Team.objects.values_list("pk"))
                    if turn % 11 == 0:
                        with bound(other):
                            told["foreign"] += sum(organisation_id != other for organisation_id, _name in seen())
                        told["foreign"] += sum(organisation_id != mine for organisation_id, _name in seen())
                    if turn % 3 != 1:
                        raise RolledBackError
            except RolledBackError:
                told["rolled back"] += 1
            if turn % 7 == 0:
                look_unbound()
            connection.close()  # back into the pool, for another thread
    finally:
        connection.close()
    return told


def look_unbound() -> None:
    """The database refuses, and so does Python."""
    with pytest.raises(DatabaseError), transaction.atomic():
        seen()
    with pytest.raises(Unbound):
        Team.objects.count()


@pytest.mark.django_db(transaction=True)
def test_five_thousand_switches_show_nothing_of_the_other(harbour: Organisation, quill: Organisation) -> None:
    for organisation in (harbour, quill):
        with bound(organisation.id):
            TeamFactory(name="Service desk")
    with ThreadPoolExecutor(THREADS) as threads:
        jobs = [threads.submit(switch, [harbour.id, quill.id]) for _thread in range(THREADS)]
        told = sum((job.result() for job in jobs), Counter())
    assert told["foreign"] == 0
    assert told["own"] >= SWITCHES
    assert told["rolled back"] > SWITCHES / 2
