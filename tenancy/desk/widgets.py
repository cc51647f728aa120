"""How a form of the desk asks for what it needs."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect


class Chooser(AutocompleteSelect):
    """Choose a row by typing. What can't be an id chooses nothing: Django would ask the database for it, and fail."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        """The row that is chosen, if any; the others come as one types."""
        return super().optgroups(name, [one for one in value if str(one).isdecimal()], attr)
