"""Made-up problems, brought about by the actions."""

from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from incidents.models import Incident
from problems import actions
from problems.analysis import Belief, Kind
from problems.drafts import Description, EvidenceDraft, StatementDraft
from problems.models import Evidence, File, Problem, Statement
from tenancy.members import Member


def raised(member: Member, incidents: Iterable[Incident] = (), **description: Any) -> Problem:
    """A problem as somebody raises it, linked to these incidents."""
    said = {"title": "Printers catch fire", **description}
    numbers = [one.number for one in incidents]
    return actions.raise_problem(member, description=Description(**said), incidents=numbers)


def stated(member: Member, problem: Problem, text: str, parent: Statement | None = None, **said: Any) -> Statement:
    """A statement of the analysis."""
    draft = StatementDraft(text=text, parent=parent.public_id if parent else None, **said)
    return actions.state(member, number=problem.number, draft=draft)


def shown(member: Member, problem: Problem, statement: Statement) -> Evidence:
    """Some evidence for a statement."""
    draft = EvidenceDraft(kind=Kind.LINK, url="https://status.example/7", words="Seen there")
    return actions.support(member, number=problem.number, statement=statement.public_id, evidence=draft)


def concluded(member: Member, problem: Problem, text: str) -> Statement:
    """A statement that is confirmed, with evidence."""
    one = stated(member, problem, text)
    shown(member, problem, one)
    return actions.judge(member, number=problem.number, statement=one.public_id, belief=Belief.CONFIRMED)


def brought(member: Member, problem: Problem, name: str = "fuse.txt", content: bytes = b"It melts.") -> File:
    """A file of the problem."""
    (file,) = actions.keep(member, uploads=[SimpleUploadedFile(name, content)])
    actions.attach(member, number=problem.number, files=[file.uuid])
    file.refresh_from_db()
    return file
