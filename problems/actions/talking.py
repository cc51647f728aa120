"""Write notes on a problem and add files to it, and watch what becomes of it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from problems.actions.keeping import hand_in
from problems.actions.step import begin, finish
from problems.lifecycle import Verb
from problems.models import Note, Watch
from tenancy.members import Member


@transaction.atomic
def note(member: Member, *, number: int, text: str, files: Iterable[UUID] = (), at: datetime | None = None) -> Note:
    """Write what only staff may read, with kept files."""
    step = begin(member, number, Verb.NOTE, given={"text"} if text.strip() else set(), at=at)
    written = Note.objects.create(problem=step.problem, author_id=member.id, text=text.strip(), at=step.at)
    brought = hand_in(member, step.problem, files, note=written)
    finish(step, {"note_id": written.pk, **({"files": brought} if brought else {})})
    return written


@transaction.atomic
def attach(member: Member, *, number: int, files: Iterable[UUID], at: datetime | None = None) -> None:
    """Add kept files, which whoever reads the problem may download."""
    files = tuple(files)
    step = begin(member, number, Verb.ATTACH, given={"file"} if files else set(), at=at)
    if brought := hand_in(member, step.problem, files):
        finish(step, {"files": brought})


@transaction.atomic
def watch(member: Member, *, number: int, at: datetime | None = None) -> None:
    """Be told what becomes of it."""
    step = begin(member, number, Verb.WATCH, at=at)
    _watch, is_new = Watch.objects.get_or_create(problem=step.problem, membership_id=member.id)
    if is_new:
        finish(step, {"person_id": member.id})


@transaction.atomic
def unwatch(member: Member, *, number: int, at: datetime | None = None) -> None:
    """Be told no more, but for what one has to do with it otherwise."""
    step = begin(member, number, Verb.UNWATCH, at=at)
    gone, _by_model = Watch.objects.filter(problem=step.problem, membership=member.id).delete()
    if gone:
        finish(step, {"person_id": member.id})
