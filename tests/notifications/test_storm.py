"""Through the doors to a real mail server: a storm on one service, and two hundred changes on one record."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from incidents import actions
from incidents.drafts import Draft
from incidents.models import Following, Incident
from notifications import delivery
from notifications.models import OutboxMessage
from tenancy import clock
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.incidents.factories import ServiceFactory
from tests.notifications.sink import Sink

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

STORM, LASTS = 1000, 300.0
CHANGES = 200


@pytest.fixture(autouse=True)
def in_a_hurry(settings: Any) -> None:
    """A thousand reports are not compared with fresh statements; everybody else's are."""
    settings.COMPARE_STATEMENTS = False


def pass_time(organisation: Organisation, seconds: float) -> None:
    """Move all moments of the outbox into the past."""
    by = timedelta(seconds=seconds)
    moments = ("due_at", "created_at", "shut_until", "lease_until")
    with bound(organisation.id):
        OutboxMessage.objects.update(**{name: F(name) - by for name in moments})


def words(sink: Sink, address: str) -> list[str]:
    """Subject and plain text of every mail to somebody, in the order of arrival."""
    mails = [mail for mail, (_, to) in zip(sink.kept, sink.envelopes, strict=True) if to == [address]]
    parts = [(mail["Subject"], mail.get_body(("plain",))) for mail in mails]
    return [f"{subject}\n{part.get_content() if part else ''}" for subject, part in parts]


def test_a_storm_on_one_service_is_three_mails_and_loses_no_incident(
    harbour: Organisation, member: Callable[..., Member], sink: Sink
) -> None:
    """A thousand incidents within five minutes, a delivery after each fiftieth; then the windows end."""
    reporter = member(mail="rig@people.example", name="Test Rig")
    stakeholders = [member("stakeholder", name=f"Follower {n}", mail=f"s{n}@people.example") for n in range(3)]
    with bound(harbour.id):
        service = ServiceFactory(name="Payroll")
        Following.objects.bulk_create(Following(service=service, membership_id=one.id) for one in stakeholders)
    begins = clock.now() - timedelta(seconds=LASTS)
    step = 50
    for first in range(0, STORM, step):
        started = time.monotonic()
        with bound(harbour.id):
            for number in range(first, first + step):
                at = begins + timedelta(seconds=LASTS * number / STORM)
                actions.report(reporter, draft=Draft(title=f"Export {number} fails", service=service), at=at)
        delivery.deliver_due()
        # What the test itself takes is part of the five minutes.
        pass_time(harbour, max(0, LASTS * step / STORM - (time.monotonic() - started)))
    for _ in range(3):
        pass_time(harbour, 1200)
        delivery.deliver_due()
    with bound(harbour.id):
        labels = {one.label for one in Incident.objects.all()}
        assert not OutboxMessage.objects.exclude(state__in=["sent"]).exists()
    assert len(labels) == STORM
    for one in stakeholders:
        mails = words(sink, one.mail)
        assert len(mails) <= 3
        assert set(re.findall(r"INC-\d+", "\n".join(mails))) == labels


def test_two_hundred_changes_are_a_first_mail_and_one_bundle(
    harbour: Organisation, member: Callable[..., Member], sink: Sink
) -> None:
    reporter, agent = member(mail="ada@people.example", name="Ada Marsh"), member("agent", name="Ben Okoro")
    with bound(harbour.id):
        made = actions.report(reporter, draft=Draft(title="Smoke"), at=clock.now() - timedelta(hours=1))
    delivery.deliver_due()
    pass_time(harbour, 3600)
    sink.kept.clear()
    sink.envelopes.clear()
    for turn in range(CHANGES):
        with bound(harbour.id):
            actions.reply(agent, number=made.number, text=f"Word {turn} of many.")
        if turn % 20 == 0:
            delivery.deliver_due()
            pass_time(harbour, 2)
    delivery.deliver_due()
    pass_time(harbour, 60)
    delivery.deliver_due()
    first, bundle = words(sink, "ada@people.example")
    assert "Word 0 of many." in first
    assert [turn for turn in range(1, CHANGES) if f"Word {turn} of many." not in bundle] == []
    assert f"{CHANGES - 1} changes" in bundle
