"""The base of every view of the API."""

import hashlib
from typing import Any, cast

from django.urls import resolve
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from tenancy.api.guards import GuardedView
from tenancy.api.parsing import Json
from tenancy.api.problems import Stale
from tenancy.members import Member
from tenancy.requests import MemberRequest


class MemberView(GuardedView):
    """A view for members: faces call one action or one query, and answer.

    A token needs ``read`` to look, and what the view says to write; sessions have all scopes.
    """

    scopes = {"GET": "read"}
    parser_classes = (Json,)
    renderer_classes = (JSONRenderer,)

    @property
    def member(self) -> Member:
        """Who asks."""
        return cast(MemberRequest, self.request).member

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Let nobody but the asker keep the answer, and them only to ask whether it still holds."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(answer, ("Cookie", "Authorization", "Accept-Language"))
        if not answer.has_header("Cache-Control"):
            patch_cache_control(answer, private=True, no_cache=True)
        return answer


class NoSuchAddress(MemberView):
    """Everything under the API that is no address."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """There is nothing here, whoever asks and however; asking counts all the same."""
        self.count(request)
        meant = f"{request.path}/"
        if resolve(meant).url_name != "nothing":
            raise NotFound(_("There is nothing here: addresses end with a slash, %(path)s.") % {"path": meant})
        raise NotFound


class OpenView(MemberView):
    """A view for everybody, who are counted all the same."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the request in, whoever asks."""
        self.count(request)


def tag_of(body: Any, version: str = "") -> str:
    """The ETag of a body: another one as soon as anything in it is different.

    ``version`` is the record's own state; it stands in front, so that a step is not refused because something that
    the record only names is called otherwise.
    """
    digest = hashlib.blake2b(JSONRenderer().render(body), digest_size=16).hexdigest()
    return f'"{version}.{digest}"' if version else f'"{digest}"'


def tagged(request: Request, body: Any, version: str = "") -> Response:
    """Answer with the body and its ETag, or with 304 where the asker has it already."""
    tag = tag_of(body, version)
    known = tag in _tags(request.headers.get("If-None-Match", ""))
    return Response(None if known else body, 304 if known else 200, headers={"ETag": tag})


def refuse_stale(request: Request, version: str) -> None:
    """Raise `Stale` where the asker decided on another state of the record (``If-Match``)."""
    wanted = request.headers.get("If-Match", "")
    if wanted and wanted.strip() != "*" and not any(tag.startswith(f'"{version}.') for tag in _tags(wanted)):
        raise Stale


def _tags(header: str) -> set[str]:
    """The tags in a header; a proxy that packs the answer marks them as weak."""
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
