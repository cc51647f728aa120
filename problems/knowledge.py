"""The life of an article, and how people's names come out of a text that many will read. Pure data, no framework."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto


class State(StrEnum):
    """Where an article stands."""

    DRAFT = auto()
    PUBLISHED = auto()
    RETIRED = auto()


class Audience(StrEnum):
    """Who reads an article once it is published."""

    INTERNAL = auto()
    PUBLIC = auto()


class Verb(StrEnum):
    """What is done to an article."""

    WRITE = auto()
    REVISE = auto()
    PUBLISH = auto()
    RETIRE = auto()
    RESTORE = auto()


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: from where to where, and by whom."""

    targets: Mapping[State, State]
    permission: str


PUBLISHER = "article.publish"
MOVES: dict[Verb, Move] = {
    Verb.WRITE: Move({State.DRAFT: State.DRAFT}, "article.write"),
    # what many read already is changed by those who may publish
    Verb.REVISE: Move({state: state for state in (State.PUBLISHED, State.RETIRED)}, PUBLISHER),
    Verb.PUBLISH: Move({State.DRAFT: State.PUBLISHED, State.RETIRED: State.PUBLISHED}, PUBLISHER),
    Verb.RETIRE: Move({State.DRAFT: State.RETIRED, State.PUBLISHED: State.RETIRED}, PUBLISHER),
    Verb.RESTORE: Move({state: state for state in State}, PUBLISHER),
}


def editing(state: State) -> Verb:
    """The verb that changes the text of an article that stands here."""
    return Verb.WRITE if state is State.DRAFT else Verb.REVISE


_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# At least seven digits, as people write them; not a date and not a version.
_PHONE = re.compile(r"(?<![\w.-])(?:\+|\(0|0|00)[\d()/ .-]{5,}\d(?![\w.-])")


def without_people(text: str, names: Iterable[str], *, person: str = "[…]") -> str:
    """The text without these people's names, and without anything that looks like a mail address or a phone number.

    A name goes as a whole and in its parts; parts of two letters stay, they are words more often than names.
    """
    text = _PHONE.sub(person, _MAIL.sub(person, text))
    whole = [name.strip() for name in names if name.strip()]
    parts = [part for name in whole for part in re.split(r"\s+", name) if len(part) > 2]
    wanted = sorted({*whole, *parts}, key=len, reverse=True)
    if not wanted:
        return text
    found = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, wanted))})(?!\w)", re.IGNORECASE)
    return found.sub(person, text)
