"""Attachments leave the house only through here."""

from uuid import UUID

from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from incidents import files
from incidents.models import Attachment, Incident
from tenancy.doorstep import members_only
from tenancy.requests import MemberRequest

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


@require_safe
@members_only
def download(request: MemberRequest, uuid: UUID) -> FileResponse:
    """Serve a file to whoever may see its incident: as a download that no browser runs."""
    attachment = _visible(request, uuid)
    if attachment is None or attachment.scan == Attachment.Scan.INFECTED:
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


def _visible(request: MemberRequest, uuid: UUID) -> Attachment | None:
    attachment = Attachment.objects.filter(uuid=uuid).first()
    if attachment is None:
        return None
    if attachment.incident_id is None:
        return attachment if attachment.uploaded_by_id == request.member.id else None
    scope = Incident.objects.for_desk if attachment.internal else Incident.objects.visible_to
    return attachment if scope(request.member).filter(pk=attachment.incident_id).exists() else None
