"""Made-up problems, brought about by the actions."""

from collections.abc import Iterable
from typing import Any

from incidents.models import Incident
from problems import actions
from problems.drafts import Description
from problems.models import Problem
from tenancy.members import Member


def raised(member: Member, incidents: Iterable[Incident] = (), **description: Any) -> Problem:
    """A problem as somebody raises it, linked to these incidents."""
    said = {"title": "Printers catch fire", **description}
    numbers = [one.number for one in incidents]
    return actions.raise_problem(member, description=Description(**said), incidents=numbers)
