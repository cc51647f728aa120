"""Rights in the desk come from roles, never from flags on the person, and reach as far as the organisation."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from tenancy.choices import RecordChoice
from tenancy.desk.widgets import Chooser, Rows
from tenancy.members import Denied, Member
from tenancy.requests import BoundRequest
from tenancy.wall import PublicModel

if TYPE_CHECKING:  # generic for the type checker only
    BaseAdmin = admin.options.BaseModelAdmin[Any]
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    BaseAdmin, ModelAdmin, TabularInline = admin.options.BaseModelAdmin, admin.ModelAdmin, admin.TabularInline


class Rights(BaseAdmin):
    """Rights from roles: reading and writing are one right each."""

    read_right = "organisation.read"
    write_right = "organisation.administer"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may write may look."""
        return may(request, self.read_right) or may(request, self.write_right)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the member may add such rows."""
        return may(request, self.write_right)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the member may change this row."""
        return may(request, self.write_right)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the member may delete this row."""
        return may(request, self.write_right)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the room's name is shown: as soon as one of its lists is."""
        return self.has_view_permission(request)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choose a row here; add and change it on its own page."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer rows of the bound organisation by their public ids; a reference to any other table is a mistake."""
        if not issubclass(db_field.remote_field.model, PublicModel):
            raise ImproperlyConfigured(f"{db_field} leads to what has no public id: leave it off the form.")
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", Chooser(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **{**kwargs, "form_class": RecordChoice})


def member_of(request: HttpRequest) -> Member:
    """Who asks; the desk's door lets members in only."""
    member = cast(BoundRequest, request).member
    if member is None:
        raise Denied("desk.enter")
    return member


def may(request: HttpRequest, right: str) -> bool:
    """Whether somebody is signed in who has the right for the whole organisation."""
    member = cast(BoundRequest, request).member
    return member is not None and member.may(right)


class DeskInline(Rights, TabularInline):
    """Rows that are edited with their owner and handed to its action."""

    extra = 1
    formset = Rows


class OnlyLooking(Rights):
    """For records that only verbs change: nothing to add, change or delete here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never here."""
        return False
