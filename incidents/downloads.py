"""Attachments leave the house only through here, whichever face is asked."""

from uuid import UUID

from django.http import FileResponse, Http404

from incidents import files
from incidents.models import Attachment
from tenancy.members import Member

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def sent(member: Member, uuid: UUID) -> FileResponse:
    """The file for whoever may see its incident, as a download that no browser runs; or 404."""
    attachment = Attachment.objects.all().open_to(member).filter(uuid=uuid).first()
    if attachment is None:
        raise Http404
    try:
        content = attachment.file.open()
    except FileNotFoundError as lost:
        raise Http404 from lost
    response = FileResponse(
        content,
        as_attachment=True,
        filename=attachment.name,
        content_type=files.served_type(attachment.content_type),
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
