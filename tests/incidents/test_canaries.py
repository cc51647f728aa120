"""What is planted inside the desk is in no mail that goes outside: every verb is spoken, every mail is read."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from itertools import groupby
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from incidents import actions
from incidents.actions.notices import Occasion, foresee, told
from incidents.drafts import Confirmation, Hold, Resolution
from incidents.lifecycle import HoldReason, Verb
from incidents.models import Hypothesis, Incident, Involvement
from incidents.priority import Priority
from notifications.channels.mail import build
from notifications.models import OutboxMessage
from tenancy import clock
from tenancy.members import Member
from tests.incidents.conftest import Cast
from tests.incidents.factories import FIXED, QUESTION, classification, involved, person, reported

CANARY = "c4n4ry"
OUTSIDERS = ("reporter", "affected", "participant", "stakeholder")
LATER = datetime(2099, 1, 1, tzinfo=UTC)
TESTED = Resolution(code=FIXED.code, note="The cable is new.", tested_how=f"{CANARY}-tested")
WORD = Confirmation(retested_how="Printed.", rating=1, word=f"{CANARY}-word")

Speak = Callable[..., Any]


@pytest.fixture
def spoken() -> set[Verb]:
    """The verbs that were spoken."""
    return set()


@pytest.fixture
def speak(spoken: set[Verb]) -> Speak:
    """Speak a verb, and remember that it was: ``speak(Verb.TAKE, actions.take, member, number=1)``."""

    def one(verb: Verb, action: Callable[..., Any], member: Member, **facts: Any) -> Any:
        spoken.add(verb)
        shown = _shown(verb, member, facts)
        seen = set(OutboxMessage.objects.values_list("id", flat=True))
        result = action(member, **facts)
        new = OutboxMessage.objects.exclude(id__in=seen)
        assert {message.name for message in new} == shown, f"{verb}, by {member.name}"
        return result

    return one


def _shown(verb: Verb, member: Member, facts: dict[str, Any]) -> set[str]:
    """Who is shown before as going to be told, as far as it does not depend on what is chosen."""
    record = Incident.objects.get(number=facts["number"])
    record.assignee = facts.get("assignee", record.assignee)
    if verb is Verb.HOLD and facts["facts"].reason is not HoldReason.REQUESTER:
        found = told(Occasion(record, "incident_waited", member.id, clock.now()), record.organisation)
    else:
        found = foresee(member, record, verb, at=clock.now()) or []
    return {one.to.name for one in found if one.fate.is_sent}


@pytest.fixture
def incident(cast: Cast) -> Incident:
    """With all outsiders around it."""
    made = reported(cast.reporter, service=cast.service)
    involved(made, cast.affected, Involvement.Part.AFFECTED)
    return made


def plant(cast: Cast, speak: Speak, number: int) -> None:
    """Write the canary wherever only staff may read."""
    lead = cast.lead
    upload = actions.keep(lead, uploads=[SimpleUploadedFile(f"{CANARY}-file.txt", CANARY.encode())])
    speak(Verb.NOTE, actions.note, lead, number=number, text=f"{CANARY}-note", attachments=[upload[0].uuid])
    reason = {"priority": Priority.P1, "reason": f"{CANARY}-reason"}
    speak(Verb.OVERRIDE, actions.override_priority, lead, number=number, **reason)
    thought = {"suspicion": f"{CANARY}-suspicion", "test": f"{CANARY}-test"}
    one = speak(Verb.SUSPECT, actions.suspect, lead, number=number, **thought)
    found = {"outcome": Hypothesis.Outcome.CONFIRMED, "test": f"{CANARY}-tried", "as_root_cause": True}
    speak(Verb.CONCLUDE, actions.conclude, lead, number=number, hypothesis=one, **found)
    speak(Verb.DIAGNOSE, actions.diagnose, lead, number=number, root_cause=f"{CANARY}-cause")
    speak(Verb.REFER, actions.refer, lead, number=number, kind="supplier", value=f"{CANARY}-case")
    for waits in set(HoldReason) - {HoldReason.REQUESTER}:
        facts = Hold(reason=waits, text=f"{CANARY}-{waits}", until=LATER)
        speak(Verb.HOLD, actions.hold, lead, number=number, facts=facts)
    speak(Verb.RESUME, actions.resume, lead, number=number)


def live(cast: Cast, speak: Speak, incident: Incident) -> None:
    """Speak all other verbs, with canaries in what they keep inside."""
    lead, reporter, number = cast.lead, cast.reporter, incident.number
    friend = person(cast.participant)
    speak(Verb.TAKE, actions.take, cast.agent, number=number)
    speak(Verb.ACKNOWLEDGE, actions.acknowledge, cast.agent, number=number)
    speak(Verb.INVOLVE, actions.involve, lead, number=number, person=friend, part="participant")
    plant(cast, speak, number)
    speak(Verb.RESET, actions.reset_priority, lead, number=number)
    speak(Verb.CLASSIFY, actions.classify, lead, number=number, facts=classification(service=cast.service))
    speak(Verb.REPLY, actions.reply, lead, number=number, text="On our way.")
    speak(Verb.COMMENT, actions.comment, reporter, number=number, text="Thanks.")
    speak(Verb.HOLD, actions.hold, lead, number=number, facts=QUESTION)
    speak(Verb.ANSWER, actions.comment, reporter, number=number, text="Red.")
    speak(Verb.RESOLVE, actions.resolve, lead, number=number, resolution=TESTED)
    speak(Verb.REJECT, actions.reject, reporter, number=number, text="No.")
    plant(cast, speak, number)
    speak(Verb.RESOLVE, actions.resolve, lead, number=number, resolution=TESTED)
    speak(Verb.REOPEN, actions.reopen, lead, number=number, reason="Too early.")
    speak(Verb.ASSIGN, actions.assign, lead, number=number, assignee=person(cast.mate))
    speak(Verb.ROUTE, actions.route, lead, number=number, team=cast.team)
    hidden = reported(cast.bystander, title=f"{CANARY}-hidden", service=cast.service)
    duplicate = {"ending": "duplicate", "text": "Known already.", "duplicate_of": hidden.number}
    speak(Verb.CANCEL, actions.cancel, lead, number=number, **duplicate)
    speak(Verb.CONTEST, actions.contest, reporter, number=number, text="Not so.")
    speak(Verb.RESOLVE, actions.resolve, lead, number=number, resolution=TESTED)
    speak(Verb.CLOSE, actions.close, lead, number=number, ending="phone")
    speak(Verb.CONTEST, actions.contest, reporter, number=number, text="Not so.")
    speak(Verb.RELEASE, actions.release, lead, number=number, person=friend, part="participant")
    speak(Verb.RESOLVE, actions.resolve, lead, number=number, resolution=TESTED)
    speak(Verb.CONFIRM, actions.confirm, reporter, number=number, word=WORD)
    other = reported(reporter, service=cast.service)
    speak(Verb.RESTRICT, actions.restrict, cast.manager, number=other.number)
    speak(Verb.UNRESTRICT, actions.unrestrict, cast.manager, number=other.number)
    speak(Verb.WITHDRAW, actions.withdraw, reporter, number=other.number)


def mails_to(cast: Cast, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every mail to these of the cast, one by one and as one bundle each: to whom, and all that is in it."""
    ids = [getattr(cast, name).id for name in names]
    messages = list(OutboxMessage.objects.filter(to__in=ids).order_by("to", "id"))
    for message in messages:
        yield message.name, _all_of(message)
    for name, some in groupby(messages, key=lambda one: one.name):
        first, *rest = some
        first.carries = rest
        yield f"{name}, bundled", _all_of(first)


def _all_of(message: OutboxMessage) -> str:
    """Headers, text and HTML, as a reader's program shows them."""
    mail = message_from_bytes(bytes(build(message)))
    headers = [f"{name}: {value}" for name, value in mail.items()]
    bodies = [part.get_payload(decode=True).decode() for part in mail.walk() if part.get_content_maintype() == "text"]
    names = [str(part.get_filename()) for part in mail.walk()]
    return "\n".join([*headers, *bodies, *names])


def test_nothing_from_inside_is_in_a_mail_that_goes_outside(
    cast: Cast, speak: Speak, spoken: set[Verb], incident: Incident
) -> None:
    live(cast, speak, incident)
    assert spoken == set(Verb)
    mails = list(mails_to(cast, ("reporter", "affected", "participant")))
    assert {name.partition(",")[0] for name, _ in mails} == {"Reporter", "Affected", "Participant"}
    assert len(mails) > 20
    assert [name for name, text in mails if CANARY in text] == []
    # Where the canary is part of what its reader may know, it sings: the mails are really read.
    sung = [text for _, text in mails_to(cast, ("bystander", "stakeholder")) if f"{CANARY}-hidden" in text]
    assert sung


def test_of_a_restricted_incident_a_stakeholder_hears_nothing(cast: Cast, speak: Speak) -> None:
    made = reported(cast.reporter)
    actions.route(cast.lead, number=made.number, team=cast.team)
    actions.restrict(cast.lead, number=made.number)
    Incident.objects.filter(pk=made.pk).update(title=f"{CANARY}-title")
    facts = classification(service=cast.service)
    actions.classify(cast.manager, number=made.number, facts=facts)
    for act in (
        lambda: actions.assign(cast.manager, number=made.number, assignee=person(cast.mate)),
        lambda: actions.reply(cast.mate, number=made.number, text="On our way."),
        lambda: actions.resolve(cast.mate, number=made.number, resolution=TESTED),
        lambda: actions.reopen(cast.mate, number=made.number, reason="Too early."),
        lambda: actions.resolve(cast.mate, number=made.number, resolution=TESTED),
        lambda: actions.close(cast.mate, number=made.number, ending="phone"),
    ):
        act()
    assert list(mails_to(cast, ("stakeholder",))) == []
    assert any(f"{CANARY}-title" in text for _, text in mails_to(cast, ("reporter",)))
    assert not any(f"{CANARY}-tested" in text for _, text in mails_to(cast, OUTSIDERS))
