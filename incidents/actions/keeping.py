"""Keep uploaded files: first for their form, so that an error loses none, then with the record."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from incidents.models import Attachment, Incident, Message
from tenancy import clock
from tenancy.actions.keeping import forget, store
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
    return [store(Attachment, member, upload, at=at, kind=kind) for upload in uploads]


@transaction.atomic
def discard(member: Member, *, uuid: UUID) -> None:
    """Forget a kept file that its form no longer wants."""
    refuse_unbound()
    forget(Attachment.objects.kept_for(member.id).filter(uuid=uuid).select_for_update(of=("self",)))


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
