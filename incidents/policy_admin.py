"""Promises, as administrators set them up."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from incidents.actions import promises
from incidents.forms.promises import PolicyForm, scope_of
from incidents.models import Policy, PolicyEdition
from incidents.promising import sentences
from tenancy import clock
from tenancy.calendar_admin import DatedAdmin
from tenancy.desk import ObjectVerb
from tenancy.members import Member
from tenancy.models import CalendarEdition

FIXED = _("What it is for is fixed: promises that were made by it are found by it. For another, add another.")
MOST_SPECIFIC = _(
    "Empty: for all. For an incident the promise for its service comes before the one for its type, and that before "
    "the one for all; of two alike the shorter one holds. What the first does not promise, the next one may."
)


def _editions(policy: Any) -> Any:
    return PolicyEdition.objects.filter(policy=policy)


def _promises_something(policy: Policy) -> bool:
    edition = _editions(policy).holding(clock.now())
    return bool(edition and edition.targets)


class PolicyAdmin(DatedAdmin):
    """What is promised in time, for what: changed from a day on, never backwards, and put to rest, never deleted."""

    form = PolicyForm
    list_display = ("name", "service", "type", "promised", "to_come")
    list_select_related = ("service", "type")
    ordering = ("name",)
    verbs = (
        ObjectVerb(
            "rest",
            label=_("Let it rest"),
            question=_(
                "New incidents are promised nothing by it any more, from now on and whatever was to come. What it has "
                "promised it keeps. Saving it again wakes it up."
            ),
            act=lambda member, policy: promises.rest_policy(member, policy=policy),
            done=_("It rests: it promises nothing any more."),
            offered=_promises_something,
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What it is for is chosen once; who may only look reads it in words."""
        if obj and not self.has_change_permission(request):
            return [(None, {"fields": ("name", "service", "type", "promised")})]
        return [
            (None, {"fields": ("name",)}),
            (_("What it is for"), {"fields": ("service", "type"), "description": FIXED if obj else MOST_SPECIFIC}),
            (_("What is promised"), {"fields": ("calendar", "targets", "takes_effect")}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What it is for stays."""
        if not self.has_change_permission(request):
            return ("promised",)
        return ("service", "type") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What it has promised it keeps."""
        return False

    def carry_out(self, member: Member, form: Any, formsets: list[Any], *, change: bool) -> models.Model:
        """Add it, or let it promise something else from a day on."""
        if change:
            return promises.change_policy(member, policy=form.instance, draft=form.draft())
        return promises.add_policy(member, draft=form.draft())

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Show what would change for open incidents."""
        return self.show_open(request, super().response_add(request, obj, post_url_continue))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Show the promise in words, as it holds or as it was typed, and what is to come."""
        form, row, now = context["adminform"].form, kwargs.get("obj"), clock.now()
        if form.previews:
            context["words"] = form.sentences()
        elif row and not form.errors:
            edition = _editions(row).holding(now)
            context |= {"words": _words(row, edition), "rests": edition is not None and not edition.targets}
        if row:
            ahead = _editions(row).filter(takes_effect_at__gt=now)
            context["to_come"] = [{"at": one.takes_effect_at, "words": _words(row, one)} for one in ahead]
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("promised"))
    def promised(self, policy: Policy) -> SafeString:
        """What it promises now, in words."""
        told = _words(policy, _editions(policy).holding(clock.now())) or [str(_("nothing"))]
        return format_html_join("", "<div>{}</div>", ((one,) for one in told))

    @admin.display(description=_("next change"))
    def to_come(self, policy: Policy) -> Any:
        """From when on it promises something else."""
        ahead = _editions(policy).filter(takes_effect_at__gt=clock.now()).first()
        return ahead and timezone.localtime(ahead.takes_effect_at).date()


def _words(policy: Policy, edition: PolicyEdition | None) -> list[str]:
    """What an edition promises, in the hours that its calendar has then."""
    if edition is None:
        return []
    at = max(edition.takes_effect_at, clock.now())
    counted = CalendarEdition.objects.filter(calendar=edition.calendar_id).holding(at)
    return sentences(edition.targets, scope_of(policy), counted.rules()) if counted else []
