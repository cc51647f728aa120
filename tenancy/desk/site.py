"""The desk's door: who comes in, and where what is."""

from functools import update_wrapper
from typing import Any, cast

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _

from tenancy.desk.listing import Choices
from tenancy.desk.rights import Rights, may
from tenancy.doorstep import sign_in_first
from tenancy.requests import BoundRequest


def owes_second_factor(request: HttpRequest) -> bool:
    """Whether the organisation asks staff for a second factor that this person has not set up."""
    wanted = cast(BoundRequest, request).organisation.requires_second_factor
    return bool(wanted and request.user.is_authenticated and not is_mfa_enabled(request.user))


class DeskSite(admin.AdminSite):
    """Open to members whose roles enter the desk, with a second factor where the organisation wants one."""

    site_header = _("Service desk")
    enable_nav_sidebar = False

    def __init__(self, name: str = "desk") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take in our own pages only: those of third parties ask for Django's permissions and know no wall."""
        if admin_class is not None and issubclass(admin_class, Rights):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the member's roles open the desk; flags on the person never do."""
        return may(request, "desk.enter")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Guard a view; strangers sign in, requesters find nothing here, staff may owe a second factor."""
        guarded = super().admin_view(view, cacheable)

        def guard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return self._turn_away(request) or guarded(request, *args, **kwargs)

        return update_wrapper(guard, guarded)

    def _turn_away(self, request: HttpRequest) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        if not self.has_permission(request):
            raise Http404
        if owes_second_factor(request):
            messages.warning(request, _("Your organisation asks staff for two-step sign-in. Set it up to go on."))
            return redirect("mfa_activate_totp")
        return None

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's addresses, without those that concern logins or lead to other sites."""
        hidden = {"login", "logout", "password_change", "password_change_done", "view_on_site"}
        kept = [url for url in super().get_urls() if getattr(url, "name", "") not in hidden]
        return [path("setup/", self.admin_view(self.setup), name="setup"), *kept]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Offer rows to choose from, by their public ids."""
        return cast(HttpResponse, Choices.as_view(admin_site=self)(request))

    def setup(self, request: HttpRequest) -> HttpResponse:
        """What the member may set up or look at."""
        return super().index(request, {"nav": "setup"})
