"""Ids that leave the house: each row has its own, whoever wrote it."""

import pytest
from django.db import IntegrityError, connection, transaction

from tenancy.models import Membership, Organisation, Team
from tenancy.wall import bound
from tests.factories import TeamFactory

pytestmark = pytest.mark.django_db


def test_what_knows_nothing_of_the_column_can_still_write(harbour: Organisation) -> None:
    old = (
        "INSERT INTO tenancy_membership (organisation_id, name, mail, phone, department, language, time_zone, state, "
        "joined_at) VALUES (%s, 'Ida', '', '', '', '', '', 'active', now())"
    )
    with bound(harbour.id), connection.cursor() as cursor:
        cursor.executemany(old, [[harbour.id], [harbour.id]])
        assert len(set(Membership.objects.filter(name="Ida").values_list("public_id", flat=True))) == 2


def test_an_id_is_taken_once_in_an_organisation(harbour: Organisation, quill: Organisation) -> None:
    with bound(harbour.id):
        here = TeamFactory()
        with pytest.raises(IntegrityError), transaction.atomic():
            TeamFactory(public_id=here.public_id)
    with bound(quill.id):
        there = TeamFactory(public_id=here.public_id)  # tells nobody that the other one is there
        assert list(Team.objects.filter(public_id=here.public_id)) == [there]
