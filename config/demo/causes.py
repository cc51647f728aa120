"""The steps of a story about the problem behind it: each calls one action, in the words of the stories."""

from config.demo.script import Scene, Step, tidy
from problems import actions
from problems.actions.spreading import let_pass
from problems.drafts import Description
from problems.models import Link


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


def establish(cause: str, evidence: str, wait: str = "1d", *, by: str) -> Step:
    """Say what the cause is, and what shows it."""
    said = {"cause": tidy(cause), "evidence": tidy(evidence)}
    return Step(wait, lambda s: actions.establish(s.member, number=_number(s), at=s.at, **said), by)


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


def _number(scene: Scene) -> int:
    link = Link.objects.select_related("problem").get(incident__number=scene.where["number"])
    return link.problem.number
