"""The base of every ModelAdmin of the desk: one organisation's rows, changed by actions, with our trail."""

from typing import Any, cast

from django.contrib import admin
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse

from tenancy.desk.listing import Listing
from tenancy.desk.rights import OnlyLooking, member_of
from tenancy.desk.verbs import VerbsAdmin
from tenancy.forms import DeskForm
from tenancy.members import Member
from tenancy.models import TrailEntry
from tenancy.refusal import NotPossible
from tenancy.requests import BoundRequest
from tenancy.words import told


class DeskAdmin(VerbsAdmin):
    """The base of every ModelAdmin: one organisation's rows, changed by actions alone.

    A subclass says in `carry_out` which action saves, and in `remove` which one deletes.
    """

    form = DeskForm
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def carry_out(self, member: Member, form: Any, formsets: list[Any], *, change: bool) -> models.Model:
        """Call the action that saves what was typed; return the saved row."""
        raise NotImplementedError

    def remove(self, member: Member, row: Any) -> None:
        """Call the action that deletes the row."""
        raise NotImplementedError

    # --- named by what tells nothing of how many there are
    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Find the row by the id in its address; `_to_field` has no say."""
        return super().get_object(request, object_id, self.named_by)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[Listing]:
        """List rows under those addresses."""
        return Listing

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Lead on to the new row's address."""
        return super().response_add(request, self.outside(obj), post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Lead on."""
        return super().response_change(request, self.outside(obj))

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        """Lead on to the list; what the row's number was is nobody's business."""
        return super().response_delete(request, obj_display, 0)

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        """Ask, and lead back to the row's address."""
        return super().render_delete_form(request, context | {"object": self.outside(context["object"])})

    # --- writing, through actions only
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Wait: the action needs the rows below it too."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Call the action, with all that was typed."""
        saved = self.carry_out(member_of(request), form, formsets, change=change)
        form.instance.__dict__.update(saved.__dict__)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Call the action."""
        self.remove(member_of(request), obj)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show a refusal on the form, with everything that was typed."""
        try:
            with transaction.atomic():
                return super().changeform_view(request, *args, **kwargs)
        except NotPossible as refused:
            cast(BoundRequest, request).refusal = str(refused)
            return super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Say why something can't be deleted."""
        try:
            with transaction.atomic():
                return super().delete_view(request, object_id, extra_context)
        except NotPossible as refused:
            return self.refused(request, object_id, refused)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Name the row alone: what hangs on it may be hidden from whoever asks. The action refuses what is in use."""
        return [str(row) for row in objs], {}, set(), []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Carry the action's refusal, if any, into the form."""
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"refusal": getattr(request, "refusal", "")})

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Filter by what the list offers, nothing else."""
        offered: list[Any] = list(self.get_list_filter(request))
        names = [one if isinstance(one, str) else one[0] for one in offered if isinstance(one, str | tuple)]
        return any(lookup == name or lookup.startswith(f"{name}__") for name in names)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404  # the same for a missing row and for one of another organisation

    # --- our trail instead of Django's log
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The action has written the trail."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The action has written the trail."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """The action has written the trail."""

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list[Any]:
        """Nothing reads it."""
        return []

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show the record's trail."""
        row = self.visible(request, object_id)
        entries = TrailEntry.objects.filter(record=self.opts.model_name, record_id=row.pk).select_related("actor")
        shown = [
            {"at": entry.at, "actor_name": entry.actor.name if entry.actor else "", "text": told(entry)}
            for entry in entries.order_by("-id")[:200]
        ]
        return self.page(request, "admin/object_history.html", row, {"title": str(row), "entries": shown})


class LookingAdmin(OnlyLooking, DeskAdmin):
    """For records that only verbs change: nothing to add, change or delete here."""
