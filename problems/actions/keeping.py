"""Keep uploaded files: first for their form, so that an error loses none, then with the problem."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from problems.models import File, Note, Problem
from tenancy import clock
from tenancy.actions.keeping import forget, store
from tenancy.members import Member
from tenancy.wall import refuse_unbound


@transaction.atomic
def keep(member: Member, *, uploads: Iterable[UploadedFile], at: datetime | None = None) -> list[File]:
    """Store files for a form that is not finished yet; only their uploader sees them until then."""
    refuse_unbound()
    member.require("problem.contribute")
    at = at or clock.now()
    return [store(File, member, upload, at=at) for upload in uploads]


@transaction.atomic
def discard(member: Member, *, uuid: UUID) -> None:
    """Forget a kept file that its form no longer wants."""
    refuse_unbound()
    forget(File.objects.kept_for(member.id).filter(uuid=uuid).select_for_update(of=("self",)))


def hand_in(member: Member, problem: Problem, uuids: Iterable[UUID], *, note: Note | None = None) -> list[str]:
    """Make the member's kept files part of the problem; return their public ids for the trail.

    Locked, so that a form sent twice at once can't give its files to two problems.
    """
    wanted = tuple(uuids)
    if not wanted:
        return []
    kept = list(File.objects.kept_for(member.id).filter(uuid__in=wanted).select_for_update(of=("self",)))
    for file in kept:
        file.problem, file.note = problem, note
        file.save(update_fields=["problem", "note"])
    return [str(file.uuid) for file in kept]


@transaction.atomic
def forget_unfinished(*, before: datetime) -> int:
    """Delete what was uploaded before that instant and never became part of a problem; return how many files."""
    refuse_unbound()
    waiting = File.objects.filter(problem=None, at__lt=before)
    return forget(waiting.select_for_update(of=("self",), skip_locked=True))
