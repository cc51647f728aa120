"""The desk's lists, and how their rows are named in addresses."""

from typing import Any, cast

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.views.main import ChangeList
from django.urls.converters import StringConverter


class RowConverter(StringConverter):
    """A row's id in an address. Never its number: whatever forgets that finds no address, and makes no link."""

    def to_url(self, value: Any) -> str:
        """Return the id; raise `ValueError` for a number."""
        if isinstance(value, int):
            raise ValueError("a row's number stays inside")
        return str(value)


class Listing(ChangeList):
    """A list whose rows lead to the addresses that `DeskAdmin.named_by` makes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pk_attname = cast(Any, self.model_admin).named_by


class Choices(AutocompleteJsonView):
    """What `Chooser` offers to somebody who types."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        """A row by its public id."""
        return {"id": str(obj.public_id), "text": str(obj)}
