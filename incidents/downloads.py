"""Attachments leave the house only through here, whichever face is asked."""

from uuid import UUID

from django.http import FileResponse

from incidents.models import Attachment
from tenancy.downloads import served
from tenancy.members import Member


def sent(member: Member, uuid: UUID) -> FileResponse:
    """The file for whoever may see its incident; or 404."""
    return served(Attachment.objects.all().open_to(member).filter(uuid=uuid).first())
