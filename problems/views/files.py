"""The files of problems, for staff."""

from typing import Any
from uuid import UUID

from django.http import FileResponse
from django.views.decorators.http import require_safe

from problems.forms import FilesForm, ProblemForm
from problems.models import File
from tenancy.downloads import served
from tenancy.requests import MemberRequest


@require_safe
def download(request: MemberRequest, uuid: UUID) -> FileResponse:
    """Serve a file to whoever may read its problem."""
    request.member.require("problem.read")
    return served(File.objects.all().open_to(request.member).filter(uuid=uuid).first())


def kept(form: ProblemForm) -> list[dict[str, Any]]:
    """The files that a refused form holds."""
    held = form.kept if isinstance(form, FilesForm) else []
    return [{"id": one.uuid, "name": one.name, "size": one.size} for one in held]
