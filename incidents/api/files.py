"""Files: uploaded first, handed in with a report or a message, and downloaded by whoever may see them."""

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

from incidents import actions
from incidents.api import shapes
from incidents.downloads import sent
from incidents.forms.files import FilesMixin
from incidents.models import Attachment, rules
from tenancy.api.pages import refuse_unknown
from tenancy.api.parsing import Strict
from tenancy.api.views import MemberView


class Upload(Strict):
    """One file."""

    file = serializers.FileField(allow_empty_file=True)
    kind = serializers.ChoiceField(Attachment.Kind.values, default=Attachment.Kind.EVIDENCE)

    def validate_file(self, file: UploadedFile) -> UploadedFile:
        """Refuse what the pages would refuse, in their words."""
        form = FilesMixin({}, {"uploads": [file]}, rules=rules())
        if not form.is_valid():
            raise serializers.ValidationError([str(text) for text in form.errors["uploads"]])
        return file


class Uploads(MemberView):
    """The place to bring files to."""

    scopes = {"POST": "report"}
    parser_classes: Any = (MultiPartParser,)

    @extend_schema(operation_id="upload", request={"multipart/form-data": Upload}, responses={201: shapes.FileShape})
    def post(self, request: Request) -> Response:
        """Upload a file; only you see it until you hand it in with a report or a message."""
        refuse_unknown(request, frozenset(), paged=False)
        asked = Upload(data=request.data)
        asked.is_valid(raise_exception=True)
        facts = asked.validated_data
        (kept,) = actions.keep(self.member, uploads=[facts["file"]], kind=facts["kind"])
        body = shapes.file(Attachment.objects.filter(pk=kept.pk).values(*shapes.FILE).get())
        return Response(body, 201, headers={"Location": f"{request.path}{kept.uuid}/"})


class Download(MemberView):
    """A file."""

    @extend_schema(
        operation_id="download",
        parameters=[OpenApiParameter("uuid", OpenApiTypes.UUID, OpenApiParameter.PATH, description="The file's id.")],
        responses={(200, "*/*"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def get(self, request: Request, uuid: UUID) -> FileResponse:
        """The file itself, if you may see what it belongs to."""
        refuse_unknown(request, frozenset(), paged=False)
        return sent(self.member, uuid)
