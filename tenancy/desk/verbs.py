"""Something to be done with one record of the desk, asked once more before it is."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, register_converter, reverse

from tenancy.desk.listing import RowConverter
from tenancy.desk.rights import ModelAdmin, Rights, may, member_of
from tenancy.members import Member
from tenancy.refusal import NotPossible

register_converter(RowConverter, "row")


@dataclass(frozen=True, slots=True)
class ObjectVerb:
    """Something to be done with one record, asked once more before it is: GET asks, POST acts."""

    name: str
    label: Any
    question: Any
    act: Callable[[Member, Any], object]
    done: Any
    offered: Callable[[Any], bool] = bool


class VerbsAdmin(Rights, ModelAdmin):
    """Offers verbs on one record: GET asks, POST acts."""

    named_by = "public_id"
    """The column whose value stands in addresses."""
    verbs: tuple[ObjectVerb, ...] = ()
    has_history = True

    def get_urls(self) -> list[URLPattern]:
        """Django's addresses, and one for the verbs."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_verb"
        view = self.admin_site.admin_view(self.verb_view)
        verb = path("<row:object_id>/verb/<slug:verb_name>/", view, name=name)
        return [verb, *(_by_row(one) for one in super().get_urls())]

    def name_of(self, row: Any) -> str:
        """What the row is called in addresses."""
        return str(getattr(row, self.named_by))

    def outside(self, row: Any) -> Any:
        """A copy of the row whose key is the id by which it is known outside: Django writes the key into pages."""
        known = copy(row)
        known.pk = self.name_of(row)
        return known

    def verb_view(self, request: HttpRequest, object_id: str, verb_name: str) -> HttpResponse:
        """Ask on GET, act on POST."""
        row = self.visible(request, object_id)
        verb = next((verb for verb in self.verbs if verb.name == verb_name and verb.offered(row)), None)
        if verb is None:
            raise Http404
        if not may(request, self.write_right):
            raise PermissionDenied
        if request.method == "POST":
            return self._do(request, verb, row)
        return self.page(request, "admin/verb.html", row, {"title": verb.label, "verb": verb})

    def _do(self, request: HttpRequest, verb: ObjectVerb, row: Any) -> HttpResponse:
        try:
            verb.act(member_of(request), row)
        except NotPossible as refused:
            return self.refused(request, self.name_of(row), refused)
        messages.success(request, verb.done)
        return redirect(self._address("change", self.name_of(row)))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Offer the verbs above the form."""
        row = kwargs.get("obj")
        offered = [verb for verb in self.verbs if row is not None and verb.offered(row)]
        if may(request, self.write_right):
            context["verbs"] = [{"label": verb.label, "url": f"../verb/{verb.name}/"} for verb in offered]
        context |= {"has_history": self.has_history, "original": row and self.outside(row)}
        return super().render_change_form(request, context, *args, **kwargs)

    def refused(self, request: HttpRequest, object_id: str, refused: NotPossible) -> HttpResponse:
        """Say why, on the record's page."""
        messages.error(request, str(refused))
        return redirect(self._address("change", object_id))

    def _address(self, page: str, object_id: str) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[quote(object_id)])

    def visible(self, request: HttpRequest, object_id: str) -> Any:
        """The row, if there is one here that the member may see."""
        if not self.has_view_permission(request):
            raise PermissionDenied  # before looking: who may not see any learns of none
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        return row

    def page(self, request: HttpRequest, template: str, row: Any, context: dict[str, Any]) -> HttpResponse:
        """A page about the row, in the desk's shell."""
        shell = self.admin_site.each_context(request)
        return TemplateResponse(request, template, {**shell, "opts": self.opts, "object": self.outside(row), **context})


def _by_row(address: URLPattern) -> URLPattern:
    route = str(address.pattern).replace("<path:object_id>", "<row:object_id>")
    return path(route, address.callback, name=address.name)
