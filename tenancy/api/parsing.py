"""What the API reads: JSON of a bearable size, every field of it known."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import IO, Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from tenancy.api.problems import TooLarge
from tenancy.wall import Written

Words = serializers.CharField


class Json(JSONParser):
    """JSON that is not too large or too deep, and made of texts that can be written down again."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, context: Any = None) -> Any:
        """Return what was sent; raise `ParseError` or `TooLarge`."""
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            sent = json.loads(body, parse_constant=_refuse)
            if b"\\ud" in body.lower():  # half of a character: can be read, but never written
                json.dumps(sent, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise ParseError(_("This is not JSON that we can read.")) from error
        return sent


def _refuse(constant: str) -> None:
    raise ValueError(constant)


class Strict(serializers.Serializer):
    """Fields that may be sent; any other is refused by its name, so that nobody believes it was heeded."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the values; raise `ValidationError` for unknown names too."""
        if isinstance(data, Mapping) and (unknown := set(data) - set(self.fields)):
            raise serializers.ValidationError({name: [_("There is no such field.")] for name in sorted(unknown)})
        return super().to_internal_value(data)


@cache
def _by_public_id(among: Callable[[], "QuerySet[Any]"]) -> Written[Any]:
    """The reading of a field, kept beside it: a serializer copies its fields for every request."""
    return Written(lambda public_id: among().filter(public_id=public_id))


class RecordField(serializers.UUIDField):
    """A record by its public id; ``among`` says which may be named, once an organisation is bound."""

    default_error_messages = {"missing": _("There is no such record, or it may not be chosen.")}

    def __init__(self, among: Callable[[], "QuerySet[Any]"], **kwargs: Any) -> None:
        self.among = among
        super().__init__(**kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> "RecordField":
        """The field of another serializer; ``among`` stays the same one, and the reading that is kept for it."""
        given: Any = self
        return type(self)(*given._args, **given._kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Return the record itself."""
        found = _by_public_id(self.among).first(super().to_internal_value(data))
        if found is None:
            self.fail("missing")
        return found

    def to_representation(self, value: Any) -> str:
        """The public id."""
        return str(value.public_id)
