"""Keep uploaded files: first for their form, so that an error loses none, then with the record."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from incidents import files
from incidents.models import Attachment, Incident, Message
from tenancy import clock
from tenancy.members import Member
from tenancy.wall import refuse_unbound


@transaction.atomic
def keep(
    member: Member,
    *,
    uploads: Iterable[UploadedFile],
    kind: str = Attachment.Kind.EVIDENCE,
    at: datetime | None = None,
) -> list[Attachment]:
    """Store files for a form that is not finished yet; only their uploader sees them until then."""
    refuse_unbound()
    member.require("incident.report")
    at = at or clock.now()
    return [_store(member, upload, kind, at) for upload in uploads]


def _store(member: Member, upload: UploadedFile, kind: str, at: datetime) -> Attachment:
    found = files.inspect(upload)
    return Attachment.objects.create(
        file=upload,
        name=found.name,
        size=found.size,
        content_type=found.content_type,
        sha256=found.sha256,
        scan=found.scan,
        kind=kind,
        uploaded_by_id=member.id,
        at=at,
    )


@transaction.atomic
def discard(member: Member, *, uuid: UUID) -> None:
    """Forget a kept file that its form no longer wants."""
    refuse_unbound()
    for attachment in Attachment.objects.kept_for(member.id).filter(uuid=uuid).select_for_update(of=("self",)):
        storage, name = attachment.file.storage, str(attachment.file.name)
        attachment.delete()
        transaction.on_commit(partial(storage.delete, name), robust=True)


def hand_in(
    member: Member,
    incident: Incident,
    uuids: Iterable[UUID],
    *,
    message: Message | None = None,
    internal: bool = False,
) -> list[str]:
    """Make the member's kept files part of the record; return their public ids for the trail.

    Locked, so that a form sent twice at once can't give its files to two records.
    """
    uuids = tuple(uuids)
    if not uuids:
        return []
    kept = list(Attachment.objects.kept_for(member.id).filter(uuid__in=uuids).select_for_update(of=("self",)))
    for attachment in kept:
        attachment.incident, attachment.message, attachment.internal = incident, message, internal
        attachment.save(update_fields=["incident", "message", "internal"])
    return [str(attachment.uuid) for attachment in kept]
