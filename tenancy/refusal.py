"""A refusal that carries its reason, for the person who asked."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation


class NotPossible(Exception):
    """The member may do such things, but not this one now; the message says why and what would help."""


@contextmanager
def refusing_twins(words: str) -> Iterator[None]:
    """Say it in words when the database knows such a row already.

    Looking first would not do: two people may add the same in the same moment.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        raise NotPossible(words) from error
