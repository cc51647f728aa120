"""What the engine does: works that the rooms above give it by dotted paths, in the setting `DUE_WORK`."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Work:
    """One sort of rows that fall due.

    ``organisations`` and ``figures`` name the SQL functions that look over the wall: the first gives the ids of the
    organisations with due work, the longest overdue first; the second one row for `Overdue`. ``attend(organisation)``
    does one batch of at most `BATCH` rows in transactions of its own and returns how many rows it took: none means
    that somebody else has them. A row that fails is its own affair: it must not raise.
    """

    name: str
    organisations: str
    figures: str
    attend: Callable[[int], int]

    def waiting(self) -> list[int]:
        """The organisations that have something due now, the longest overdue first."""
        with connection.cursor() as cursor:
            cursor.callproc(self.organisations)
            return [organisation_id for (organisation_id,) in cursor.fetchall()]


def works() -> list[Work]:
    """All that is to be done, in the settings' order."""
    return [import_string(path) for path in settings.DUE_WORK]
