"""Verb x status x role: who may do what, where it leads, and that whatever is refused changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from incidents import actions
from incidents.actions.finishing import finish
from incidents.actions.step import begin
from incidents.drafts import Confirmation
from incidents.lifecycle import Refused, Status, Verb
from incidents.models import Hypothesis, Incident, Involvement
from incidents.priority import Priority
from tenancy.members import Denied, Member
from tests.incidents.conftest import Cast
from tests.incidents.expected import GRID, answer_to
from tests.incidents.factories import FIXED, SUPPLIER, brought_to, classification, involved, person
from tests.incidents.watching import everything

Part = Involvement.Part
Act = Callable[..., Any]


def _answer(member: Member, *, number: int) -> None:
    step = begin(member, number, Verb.ANSWER, given={"text"})
    step.incident.hold_reason = ""
    finish(step)


def calls(cast: Cast, incident: Incident) -> dict[Verb, tuple[Act, dict[str, Any]]]:
    """Every verb with all the facts it needs."""
    hypothesis = Hypothesis.objects.create(
        incident=incident, suspicion="A loose cable", author_id=cast.mate.id, at=incident.reported_at
    )
    bystander = person(cast.bystander)
    return {
        Verb.TAKE: (actions.take, {}),
        Verb.ACKNOWLEDGE: (actions.acknowledge, {}),
        Verb.ASSIGN: (actions.assign, {"assignee": person(cast.team_lead)}),
        Verb.ROUTE: (actions.route, {"team": cast.team}),
        Verb.CLASSIFY: (actions.classify, {"facts": classification()}),
        Verb.OVERRIDE: (actions.override_priority, {"priority": Priority.P1, "reason": "The board waits."}),
        Verb.RESET: (actions.reset_priority, {}),
        Verb.RESTRICT: (actions.restrict, {}),
        Verb.UNRESTRICT: (actions.unrestrict, {}),
        Verb.HOLD: (actions.hold, {"facts": SUPPLIER}),
        Verb.RESUME: (actions.resume, {}),
        Verb.RESOLVE: (actions.resolve, {"resolution": FIXED}),
        Verb.REOPEN: (actions.reopen, {"reason": "Too early."}),
        Verb.CLOSE: (actions.close, {"ending": Incident.Ending.PHONE}),
        Verb.CANCEL: (actions.cancel, {"ending": Incident.Ending.NOT_INCIDENT, "text": "A drill."}),
        Verb.REPLY: (actions.reply, {"text": "On our way."}),
        Verb.NOTE: (actions.note, {"text": "Again that cable."}),
        Verb.SUSPECT: (actions.suspect, {"suspicion": "The fuser"}),
        Verb.CONCLUDE: (actions.conclude, {"hypothesis": hypothesis, "outcome": Hypothesis.Outcome.CONFIRMED}),
        Verb.DIAGNOSE: (actions.diagnose, {"root_cause": "Age"}),
        Verb.REFER: (actions.refer, {"kind": "supplier", "value": "S-1"}),
        Verb.INVOLVE: (actions.involve, {"person": bystander, "part": Part.PARTICIPANT}),
        Verb.RELEASE: (actions.release, {"person": person(cast.affected), "part": Part.AFFECTED}),
        Verb.COMMENT: (actions.comment, {"text": "Any news?"}),
        Verb.ANSWER: (_answer, {}),
        Verb.WITHDRAW: (actions.withdraw, {}),
        Verb.CONFIRM: (actions.confirm, {"word": Confirmation()}),
        Verb.REJECT: (actions.reject, {"text": "Still smoke."}),
        Verb.CONTEST: (actions.contest, {"text": "Not so!"}),
    }


def attempt(act: Act, member: Member, number: int, facts: dict[str, Any], before: object) -> str:
    """Try it, say what came of it and take it back; what was not done leaves all as it was ``before``."""
    with transaction.atomic():
        try:
            act(member, number=number, **facts)
            outcome = Incident.objects.get(number=number).status
        except Incident.DoesNotExist:
            outcome = "unseen"
        except Denied:
            outcome = "denied"
        except Refused:
            outcome = "refused"
        if outcome in ("unseen", "denied", "refused"):
            assert everything() == before
        transaction.set_rollback(True)
    return outcome


def expectation(name: str, verb: Verb, status: Status, *, is_assigned: bool) -> str:
    """What the domain says: nobody learns of a record they may not see, rights come before the state of things."""
    answer = answer_to(name, verb)
    if answer != "may":
        return answer
    if status not in GRID[verb]:
        return "refused"
    after = GRID[verb][status]
    if after is Status.IN_PROGRESS and not is_assigned and verb not in (Verb.TAKE, Verb.ASSIGN):
        return Status.NEW.value
    return after.value


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("half", [0, 1])
def test_verb_by_status_by_role(cast: Cast, status: Status, half: int) -> None:
    incident = brought_to(status, cast.reporter, cast.mate, service=cast.service)
    involved(incident, cast.affected, Part.AFFECTED)
    involved(incident, cast.participant, Part.PARTICIPANT)
    found, expected = {}, {}
    verbs = list(calls(cast, incident).items())[half::2]
    before = everything()
    for verb, (act, facts) in verbs:
        for name, member in cast.members().items():
            expected[verb, name] = expectation(name, verb, status, is_assigned=incident.assignee_id is not None)
            found[verb, name] = attempt(act, member, incident.number, facts, before)
    assert {key: found[key] for key in found if found[key] != expected[key]} == {}


def test_every_verb_is_tried(cast: Cast) -> None:
    assert set(calls(cast, brought_to(Status.NEW, cast.reporter, cast.mate))) == set(Verb)


def test_a_foreign_number_and_a_missing_one_look_the_same(cast: Cast) -> None:
    theirs = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent)
    for number in (theirs.number, 999_999):
        with pytest.raises(Incident.DoesNotExist):
            actions.comment(cast.bystander, number=number, text="Mine?")
        with pytest.raises(Incident.DoesNotExist):
            actions.confirm(cast.bystander, number=number, word=Confirmation())
