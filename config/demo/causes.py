"""The steps of a story about the problem behind it: each calls one action, in the words of the stories."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from config.demo.script import Scene, Step, tidy
from problems import actions
from problems.actions.spreading import let_pass
from problems.analysis import Belief, Branch, Kind
from problems.drafts import ArticleDraft, Description, EvidenceDraft, StatementDraft
from problems.knowledge import Audience
from problems.models import Article, Link, Statement


def raise_problem(title: str, known: str = "", wait: str = "1h", *, by: str) -> Step:
    """Raise a problem that causes the story's incident."""

    def act(scene: Scene) -> object:
        story, cast = scene.story, scene.cast
        description = Description(
            title=title, description=tidy(known), service=cast.services[story.service] if story.service else None
        )
        number = scene.where["number"]
        return actions.raise_problem(scene.member, description=description, incidents=[number], at=scene.at)

    return Step(wait, act, by)


def write_down(text: str, wait: str = "1h", *, by: str) -> Step:
    """Write an internal note on the problem."""
    return Step(wait, lambda s: actions.note(s.member, number=_number(s), text=tidy(text), at=s.at), by)


def look_for_the_cause(wait: str = "1h", *, by: str) -> Step:
    """Begin to investigate."""
    return Step(wait, lambda s: actions.investigate(s.member, number=_number(s), at=s.at), by)


def say(
    text: str, wait: str = "1h", *, by: str, why: str = "", branch: Branch | None = None, days_ago: int | None = None
) -> Step:
    """Say what is so; with ``why``, as the answer to why that statement is so."""

    def act(scene: Scene) -> object:
        happened_at = None if days_ago is None else scene.at - timedelta(days=days_ago)
        parent = _statement(scene, why).public_id if why else None
        draft = StatementDraft(text=tidy(text), parent=parent, branch=branch, happened_at=happened_at)
        return actions.state(scene.member, number=_number(scene), draft=draft, at=scene.at)

    return Step(wait, act, by)


def measure(value: str, unit: str, words: str, wait: str = "1h", *, of: str, by: str) -> Step:
    """Add a measurement that shows a statement."""
    evidence = EvidenceDraft(kind=Kind.MEASUREMENT, value=Decimal(value), unit=unit, words=tidy(words))
    return _support(of, lambda _scene: evidence, wait, by)


def point_to_it(words: str, wait: str = "10m", *, of: str, by: str) -> Step:
    """Add the story's incident as evidence of a statement."""

    def evidence(scene: Scene) -> EvidenceDraft:
        return EvidenceDraft(kind=Kind.INCIDENT, incident=scene.number, words=tidy(words))

    return _support(of, evidence, wait, by)


def _support(of: str, evidence: Callable[[Scene], EvidenceDraft], wait: str, by: str) -> Step:
    def act(scene: Scene) -> object:
        statement = _statement(scene, of).public_id
        found = evidence(scene)
        return actions.support(scene.member, number=_number(scene), statement=statement, evidence=found, at=scene.at)

    return Step(wait, act, by)


def judge(of: str, belief: Belief, reason: str = "", wait: str = "30m", *, by: str) -> Step:
    """Say whether a statement is true."""

    def act(scene: Scene) -> object:
        said: dict[str, Any] = {"statement": _statement(scene, of).public_id, "belief": belief, "reason": tidy(reason)}
        return actions.judge(scene.member, number=_number(scene), at=scene.at, **said)

    return Step(wait, act, by)


def establish(cause: str, evidence: str, wait: str = "1d", *, of: str, by: str) -> Step:
    """Say which confirmed statement the cause is, and what shows it, in a summary."""

    def act(scene: Scene) -> object:
        said: dict[str, Any] = {
            "cause": tidy(cause),
            "evidence": tidy(evidence),
            "statement": _statement(scene, of).public_id,
        }
        return actions.establish(scene.member, number=_number(scene), at=scene.at, **said)

    return Step(wait, act, by)


def work_around(text: str, wait: str = "1h", *, by: str) -> Step:
    """Write what helps meanwhile; nobody is told by it."""
    return Step(wait, lambda s: actions.work_around(s.member, number=_number(s), workaround=tidy(text), at=s.at), by)


def tell_everybody(wait: str = "10m", *, by: str) -> Step:
    """Tell what helps meanwhile to everybody who waits."""

    def act(scene: Scene) -> object:
        problem = actions.broadcast(scene.member, number=_number(scene), at=scene.at)
        let_pass(problem, scene.at)
        return problem

    return Step(wait, act, by)


def publish_known_error(title: str, summary: str, wait: str = "2h", *, by: str) -> Step:
    """Write for everybody what is known of the problem and what helps meanwhile."""

    def act(scene: Scene) -> object:
        problem = Link.objects.select_related("problem__service").get(incident__number=scene.number).problem
        draft = ArticleDraft(
            title=title,
            summary=tidy(summary),
            workaround=problem.workaround,
            cause=problem.cause,
            audience=Audience.PUBLIC,
            services=(problem.service,) if problem.service else (),
        )
        article = actions.write_article(scene.member, draft=draft, problem=problem.number, at=scene.at)
        return actions.publish(scene.member, article=article.public_id, at=scene.at)

    return Step(wait, act, by)


def find_it_helpful(title: str, wait: str = "10m", *, by: str, helped: bool = True, words: str = "") -> Step:
    """Say whether an article helped."""

    def act(scene: Scene) -> object:
        article = Article.objects.get(title=title).public_id
        return actions.vote(scene.member, article=article, helped=helped, words=words, at=scene.at)

    return Step(wait, act, by)


def _statement(scene: Scene, text: str) -> Statement:
    return Statement.objects.get(problem__number=_number(scene), text=tidy(text))


def _number(scene: Scene) -> int:
    link = Link.objects.select_related("problem").get(incident__number=scene.where["number"])
    return link.problem.number
