"""``Idempotency-Key``: a program that got no answer sends the same again, and what it wants is done once.

The key commits with the effect, in the request's own transaction: there is no moment at which one is there without
the other, and a request that failed leaves neither.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, ParseError
from rest_framework.request import Request

from tenancy.actions import retries
from tenancy.api.problems import TooLarge
from tenancy.members import Member
from tenancy.models import KeptAnswer

HEADER = "Idempotency-Key"
SHAPE = re.compile(r"[\x21-\x7e]{1,255}")
# Headers that belong to an answer; all others are made anew.
BELONGING = ("Content-Type", "Location", "ETag")

PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": "^[\\x21-\\x7e]{1,255}$"},
    OpenApiParameter.HEADER,
    description="A text of your own, another one for each thing that is to be done (a UUID is good). For 24 hours the "
    "same request with the same key gets the first one's answer, marked `Idempotent-Replayed: true`, and nothing is "
    "done twice.",
)


class KeyReused(APIException):
    """The key has been used for something else."""

    status_code = 422
    default_code = "key_reused"
    default_detail = _("This Idempotency-Key was sent with another request. Take a new one for each thing to be done.")


class StillAtIt(APIException):
    """The first request with the key is not done."""

    status_code = 409
    default_code = "still_at_it"
    default_detail = _("The first request with this Idempotency-Key is still being worked on. Try again in a moment.")
    wait = 1


class Replay(Exception):
    """Not an error: it was answered before, and this was the answer."""

    def __init__(self, kept: KeptAnswer) -> None:
        self.kept = kept
        super().__init__(kept)

    def answer(self, *, shown: bool) -> HttpResponse:
        """The same once more; or only that it was done, where the asker may no longer see what it tells."""
        kept = self.kept
        again = HttpResponse(kept.body, status=kept.status, headers=kept.headers) if shown else HttpResponse(status=204)
        again["Idempotent-Replayed"] = "true"
        return again


def begin(request: Request, member: Member) -> KeptAnswer | None:
    """Take the request's key, if it has one; raise `Replay` with the answer to the same request.

    Raises `KeyReused` for another request, `StillAtIt` when the first takes too long, `ParseError` for a bad key.
    """
    if request.method != "POST" or (key := request.headers.get(HEADER)) is None:
        return None
    if not SHAPE.fullmatch(key):
        raise ParseError(_("Write an Idempotency-Key of 1 to 255 visible ASCII characters."))
    fingerprint = _fingerprint(request)
    try:
        row, is_new = retries.claim(member, key=key, fingerprint=fingerprint)
    except retries.StillAtIt as error:
        raise StillAtIt from error
    if is_new:
        return row
    if row.fingerprint != fingerprint:
        raise KeyReused
    raise Replay(row)


def keep(row: KeptAnswer, response: HttpResponse) -> None:
    """Write down what is answered."""
    headers = {name: response.headers[name] for name in BELONGING if name in response.headers}
    retries.keep(row, status=response.status_code, headers=headers, body=response.content.decode())


def _fingerprint(request: Request) -> str:
    """Stands for all that was asked: address, and what was sent."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\0".encode())
    for part in _parts(request) if _is_form(request) else [_body(request)]:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _is_form(request: Request) -> bool:
    return str(request.content_type).startswith("multipart/form-data")


def _body(request: Request) -> bytes:
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and request.headers.get("Transfer-Encoding"):
        raise ParseError(_("Say how long it is (Content-Length)."))
    if length and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise TooLarge
    return bytes(request._request.body)


def _parts(request: Request) -> Iterator[bytes]:
    """The fields and files of a form: the line between them is another one each time it is sent."""
    for name, values in sorted(request.data.lists()):
        for value in values:
            yield name.encode()
            yield from _file(value) if hasattr(value, "chunks") else [str(value).encode()]


def _file(upload: Any) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    yield f"{upload.name}\0{upload.content_type}".encode()
    yield digest.digest()
