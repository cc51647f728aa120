"""The files of problems: uploaded first, handed in with a note or by themselves, and downloaded by staff."""

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.models import rules
from problems import actions
from problems.api import shapes
from problems.forms.files import FilesMixin
from problems.models import File
from tenancy.api.pages import refuse_unknown
from tenancy.api.parsing import Strict
from tenancy.api.views import MemberView
from tenancy.downloads import served
from tenancy.models import KeptAnswer


class ProblemUpload(Strict):
    """One file."""

    file = serializers.FileField(allow_empty_file=True)

    def validate_file(self, file: UploadedFile) -> UploadedFile:
        """Refuse what the pages would refuse, in their words."""
        form = FilesMixin({}, {"uploads": [file]}, rules=rules())
        if not form.is_valid():
            raise serializers.ValidationError([str(text) for text in form.errors["uploads"]])
        return file


class Uploads(MemberView):
    """The place to bring files to."""

    scopes = {"POST": "work"}
    parser_classes: Any = (MultiPartParser,)

    @extend_schema(
        operation_id="problem_upload",
        request={"multipart/form-data": ProblemUpload},
        responses={201: shapes.ProblemFileShape},
    )
    def post(self, request: Request) -> Response:
        """Upload a file; only you see it until you hand it in to a problem, with a note or by itself: note, attach."""
        refuse_unknown(request, frozenset(), paged=False)
        self.member.require("problem.contribute")
        asked = ProblemUpload(data=request.data)
        asked.is_valid(raise_exception=True)
        (kept,) = actions.keep(self.member, uploads=[asked.validated_data["file"]])
        body = shapes.file(File.objects.filter(pk=kept.pk).values(*shapes.FILE).get())
        return Response(body, 201, headers={"Location": f"{request.path}{kept.uuid}/"})

    def still_shows(self, kept: KeptAnswer) -> bool:
        """Whether problems may still be read."""
        return self.member.may("problem.read")


class Download(MemberView):
    """A file."""

    @extend_schema(
        operation_id="problem_download",
        parameters=[OpenApiParameter("uuid", OpenApiTypes.UUID, OpenApiParameter.PATH, description="The file's id.")],
        responses={(200, "*/*"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def get(self, request: Request, uuid: UUID) -> FileResponse:
        """The file itself, of a problem or your own that waits; for staff."""
        refuse_unknown(request, frozenset(), paged=False)
        self.member.require("problem.read")
        return served(File.objects.all().open_to(self.member).filter(uuid=uuid).first())
