"""Migrate, found organisations, give their people keys, and promise what falls due later.

`python -m config.chaos.stage --journal FILE --seconds 60` prints where to go.
"""

import argparse
import json
import math
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from config.chaos.journal import Journal

ORGANISATIONS = 4
WATCHED, CALLED = 40, 30
"""So many incidents of each organisation are left alone: until their promises run out, and until somebody answers."""


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
        stage = Stage(Journal(options.journal), minutes_for(options.seconds), Random(options.seed))
        print(json.dumps([asdict(stage.place(number)) for number in range(ORGANISATIONS)]))


@dataclass
class Stage:
    """Fills organisations; ``minutes`` are what is promised for each incident, until it is solved."""

    journal: Journal
    minutes: int
    dice: Random

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
