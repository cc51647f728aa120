"""The mail server frozen and the broker frozen: requests don't notice, and nothing is lost when they return."""

import os
import signal
import socket
import statistics
import time
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from notifications import bell, delivery
from notifications.models import OutboxMessage
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.notifications.conftest import Broker
from tests.notifications.sink import Sink, serve

ADDRESS = "ada@people.example"


def _ask_for_a_reset(client: Client) -> float:
    """One request that posts a mail; how long it took."""
    started = time.monotonic()
    response = client.post("/account/password/reset/", {"email": ADDRESS})
    assert response.status_code == 302
    return time.monotonic() - started


@pytest.mark.django_db(transaction=True)
def test_requests_go_on_and_nothing_is_lost(
    stranger: Client,
    broker: Broker,
    harbour: Organisation,
    member: Callable[..., Member],
    smtp: None,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    monkeypatch.setattr(bell, "PAUSE_AFTER_FAILURE", 0.1)
    member(mail=ADDRESS)
    usual = [_ask_for_a_reset(stranger) for _ in range(12)]
    os.kill(broker.process.pid, signal.SIGSTOP)
    with socket.create_server(("127.0.0.1", settings.EMAIL_PORT)):
        taken = [_ask_for_a_reset(stranger) for _ in range(12)]
        delivery.deliver_due()
    assert statistics.median(taken) - statistics.median(usual) < 0.1, (usual, taken)

    with bound(harbour.id):
        waiting = OutboxMessage.objects.filter(state="pending", attempts=0).count()
    assert waiting == 24
    os.kill(broker.process.pid, signal.SIGCONT)
    sink = Sink()
    controller = serve(sink, settings.EMAIL_PORT)
    delivery.deliver_due()
    controller.stop()
    assert len(sink.kept) == len(set(sink.ids)) == waiting
