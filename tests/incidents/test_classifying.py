"""Classification, the priority that follows from it, and the override that holds until it is reset."""

import pytest

from incidents import actions
from incidents.models import Category, DeskRules, Incident, IncidentType, Message
from incidents.priority import Impact, Priority, Risk, Severity, Urgency
from tenancy.members import Denied, Member
from tests.incidents.factories import CategoryFactory, IncidentTypeFactory, ServiceFactory, classification, reported
from tests.incidents.watching import as_it_is, everything, replayed, trail_of


def fresh(incident: Incident) -> Incident:
    return Incident.objects.get(pk=incident.pk)


def test_staff_say_what_it_is_and_the_priority_follows(reporter: Member, agent: Member) -> None:
    incident = reported(reporter)
    facts = classification(
        type=IncidentTypeFactory(),
        category=CategoryFactory(),
        service=ServiceFactory(),
        impact=Impact.DEPARTMENT,
        urgency=Urgency.HIGH,
        risk=Risk.HIGH,
        severity=Severity.DOWN,
    )
    actions.classify(agent, number=incident.number, facts=facts)
    said = fresh(incident)
    assert (said.type, said.category, said.service) == (facts.type, facts.category, facts.service)
    assert (said.impact, said.urgency, said.risk, said.severity) == ("department", "high", "high", "down")
    assert said.priority == Priority.P1
    assert said.classified_at
    assert replayed(incident) == as_it_is(incident)
    first = said.classified_at
    actions.classify(agent, number=incident.number, facts=classification())
    assert fresh(incident).classified_at == first
    assert (Category.objects.count(), IncidentType.objects.count()) == (1, 4)


def test_severity_decides_nothing_alone(reporter: Member, agent: Member) -> None:
    incident = reported(reporter)
    found = set()
    for severity in (*Severity, None):
        actions.classify(agent, number=incident.number, facts=classification(severity=severity))
        found.add(fresh(incident).priority)
    assert found == {Priority.P3}


def test_the_organisations_own_matrix_counts(reporter: Member, agent: Member) -> None:
    incident = reported(reporter)
    rules = DeskRules.objects.get()
    rules.matrix["group"]["medium"] = "P5"
    rules.save()
    actions.classify(agent, number=incident.number, facts=classification())
    assert fresh(incident).priority == Priority.P5


def test_an_override_holds_until_it_is_reset(reporter: Member, lead: Member) -> None:
    incident = reported(reporter)
    actions.override_priority(lead, number=incident.number, priority=Priority.P1, reason="The board waits.")
    assert (fresh(incident).priority, fresh(incident).priority_overridden) == (Priority.P1, True)
    actions.classify(lead, number=incident.number, facts=classification(risk=Risk.HIGH))
    assert (fresh(incident).priority, fresh(incident).priority_overridden) == (Priority.P1, True)
    actions.reset_priority(lead, number=incident.number)
    assert (fresh(incident).priority, fresh(incident).priority_overridden) == (Priority.P2, False)
    actions.classify(lead, number=incident.number, facts=classification())
    assert fresh(incident).priority == Priority.P3
    assert replayed(incident) == as_it_is(incident)


def test_the_reason_of_an_override_is_internal_and_on_the_trail(reporter: Member, lead: Member) -> None:
    incident = reported(reporter)
    actions.override_priority(lead, number=incident.number, priority=Priority.P2, reason="The board waits.")
    reason = Message.objects.get()
    assert (reason.text, reason.kind, reason.internal, reason.author_id) == (
        "The board waits.",
        "reason",
        True,
        lead.id,
    )
    entry = trail_of(incident)[-1]
    assert entry.facts == {
        "changed": {"priority": ["P4", "P2"], "priority_overridden": [False, True]},
        "message_id": reason.pk,
    }


def test_an_agent_does_not_override(reporter: Member, agent: Member) -> None:
    number = reported(reporter).number
    before = everything()
    with pytest.raises(Denied):
        actions.override_priority(agent, number=number, priority=Priority.P1, reason="My friend waits.")
    with pytest.raises(Denied):
        actions.reset_priority(agent, number=number)
    assert everything() == before
