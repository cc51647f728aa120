"""The people of a run: they report and work, through the API, in a process that nobody kills.

Every deed is written down before it is asked for and when it was answered. It is asked for again, with the same
Idempotency-Key, until there is an answer: so each deed that was answered has to be found exactly once.
Orders come by the standard input: "go", "rest" (finish what was begun, then say so), and its end.
"""

import argparse
import http.client
import json
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from config.chaos.journal import Journal
from config.chaos.stage import Place

PACE = 0.4
"""Seconds between two deeds of one organisation."""
TIMEOUT, PAUSE, PATIENCE = 10.0, 0.2, 60.0
AT_ONCE = 5
"""So many stories are under way in one organisation."""

LOGGED = ("reported", "taken", "replied", "resolved", "closed")
OWN = ("reported", "taken", "resolved", "confirmed")
SHORT = ("reported",)
ADDRESS = {"taken": "take", "replied": "reply", "resolved": "resolve", "closed": "close", "confirmed": "confirm"}
SAID = {
    "replied": {"text": "Have you tried it again?"},
    "resolved": {"code": "fixed", "note": "Replaced the cable.", "tested_how": "By trying it."},
    "closed": {"ending": "phone"},
}


@dataclass
class Story:
    """One incident: what was done to it, and what comes next."""

    name: str
    steps: Iterator[str]
    is_own: bool
    number: str = ""


@dataclass
class Desk(threading.Thread):
    """One organisation, in a thread of its own."""

    place: Place
    port: int
    journal: Journal
    dice: Random
    going: threading.Event = field(default_factory=threading.Event)
    resting: threading.Event = field(default_factory=threading.Event)
    told: int = 0
    stories: deque[Story] = field(default_factory=deque)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = object.__hash__

    def run(self) -> None:
        """Do one deed after the other, at a steady pace, whenever it goes."""
        while True:
            if not self.going.is_set():
                self.resting.set()
                self.going.wait()
            began = time.monotonic()
            self._do(self._next())
            time.sleep(max(0.0, PACE - (time.monotonic() - began)))

    def _next(self) -> Story:
        """The story that has waited longest, or a new one."""
        if len(self.stories) >= AT_ONCE or (self.stories and self.dice.random() < 0.5):
            return self.stories.popleft()
        self.told += 1
        steps = self.dice.choice((LOGGED, OWN, SHORT, SHORT))
        return Story(f"story{self.place.organisation_id}x{self.told}", iter(steps), steps is not LOGGED)

    def _do(self, story: Story) -> None:
        step = next(story.steps, None)
        if step is None:
            return
        if step == "reported":
            answer = self._ask(story, step, "incidents/", self._report(story))
            story.number = str(answer.get("number", ""))
        else:
            self._ask(story, step, f"incidents/{story.number}/{ADDRESS[step]}/", SAID.get(step, {}))
        if story.number:
            self.stories.append(story)

    def _report(self, story: Story) -> dict[str, Any]:
        somebody = {} if story.is_own else {"contact": {"name": "Somebody", "mail": f"{story.name}@people.example"}}
        return {"title": story.name, **somebody}

    def _ask(self, story: Story, step: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask until there is an answer, or for a minute; what came of it is written down."""
        key = f"{story.name}:{step}"
        token = self.place.reporter if story.is_own and step in {"reported", "confirmed"} else self.place.agent
        self.journal.note("asked", key=key, story=story.name, step=step, is_own=story.is_own)
        deadline, tries = time.monotonic() + PATIENCE, 0
        while time.monotonic() < deadline:
            tries += 1
            began = time.monotonic()
            try:
                status, answer = self._send(path, token, key, body)
            except (OSError, http.client.HTTPException) as error:
                status, answer = 0, {"code": type(error).__name__}
            took = time.monotonic() - began
            if 200 <= status < 300:
                facts = {"story": story.name, "step": step, "tries": tries, "took": took}
                self.journal.note("answered", key=key, number=answer.get("number"), **facts)
                return answer
            self.journal.note("failed", key=key, status=status, took=took, code=answer.get("code"))
            if 400 <= status < 500 and status != 429 and answer.get("code") != "still_at_it":
                self.journal.note("refused", key=key, status=status, detail=str(answer.get("detail"))[:200])
                return {}
            time.sleep(PAUSE)
        self.journal.note("unanswered", key=key, tries=tries)
        return {}

    def _send(self, path: str, token: str, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        headers = {
            "Host": self.place.host,
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        try:
            line.request("POST", f"/api/v1/{path}", json.dumps(body), headers)
            answer = line.getresponse()
            text = answer.read()
        finally:
            line.close()
        try:
            told = json.loads(text) if text else {}
        except ValueError:
            told = {"code": "unreadable"}
        return answer.status, told if isinstance(told, dict) else {}


def main() -> None:
    """Obey until the orders end."""
    parser = argparse.ArgumentParser("python -m config.chaos.load")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("places")
    options = parser.parse_args()
    journal = Journal(options.journal)
    places = [Place(**place) for place in json.loads(options.places)]
    desks = [Desk(place, options.port, journal, Random(f"{options.seed} {place.host}")) for place in places]
    for desk in desks:
        desk.start()
    for order in sys.stdin:
        if order.strip() == "go":
            for desk in desks:
                desk.resting.clear()
                desk.going.set()
        else:
            for desk in desks:
                desk.going.clear()
            for desk in desks:
                desk.resting.wait(PATIENCE + TIMEOUT)
            print("rested", flush=True)


if __name__ == "__main__":
    main()
