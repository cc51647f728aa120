"""Which open pages are told of a change: those it concerns, after the commit, and of notes none outside the desk."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from incidents import actions
from incidents.models import Involvement
from notifications import live
from tests.incidents.conftest import Cast
from tests.incidents.factories import involved, reported


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> Iterator[Callable[..., set[str]]]:
    """Do something, commit, and return what was told of it: ``told(actions.take, member, number=1)``."""
    monkeypatch.setattr(live.bell, "ring", lambda: None)

    def after(action: Callable[..., object], member: Any, **facts: Any) -> set[str]:
        live._gathered()
        with django_capture_on_commit_callbacks(execute=True):
            action(member, **facts)
            assert live._gathered() == {}
        return live._gathered().get(member.organisation_id, set())

    yield after
    live._gathered()


def test_a_change_is_told_to_whom_it_concerns(cast: Cast, told: Callable[..., set[str]]) -> None:
    incident = reported(cast.reporter, service=cast.service)
    involved(incident, cast.affected, Involvement.Part.AFFECTED)
    staff = {"queue", incident.label}
    portal = {f"portal-{incident.label}", f"home-{cast.reporter.id}", f"home-{cast.affected.id}"}
    assert told(actions.take, cast.agent, number=incident.number) == staff | portal
    assert told(actions.note, cast.agent, number=incident.number, text="Psst") == staff
    assert told(actions.suspect, cast.agent, number=incident.number, suspicion="The cable") == staff


def test_what_is_undone_is_not_told(cast: Cast, told: Callable[..., set[str]]) -> None:
    incident = reported(cast.reporter, service=cast.service)

    def take_and_fail(member: Any) -> None:
        with transaction.atomic():
            actions.take(member, number=incident.number)
            transaction.set_rollback(True)

    assert told(take_and_fail, cast.agent) == set()
