"""Escalations as administrators set them up, and the incidents that the engine can't attend to."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from incidents.actions import calling
from incidents.calling import as_example
from incidents.forms.escalations import EscalationPolicyForm, steps_of
from incidents.models import EscalationPolicy
from tenancy.desk import DeskAdmin
from tenancy.members import Member

MOST_SPECIFIC = _(
    "Empty: for all. For an incident the escalation for its service comes before the one for its priority, and that "
    "before the one for all. What is under way keeps the steps with which it began."
)


class EscalationPolicyAdmin(DeskAdmin):
    """Who is called, in which order, when nobody answers; put to rest by making it inactive, never deleted."""

    form = EscalationPolicyForm
    list_display = ("name", "service", "priority", "steps_in_words", "is_active")
    list_select_related = ("service",)
    list_filter = ("is_active",)
    ordering = ("name",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look reads the steps in words."""
        steps = "steps" if self.has_change_permission(request) else "steps_in_words"
        return [
            (None, {"fields": ("name", "is_active")}),
            (_("What it is for"), {"fields": ("service", "priority"), "description": MOST_SPECIFIC}),
            (_("What happens"), {"fields": (steps,)}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The words."""
        return () if self.has_change_permission(request) else ("steps_in_words",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was called by it stands on trails."""
        return False

    def carry_out(self, member: Member, form: Any, formsets: list[Any], *, change: bool) -> models.Model:
        """Save it, and its steps where they are others than before."""
        before, after = form.initial, form.cleaned_data
        plain = {name: (before.get(name), after[name]) for name in form.changed_data if name != "steps"}
        changed = {name: [_plain(one) for one in pair] for name, pair in plain.items()}
        steps = after["steps"] if form.has_new_steps() else None
        return calling.save_escalation(member, policy=form.instance, steps=steps, changed=changed)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Show the steps in words, as they hold or as they were typed."""
        form, row = context["adminform"].form, kwargs.get("obj")
        if form.previews:
            context["words"] = form.sentences()
        elif row and not form.errors:
            context["words"] = as_example(steps_of(row), timezone.localtime())
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("if nobody answers what comes in at 10:00"))
    def steps_in_words(self, policy: EscalationPolicy) -> SafeString:
        """What would happen."""
        told = as_example(steps_of(policy), timezone.localtime())
        return format_html_join("", "<div>{}</div>", ((one,) for one in told))


def _plain(value: Any) -> Any:
    """A value as the trail keeps it: rows by their id."""
    return value.pk if isinstance(value, models.Model) else value
