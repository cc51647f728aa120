"""What an organisation of the demo is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from zoneinfo import ZoneInfo

from config.demo.promised import Promising
from config.demo.script import Story
from config.demo.worktime import Week


@dataclass(frozen=True, kw_only=True)
class Human:
    """Somebody in an organisation; the stories call them by ``key``.

    ``roles`` are written "agent" or "agent: Network", limited to a team. Without a ``login`` it is a contact.
    ``look`` says in one line what a visitor finds who signs in as them.
    """

    key: str
    name: str
    mail: str = ""
    phone: str = ""
    department: str = ""
    manager: str = ""
    roles: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    login: bool = True
    look: str = ""


@dataclass(frozen=True)
class Room:
    """A service with the team that owns it."""

    name: str
    description: str
    team: str
    criticality: str = "normal"


@dataclass(frozen=True, kw_only=True)
class Known:
    """An article: for everybody, unless it is not ``public``; ``body`` is markdown."""

    title: str
    summary: str
    service: str
    body: str
    public: bool = True


@dataclass(frozen=True, kw_only=True)
class House:
    """An organisation: how it looks, who is in it, what it runs, and what happened there.

    ``types`` maps a type's name to the one that it replaces ("" for an additional one), ``teams`` a team to what it
    does, ``rules`` are the numbers in which the desk differs from the defaults. The first of ``humans`` is the
    administrator who sets everything up.
    """

    slug: str
    name: str
    colour: str
    time_zone: str
    language: str
    sender_address: str
    hosts: tuple[str, ...]
    hours: tuple[time, time]
    humans: tuple[Human, ...]
    teams: Mapping[str, str]
    services: tuple[Room, ...]
    categories: tuple[str, ...]
    types: Mapping[str, str] = field(default_factory=dict)
    matrix: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rules: Mapping[str, int] = field(default_factory=dict)
    promising: Promising
    catch_all: str
    knowledge: tuple[Known, ...]
    stories: tuple[Story, ...]

    @property
    def week(self) -> Week:
        """When people are at work."""
        return Week(ZoneInfo(self.time_zone), *self.hours)
