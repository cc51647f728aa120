"""Plays the stories: all steps of all stories in the order of time, so that numbers and trail grow as they did."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count, pairwise
from zlib import crc32

from config.demo.cast import Cast
from config.demo.house import House
from config.demo.script import Scene, Step, Story, bring, tidy
from config.demo.worktime import Week
from incidents import actions
from incidents.drafts import Draft, Intake
from incidents.models import Incident
from incidents.priority import Impact, Urgency

# Stories of past working days are over (or wait) some time before now, however the calendar falls.
QUIET_FOR = timedelta(hours=4)


@dataclass(frozen=True)
class Cue:
    """A step and its moment; the first of a story has none and reports."""

    at: datetime
    story: Story
    step: Step | None


def play(house: House, cast: Cast, now: datetime) -> None:
    """Let everything happen up to now."""
    cues = [cue for story in house.stories for cue in timeline(house.week, story, now)]
    for cue in sorted(cues, key=lambda cue: cue.at):
        try:
            _perform(cast, cue)
        except Exception as error:
            error.add_note(f"Told in the story {cue.story.key}, at {cue.at}.")
            raise


def _perform(cast: Cast, cue: Cue) -> None:
    story, step = cue.story, cue.step
    if step is None:
        cast.numbers[story.key] = _open(cast, story, cue.at).number
    else:
        actor = step.by or (story.agent if step.from_staff else story.by)
        step.act(Scene(cast, story, cast.members[actor], cue.at))


def _open(cast: Cast, story: Story, at: datetime) -> Incident:
    member = cast.members[(story.logged_by or story.agent) if story.logged else story.by]
    draft = _draft(Scene(cast, story, member, at))
    if not story.logged:
        return actions.report(member, draft=draft, at=at)
    intake = Intake(
        reporter=cast.humans[story.by],
        source=story.logged,
        source_reference=story.reference,
        affected=tuple(cast.humans[key] for key in story.affected),
    )
    return actions.log(member, draft=draft, intake=intake, at=at)


def _draft(scene: Scene) -> Draft:
    story, cast = scene.story, scene.cast
    return Draft(
        title=story.title,
        description=tidy(story.text),
        occurred_at=scene.at - cast.week.span(story.began) if story.began else None,
        occurred_roughly=story.roughly,
        urgency=Urgency(story.urgency),
        impact=Impact(story.impact),
        service=cast.services[story.service] if story.service else None,
        error_code=story.error,
        attachments=tuple(bring(scene, story.papers)),
    )


def timeline(week: Week, story: Story, now: datetime) -> list[Cue]:
    """Give each step its moment, the same for the same now, and none after it."""
    moments = list(_moments(week, story, now))
    if not story.is_recent:
        moments = _squeezed(moments, now - QUIET_FOR)
    if moments[-1] > now or any(later <= earlier for earlier, later in pairwise(moments)):
        raise ValueError(f"The story {story.key} does not end before now.")
    return [Cue(at, story, step) for at, step in zip(moments, (None, *story.then), strict=True)]


def _moments(week: Week, story: Story, now: datetime) -> Iterator[datetime]:
    chance = _chances(story.key)
    if story.is_recent:
        at = now - week.span(story.when) - timedelta(seconds=40) * next(chance)
    else:
        days, clock = story.when.split()
        at = week.days_ago(now, int(days), time.fromisoformat(clock)) + timedelta(minutes=4) * next(chance)
    yield at
    for step in story.then:
        work = week.span(step.wait) * (0.9 + 0.2 * next(chance)) + timedelta(seconds=5 + 30 * next(chance))
        at = at + work if story.is_recent else week.add(at, work)
        yield at


def _chances(seed: str) -> Iterator[float]:
    """Numbers from 0 to 1 that look accidental and are the same every time."""
    return (crc32(f"{seed} {number}".encode()) / 2**32 for number in count())


def _squeezed(moments: list[datetime], limit: datetime) -> list[datetime]:
    """Pull a story together that would not be over by the limit."""
    begin, end = moments[0], moments[-1]
    if end <= limit:
        return moments
    return [begin + (moment - begin) * ((limit - begin) / (end - begin)) for moment in moments]
