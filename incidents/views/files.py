"""Attachments, for people."""

from uuid import UUID

from django.http import FileResponse
from django.views.decorators.http import require_safe

from incidents.downloads import sent
from tenancy.doorstep import members_only
from tenancy.requests import MemberRequest


@require_safe
@members_only
def download(request: MemberRequest, uuid: UUID) -> FileResponse:
    """Serve a file to whoever may see its incident."""
    return sent(request.member, uuid)
