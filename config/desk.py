"""The desk with the pages of all rooms."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path

from tenancy.desk import DeskSite


class Desk(DeskSite):
    """Tenancy's desk; the rooms named in ``DESK_URLS`` add their pages, and it opens on the queue."""

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The rooms' pages, guarded as all of the desk's, before the admin's own."""
        rooms = [pattern for room in settings.DESK_URLS for pattern in import_module(room).urlpatterns]
        return [*map(self._guarded, rooms), *super().get_urls()]

    def _guarded(self, pattern: URLPattern) -> URLPattern:
        guarded: URLPattern = path(str(pattern.pattern), self.admin_view(pattern.callback), name=pattern.name)
        return guarded

    def index(self, request: Any, extra_context: dict[str, Any] | None = None) -> Any:
        """Lead those who work on incidents to the queue, the others to what they set up."""
        reads = request.member.may("incident.read")
        return redirect("desk:incidents" if reads else "desk:setup")
