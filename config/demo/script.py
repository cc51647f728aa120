"""How a story is written: what somebody reported, and then one step after the other.

Each step waits some working time after the one before ("20m", "3h", "1d"), and calls one action. Staff's steps are
done by the story's agent and the requester's by the reporter, unless ``by`` says otherwise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from config.demo.cast import Cast
from config.demo.papers import Paper
from incidents import actions
from tenancy.members import Member


@dataclass(frozen=True)
class Scene:
    """The moment of one step: who acts, when, and on which incident."""

    cast: Cast
    story: "Story"
    member: Member
    at: datetime

    @property
    def number(self) -> int:
        """The number of the story's incident."""
        return self.cast.numbers[self.story.key]

    @property
    def where(self) -> dict[str, Any]:
        """What every verb wants to know."""
        return {"number": self.number, "at": self.at}


Act = Callable[[Scene], object]


@dataclass(frozen=True)
class Step:
    """One thing that somebody does, some time after the step before."""

    wait: str
    act: Act
    by: str = ""
    from_staff: bool = True


@dataclass(frozen=True, kw_only=True)
class Story:
    """A report and what became of it.

    ``when`` is "12 09:40" (so many working days ago, at that time) or "2h 30m ago" (then all steps are in plain
    time). ``logged`` says how it came in when the agent logged it for the reporter ("phone", "mail").
    """

    key: str
    when: str
    by: str
    title: str
    text: str = ""
    service: str = ""
    error: str = ""
    impact: str = "person"
    urgency: str = "medium"
    agent: str = ""
    logged: str = ""
    logged_by: str = ""
    reference: str = ""
    affected: tuple[str, ...] = ()
    began: str = ""
    roughly: bool = False
    papers: tuple[Paper, ...] = ()
    then: tuple[Step, ...] = ()

    @property
    def is_recent(self) -> bool:
        """Whether it happened in the last hours, counted back from now."""
        return self.when.endswith("ago")


def bring(scene: Scene, papers: tuple[Paper, ...]) -> list[UUID]:
    """Upload files for what is said next; return their ids."""
    kept = [actions.keep(scene.member, uploads=[paper.upload()], kind=paper.kind, at=scene.at) for paper in papers]
    return [attachment.uuid for attachments in kept for attachment in attachments]


def tidy(text: str) -> str:
    """Join the lines of a text written over several; an empty line parts paragraphs."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n")).strip()
