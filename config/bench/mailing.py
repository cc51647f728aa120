"""Mails on their way: from the outbox by the product, and the same mails by a plain loop of `smtplib`."""

import smtplib
import time
from typing import Any

from django.conf import settings
from django.db import connection

from incidents.actions.notices import Notice, announce
from incidents.models import Incident, Message
from notifications import delivery
from notifications.channels import mail
from notifications.models import OutboxMessage
from tenancy.members import load
from tenancy.models import Organisation, RoleGrant, TrailEntry
from tenancy.wall import as_owner, bound

Order = dict[str, Any]
Answer = dict[str, Any]

SAID = "We replaced the cable and restarted it. Could you try once more, and tell us what you see on the screen?"
# Each for another person, about another record.
MORE = """
INSERT INTO notifications_outboxmessage (organisation_id, dedupe, kind, channel, to_id, name, address, language,
    time_zone, thread, record, facts, forget, bundle, urgent, turn, message_id, state, due_at, attempts, last_error)
SELECT organisation_id, dedupe || ':' || g, kind, channel, to_id, name, g || '.' || address, language, time_zone,
    thread || '-' || g, record || g, facts, forget, 'record:' || gen_random_uuid(), urgent, turn,
    '<bench-' || gen_random_uuid() || '@example>', state, due_at, attempts, last_error
FROM notifications_outboxmessage, generate_series(1, %s) g WHERE id = %s
"""
WAITING = "SELECT count(*) FROM notifications_outboxmessage WHERE state IN ('pending', 'sending')"


def post(order: Order) -> Answer:
    """Post an answer to each organisation's first reporter, and have ``count`` others get it instead."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenancy_organisation ORDER BY id")
        organisations = [number for (number,) in cursor.fetchall()]
    each, more = divmod(order["count"], len(organisations))
    for place, organisation_id in enumerate(organisations):
        posted = _post_one(organisation_id)
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(MORE, [each + (place < more), posted])
            cursor.execute("DELETE FROM notifications_outboxmessage WHERE id = %s", [posted])
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_outboxmessage")
    return {}


def _post_one(organisation_id: int) -> int:
    with bound(organisation_id):
        organisation = Organisation.objects.get(pk=organisation_id)
        actor = load(RoleGrant.objects.filter(role="agent").earliest("id").membership, organisation)
        incident = Incident.objects.exclude(reporter=actor.id).latest("id")
        at = incident.reported_at
        message = Message(incident=incident, kind="reply", author_id=actor.id, text=SAID, at=at)
        entry = TrailEntry.objects.create(
            kind="incident.replied", at=at, actor_id=actor.id, record="incident", record_id=incident.pk
        )
        announce(Notice("incident_replied", entry, incident, actor, message))
        return int(OutboxMessage.objects.latest("id").pk)


def deliver(order: Order) -> Answer:
    """Deliver until nothing is left; say when that was."""
    _wait(order)
    while _waiting():
        delivery.deliver_due()
    return {"ended": time.time()}


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM organisations_with_due_mail()")
        return int(cursor.fetchone()[0])


def deliver_bare(order: Order) -> Answer:
    """Hand over ``count`` times one of the mails, made before, over one connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenancy_organisation ORDER BY id LIMIT 1")
        organisation_id = cursor.fetchone()[0]
    with bound(organisation_id):
        made = mail.build(OutboxMessage.objects.latest("id"))
    content, sender, to = bytes(made), made.sender, made.to
    _wait(order)
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as line:
        for _mail in range(order["count"]):
            line.sendmail(sender, [to], content)
    return {"ended": time.time()}


def _wait(order: Order) -> None:
    time.sleep(max(0.0, order["at"] - time.time()))


def left(_order: Order) -> Answer:
    """How many still wait."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(WAITING)
        return {"left": cursor.fetchone()[0]}
