"""Migrate, found organisations, give their people keys, and promise what falls due later.

`python -m config.chaos.stage --journal FILE --seconds 60` prints where to go.
"""

import argparse
import json
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from config.chaos.journal import Journal

ORGANISATIONS = 4
WATCHED, CALLED = 40, 30
"""So many incidents of each organisation are left alone: until their promises run out, and until somebody answers."""
HELD = 10
"""So many wait for a moment in the run."""
PROBLEMS, ADVISED = 4, 10
"""So many problems each tell their workaround on so many incidents at once, at a moment in the run."""
UNTIL_IT_RUNS = 20.0
"""About so many seconds go by between the stage and the first fault."""


@dataclass(frozen=True)
class Place:
    """An organisation and the keys of two of its people."""

    organisation_id: int
    host: str
    agent: str
    reporter: str


def minutes_for(seconds: float) -> int:
    """What is promised in a run of so many seconds: its warnings then fall into all of the run, and behind it."""
    return math.ceil(seconds / 60) + 1


def main() -> None:
    """Make everything in an empty database, as its owner."""
    parser = argparse.ArgumentParser("python -m config.chaos.stage")
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()

    import django

    django.setup()
    from django.core.management import call_command

    from tenancy.wall import as_owner

    with as_owner():
        call_command("migrate", verbosity=0)
        stage = Stage(Journal(options.journal), options.seconds, Random(options.seed))
        print(json.dumps([asdict(stage.place(number)) for number in range(ORGANISATIONS)]))


@dataclass
class Stage:
    """Fills organisations for a run of so many seconds."""

    journal: Journal
    seconds: float
    dice: Random

    @property
    def minutes(self) -> int:
        """What is promised for each incident, until it is solved."""
        return minutes_for(self.seconds)

    def place(self, number: int) -> Place:
        """Found an organisation."""
        from tenancy.actions.founding import found
        from tenancy.drafts import Founding
        from tenancy.roles import Role
        from tenancy.wall import bound

        slug = f"house{number}"
        host = f"{slug}.chaos.example"
        organisation, _link = found(Founding(name=f"House {number}", slug=slug, hosts=(host,)))
        with bound(organisation.id):
            self._promise()
            self._call()
            agent = _human(f"agent@{host}", Role.AGENT)
            reporter = _human(f"reporter@{host}", None)
            self._leave_alone(organisation, agent, reporter)
            self._hold(organisation, agent, reporter)
            manager = _human(f"manager@{host}", Role.PROBLEM_MANAGER)
            self._tell_workarounds(organisation, agent, reporter, manager)
            return Place(organisation.id, host, _key(agent), _key(reporter))

    def _promise(self) -> None:
        from django.utils import timezone

        from incidents.models import Policy, PolicyEdition
        from incidents.priority import Priority
        from tenancy.models import Calendar

        PolicyEdition.objects.create(
            policy=Policy.objects.get(),
            takes_effect_at=timezone.now() - timedelta(days=1),
            calendar=Calendar.objects.get(),
            targets={priority.value: {"resolution": self.minutes, "always": True} for priority in Priority},
        )

    def _call(self) -> None:
        """Call the agents every minute, one level higher each time, until somebody answers."""
        from django.utils import timezone

        from incidents.models import EscalationEdition, EscalationPolicy
        from tenancy.roles import Role

        EscalationPolicy.objects.update(is_active=False)
        EscalationEdition.objects.create(
            policy=EscalationPolicy.objects.create(name="Every minute"),
            takes_effect_at=timezone.now() - timedelta(days=1),
            steps=[
                {"after": minute, "level": minute, "tell": [["role", Role.AGENT.value]]}
                for minute in range(1, self.minutes + 1)
            ],
        )

    def _leave_alone(self, organisation: Any, agent: Any, reporter: Any) -> None:
        """Report incidents of the last minutes, and have somebody take some: from then on nobody touches them."""
        from incidents import actions
        from incidents.drafts import Draft
        from tenancy import clock, members

        asker, worker = (members.load(one, organisation) for one in (reporter, agent))
        target = timedelta(minutes=self.minutes)
        for number, what in enumerate(["watched"] * WATCHED + ["called"] * CALLED):
            at = clock.now() - target * self.dice.random()
            story = f"{what}{organisation.id}x{number}"
            incident = actions.report(asker, draft=Draft(title=story), at=at)
            if what == "watched":
                actions.take(worker, number=incident.number, at=at)
            told_at = clock.now().timestamp()
            self.journal.note(what, story=story, at=at.timestamp(), told_at=told_at, minutes=self.minutes)

    def _hold(self, organisation: Any, agent: Any, reporter: Any) -> None:
        """Have incidents wait for a moment in the run; then they go on by themselves."""
        from incidents import actions
        from incidents.drafts import Hold
        from incidents.lifecycle import HoldReason

        for story, incident, worker in self._taken("held", HELD, organisation, agent, reporter):
            until = self._moment()
            facts = Hold(reason=HoldReason.SCHEDULED, until=until)
            actions.hold(worker, number=incident.number, facts=facts)
            self._due("held", story, until)

    def _tell_workarounds(self, organisation: Any, agent: Any, reporter: Any, manager: Any) -> None:
        """Raise problems whose workarounds are told on all of their incidents, each at a moment in the run."""
        from problems import actions
        from problems.drafts import Description
        from tenancy import members

        worker = members.load(manager, organisation)
        taken = list(self._taken("advised", PROBLEMS * ADVISED, organisation, agent, reporter))
        for number in range(PROBLEMS):
            some = taken[number * ADVISED : (number + 1) * ADVISED]
            problem = actions.raise_problem(
                worker,
                description=Description(title=f"Problem {number}", description="It happens again and again."),
                incidents=[incident.number for _story, incident, _worker in some],
            )
            actions.work_around(worker, number=problem.number, workaround="Use the other one.")
            actions.broadcast(worker, number=problem.number)
            due_at = self._moment()
            problem.links.update(due_at=due_at)
            for story, _incident, _worker in some:
                self._due("advised", story, due_at, problem=problem.pk, host=f"{organisation.slug}.chaos.example")

    def _taken(
        self, what: str, count: int, organisation: Any, agent: Any, reporter: Any
    ) -> Iterator[tuple[str, Any, Any]]:
        """Incidents that somebody works on: each one's story, itself, and who does."""
        from incidents import actions
        from incidents.drafts import Draft
        from tenancy import members

        asker, worker = (members.load(one, organisation) for one in (reporter, agent))
        for number in range(count):
            story = f"{what}{organisation.id}x{number}"
            incident = actions.report(asker, draft=Draft(title=story))
            actions.take(worker, number=incident.number)
            yield story, incident, worker

    def _moment(self) -> datetime:
        from tenancy import clock

        return clock.now() + timedelta(seconds=(UNTIL_IT_RUNS + self.seconds) * self.dice.random())

    def _due(self, what: str, story: str, due_at: datetime, **facts: Any) -> None:
        self.journal.note(what, story=story, due_at=due_at.timestamp(), told_at=time.time(), **facts)


def _human(mail: str, role: str | None) -> Any:
    from tenancy.models import Membership, Person, RoleGrant

    person = Person.objects.create(email=mail)
    membership = Membership.objects.create(person=person, name=mail.partition("@")[0].title(), mail=mail)
    if role:
        RoleGrant.objects.create(membership=membership, role=role)
    return membership


def _key(membership: Any) -> str:
    """A program's key that speaks for somebody."""
    from tenancy.actions import tokens
    from tenancy.drafts import TokenDraft
    from tenancy.models import Scope

    draft = TokenDraft(name="chaos", scopes=frozenset(Scope.values), days=1)
    _token, secret = tokens.issue(membership, draft=draft)
    return secret


if __name__ == "__main__":
    main()
