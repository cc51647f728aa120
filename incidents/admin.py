"""What administrators set up for the desk: services, categories, types, rules."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from incidents import words
from incidents.actions import configuring
from incidents.escalation_admin import EscalationPolicyAdmin
from incidents.models import Category, DeskRules, EscalationPolicy, Following, IncidentType, Policy, Service
from incidents.policy_admin import PolicyAdmin
from incidents.priority import Impact, Priority, Urgency
from tenancy.desk import DeskAdmin, DeskInline
from tenancy.forms import DeskForm
from tenancy.members import Member
from tenancy.wall import TenantModel

admin.register(Policy)(PolicyAdmin)
admin.register(EscalationPolicy)(EscalationPolicyAdmin)


class SettingAdmin(DeskAdmin):
    """A setting that is saved and removed by the actions of this room."""

    def carry_out(self, member: Member, form: Any, formsets: list[Any], *, change: bool) -> models.Model:
        """Save it, with what changed for the trail."""
        before, after = form.initial, form.cleaned_data
        changed = {name: [_plain(before.get(name)), _plain(after[name])] for name in form.changed_data}
        row: TenantModel = form.instance
        return configuring.save_setting(member, row=row, changed=changed if change else None)

    def remove(self, member: Member, row: Any) -> None:
        """Remove it."""
        configuring.remove_setting(member, row=row)


def _plain(value: Any) -> Any:
    """A value as the trail keeps it: rows by their id."""
    return value.pk if isinstance(value, models.Model) else value


class FollowingInline(DeskInline):
    """Who follows the service."""

    model = Following
    fields = ("membership",)
    autocomplete_fields = ("membership",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Call a member what readers call them."""
        return super().formfield_for_foreignkey(db_field, request, **{"label": _("Person"), **kwargs})


@admin.register(Service)
class ServiceAdmin(SettingAdmin):
    """What users rely on, and the stakeholders who follow it."""

    fields = ("name", "description", "owner_team", "criticality", "is_active")
    list_display = ("name", "owner_team", "criticality", "is_active")
    list_filter = ("is_active", "criticality")
    list_select_related = ("owner_team",)
    search_fields = ("name", "description")
    inlines = (FollowingInline,)

    def carry_out(self, member: Member, form: Any, formsets: list[Any], *, change: bool) -> models.Model:
        """Save it, and who follows it."""
        service = super().carry_out(member, form, formsets, change=change)
        given = [row for formset in formsets for row in formset.forms if row not in formset.deleted_forms]
        followers = {row.cleaned_data["membership"].pk for row in given if row.cleaned_data.get("membership")}
        configuring.set_followers(member, service=cast(Service, service), follower_ids=frozenset(followers))
        return service


@admin.register(Category)
class CategoryAdmin(SettingAdmin):
    """The tree of topics."""

    fields = ("parent", "name", "is_active")
    list_display = ("path", "is_active")
    search_fields = ("path",)


@admin.register(IncidentType)
class IncidentTypeAdmin(SettingAdmin):
    """The kinds of report."""

    fields = ("name", "is_request", "is_active")
    list_display = ("name", "is_request", "is_active")


class MatrixWidget(forms.MultiWidget):
    """A select per pair of impact and urgency."""

    template_name = "incidents/matrix.html"

    def __init__(self) -> None:
        choices = [(priority.value, priority.value) for priority in Priority]
        super().__init__([forms.Select(choices=choices) for _impact in Impact for _urgency in Urgency])

    def decompress(self, value: Any) -> list[Any]:
        return [value[impact][urgency] for impact in Impact for urgency in Urgency] if value else []

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        selects = iter(context["widget"]["subwidgets"])
        context["urgencies"] = list(words.URGENCY.values())
        context["rows"] = [(words.IMPACT[impact], [next(selects) for _urgency in Urgency]) for impact in Impact]
        for label, row in context["rows"]:
            for urgency, select in zip(context["urgencies"], row, strict=True):
                select["attrs"]["aria-label"] = f"{label}, {urgency}"
        return context


class MatrixField(forms.MultiValueField):
    """The priority matrix as a table."""

    widget = MatrixWidget

    def __init__(self, **kwargs: Any) -> None:
        choices = [(priority.value, priority.value) for priority in Priority]
        super().__init__([forms.ChoiceField(choices=choices) for _impact in Impact for _urgency in Urgency], **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, dict[str, str]]:
        chosen = iter(data_list)
        return {impact.value: {urgency.value: next(chosen) for urgency in Urgency} for impact in Impact}


class RulesForm(DeskForm):
    """The organisation's numbers and its matrix."""

    matrix = MatrixField(label=_("Priority by impact and urgency"))


@admin.register(DeskRules)
class DeskRulesAdmin(SettingAdmin):
    """The one row of rules; its list leads straight to it."""

    form = RulesForm
    fields = (
        "matrix",
        "attachment_max_megabytes",
        "attachment_max_count",
        "contest_days",
        "reminder_days",
        "silence_days",
        "pauses_for_problem",
        "pauses_for_change",
        "counts_anew",
        "observation_days",
        "rejections_to_reopen",
        "cluster_hours",
        "cluster_least",
        "cluster_times",
        "catch_all",
    )
    list_display = ("attachment_max_megabytes", "attachment_max_count", "contest_days", "catch_all")
    autocomplete_fields = ("catch_all",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is exactly one, made with the organisation."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It can't go."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Lead straight to the rules."""
        rules = self.get_queryset(request).first()
        if rules is None or not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        return redirect(self._address("change", self.name_of(rules)))
