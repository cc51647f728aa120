"""The steps of a story: each calls one action, in the words of the stories."""

from datetime import timedelta

from config.demo.papers import Paper
from config.demo.script import Scene, Step, bring, tidy
from incidents import actions
from incidents.drafts import Classification, Confirmation, Hold, Resolution
from incidents.lifecycle import HoldReason
from incidents.models import Hypothesis
from incidents.priority import Impact, Priority, Risk, Severity, Urgency
from tenancy.actions.people import leave


def take(wait: str = "15m", *, by: str = "") -> Step:
    """Take it oneself."""
    return Step(wait, lambda scene: actions.take(scene.member, **scene.where), by)


def assign(to: str, wait: str = "15m", *, by: str = "") -> Step:
    """Give it to an agent."""
    return Step(wait, lambda scene: actions.assign(scene.member, assignee=scene.cast.humans[to], **scene.where), by)


def route(team: str, wait: str = "15m", *, by: str = "") -> Step:
    """Move it to another team."""
    return Step(wait, lambda scene: actions.route(scene.member, team=scene.cast.teams[team], **scene.where), by)


def classify(kind: str, category: str, wait: str = "5m", *, by: str = "", **facts: str) -> Step:
    """Classify; what is not said stays as the reporter put it. Facts: impact, urgency, risk, severity, service."""

    def act(scene: Scene) -> object:
        story, cast = scene.story, scene.cast
        service = facts.get("service", story.service)
        classification = Classification(
            type=cast.types[kind],
            category=cast.categories[category],
            service=cast.services[service] if service else None,
            impact=Impact(facts.get("impact", story.impact)),
            urgency=Urgency(facts.get("urgency", story.urgency)),
            risk=Risk(facts.get("risk", "low")),
            severity=Severity(facts["severity"]) if "severity" in facts else None,
        )
        return actions.classify(scene.member, facts=classification, **scene.where)

    return Step(wait, act, by)


def override(priority: str, reason: str, wait: str = "5m", *, by: str = "") -> Step:
    """Set the priority by hand."""
    return Step(
        wait,
        lambda scene: actions.override_priority(
            scene.member, priority=Priority(priority), reason=tidy(reason), **scene.where
        ),
        by,
    )


def reset(wait: str = "1h", *, by: str = "") -> Step:
    """Let the matrix decide again."""
    return Step(wait, lambda scene: actions.reset_priority(scene.member, **scene.where), by)


def restrict(wait: str = "5m", *, by: str = "") -> Step:
    """Hide it from all but its team."""
    return Step(wait, lambda scene: actions.restrict(scene.member, **scene.where), by)


def reply(text: str, wait: str = "20m", *, by: str = "", papers: tuple[Paper, ...] = ()) -> Step:
    """Answer publicly."""

    def act(scene: Scene) -> object:
        kept = bring(scene, papers)
        return actions.reply(scene.member, text=tidy(text), attachments=kept, **scene.where)

    return Step(wait, act, by)


def note(text: str, wait: str = "20m", *, by: str = "", papers: tuple[Paper, ...] = ()) -> Step:
    """Write for staff only."""

    def act(scene: Scene) -> object:
        kept = bring(scene, papers)
        return actions.note(scene.member, text=tidy(text), attachments=kept, **scene.where)

    return Step(wait, act, by)


def ask(question: str, wait: str = "20m", *, by: str = "") -> Step:
    """Put it on hold with a question to the reporter."""
    return _hold(Hold(reason=HoldReason.REQUESTER, text=tidy(question)), wait, by)


def wait_for(reason: str, text: str = "", wait: str = "30m", *, by: str = "") -> Step:
    """Put it on hold for a supplier, a problem or a change."""
    return _hold(Hold(reason=HoldReason(reason), text=tidy(text)), wait, by)


def _hold(facts: Hold, wait: str, by: str) -> Step:
    return Step(wait, lambda scene: actions.hold(scene.member, facts=facts, **scene.where), by)


def schedule(days: int, text: str = "", wait: str = "30m", *, by: str = "") -> Step:
    """Put it on hold until some working days later, nine o'clock."""

    def act(scene: Scene) -> object:
        week = scene.cast.week
        day = week.add(scene.at, week.day_length * days).astimezone(week.zone)
        until = day.replace(hour=9, minute=0, second=0, microsecond=0)
        facts = Hold(reason=HoldReason.SCHEDULED, text=tidy(text), until=max(until, scene.at + timedelta(hours=1)))
        return actions.hold(scene.member, facts=facts, **scene.where)

    return Step(wait, act, by)


def resume(wait: str = "1d", *, by: str = "") -> Step:
    """Work on after a hold."""
    return Step(wait, lambda scene: actions.resume(scene.member, **scene.where), by)


def suspect(suspicion: str, test: str = "", wait: str = "15m", *, by: str = "") -> Step:
    """Write down what may be behind it."""
    return Step(
        wait,
        lambda scene: actions.suspect(scene.member, suspicion=tidy(suspicion), test=tidy(test), **scene.where),
        by,
    )


def conclude(outcome: str, test: str = "", wait: str = "30m", *, by: str = "", cause: bool = False) -> Step:
    """Say what came of the oldest open hypothesis; with ``cause`` it becomes the root cause."""

    def act(scene: Scene) -> object:
        found = Hypothesis.objects.filter(incident__number=scene.number, outcome=Hypothesis.Outcome.OPEN)
        return actions.conclude(
            scene.member,
            hypothesis=found.earliest("id"),
            outcome=outcome,
            test=tidy(test),
            as_root_cause=cause,
            **scene.where,
        )

    return Step(wait, act, by)


def diagnose(cause: str, wait: str = "20m", *, by: str = "") -> Step:
    """Write the root cause."""
    return Step(wait, lambda scene: actions.diagnose(scene.member, root_cause=tidy(cause), **scene.where), by)


def refer(kind: str, value: str, wait: str = "5m", *, by: str = "", url: str = "") -> Step:
    """Add somebody else's number."""
    return Step(wait, lambda scene: actions.refer(scene.member, kind=kind, value=value, url=url, **scene.where), by)


def involve(person: str, part: str, wait: str = "5m", *, by: str = "") -> Step:
    """Add somebody as affected, participant or watcher."""
    return Step(
        wait,
        lambda scene: actions.involve(scene.member, person=scene.cast.humans[person], part=part, **scene.where),
        by,
    )


def resolve(code: str, note: str, tested: str, wait: str = "45m", *, by: str = "") -> Step:
    """Say what was done and how it was tested."""
    resolution = Resolution(code=code, note=tidy(note), tested_how=tidy(tested))
    return Step(wait, lambda scene: actions.resolve(scene.member, resolution=resolution, **scene.where), by)


def reopen(reason: str, wait: str = "1h", *, by: str = "") -> Step:
    """Take the resolution back, as staff."""
    return Step(wait, lambda scene: actions.reopen(scene.member, reason=tidy(reason), **scene.where), by)


def close(ending: str, text: str = "", wait: str = "1d", *, by: str = "") -> Step:
    """Close for the reporter: phone, left, no_address."""
    return Step(wait, lambda scene: actions.close(scene.member, ending=ending, text=tidy(text), **scene.where), by)


def cancel(ending: str, text: str, wait: str = "20m", *, by: str = "", of: str = "") -> Step:
    """Cancel: not_incident, withdrawn, or a duplicate ``of`` another story."""

    def act(scene: Scene) -> object:
        original = scene.cast.numbers[of] if of else None
        return actions.cancel(scene.member, ending=ending, text=tidy(text), duplicate_of=original, **scene.where)

    return Step(wait, act, by)


def comment(text: str, wait: str = "30m", *, by: str = "", papers: tuple[Paper, ...] = ()) -> Step:
    """Write from the requester's side; it answers a question."""

    def act(scene: Scene) -> object:
        kept = bring(scene, papers)
        return actions.comment(scene.member, text=tidy(text), attachments=kept, **scene.where)

    return Step(wait, act, by, from_staff=False)


def confirm(rating: int | None = None, word: str = "", wait: str = "2h", *, retested: str = "") -> Step:
    """Say that it works."""
    confirmation = Confirmation(retested_how=tidy(retested), rating=rating, word=tidy(word))
    return Step(wait, lambda scene: actions.confirm(scene.member, word=confirmation, **scene.where), from_staff=False)


def reject(text: str, wait: str = "1h") -> Step:
    """Say what is still broken."""
    return Step(wait, lambda scene: actions.reject(scene.member, text=tidy(text), **scene.where), from_staff=False)


def contest(text: str, wait: str = "3h") -> Step:
    """Say that an ending by staff is not so."""
    return Step(wait, lambda scene: actions.contest(scene.member, text=tidy(text), **scene.where), from_staff=False)


def withdraw(text: str = "", wait: str = "30m") -> Step:
    """Take the report back."""
    return Step(wait, lambda scene: actions.withdraw(scene.member, text=tidy(text), **scene.where), from_staff=False)


def leaves(wait: str = "1d", *, by: str) -> Step:
    """Let the reporter leave the organisation: the incident passes to their manager or to the catch-all."""
    return Step(wait, lambda scene: leave(scene.member, membership=scene.cast.humans[scene.story.by], at=scene.at), by)
