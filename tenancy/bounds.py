"""How long a text and how far off a moment may be, in forms and in the API alike."""

from datetime import UTC, datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

LONGEST_TEXT = 20_000
# PostgreSQL keeps what Python can't read back; one such row would break every list that it stands in.
NOT_BEFORE = MinValueValidator(datetime(1970, 1, 1, tzinfo=UTC), _("This is too long ago: is the year right?"))
NOT_AFTER = MaxValueValidator(datetime(2200, 1, 1, tzinfo=UTC), _("This is too far ahead: is the year right?"))
