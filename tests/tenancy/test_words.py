"""What the trail tells, in the reader's words."""

import pytest
from django.utils import translation

from tenancy.models import TrailEntry
from tenancy.words import told


@pytest.mark.parametrize(
    ("record", "kind", "changed", "words"),
    [
        ("team", "team.edited", {"name": [], "membership_ids": []}, "hat das Team geändert: Name, Personen"),
        ("membership", "membership.edited", {"manager_id": []}, "hat das Profil geändert: vorgesetzte Person"),
        ("service", "service.changed", {"follower_ids": []}, "geändert: Stakeholder"),
        ("category", "category.removed", None, "entfernt"),
        ("incident", "incident.noted", None, "hat eine interne Notiz geschrieben"),
        ("incident", "incident.routed", {"team_id": [1, 2], "ended_at": []}, "hat einem anderen Team übergeben: Team"),
    ],
)
def test_what_changed_is_told_in_german(record: str, kind: str, changed: dict[str, list[str]], words: str) -> None:
    entry = TrailEntry(organisation_id=1, record=record, kind=kind, facts={"changed": changed} if changed else {})
    with translation.override("de"):
        assert told(entry) == words
