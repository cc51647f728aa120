"""Every ModelAdmin: rights from roles, changes by actions, nothing from beyond the wall."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.test import RequestFactory

from config.desk import Desk
from tenancy.desk import DeskAdmin
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.wall import TenantModel, Unbound, bound

ADMINS = [pytest.param(found, id=model.__name__) for model, found in admin.site._registry.items()]
OURS = ["save_model", "save_related", "delete_model", "log_addition", "log_change", "log_deletions", "changeform_view"]
RIGHTS = ["has_view_permission", "has_add_permission", "has_change_permission", "has_delete_permission"]
Make = Callable[..., Member]


@pytest.fixture
def asked(bind: None, member: Make, harbour: Organisation) -> HttpRequest:
    """A request of somebody with every role."""
    request = RequestFactory().get("/desk/")
    request.organisation, request.user = harbour, None
    request.member = member("administrator", "auditor", "agent", "team_lead", "incident_manager")
    return request


def test_the_site_is_the_desk() -> None:
    assert isinstance(admin.site._wrapped if hasattr(admin.site, "_wrapped") else admin.site, Desk)
    assert admin.site.name == "desk"
    assert ADMINS


@pytest.mark.parametrize("shown", ADMINS)
def test_it_is_a_desk_admin_that_writes_by_actions(shown: ModelAdmin) -> None:
    assert isinstance(shown, DeskAdmin)
    for name in OURS:
        assert getattr(type(shown), name) is getattr(DeskAdmin, name), f"{name} is changed"
    assert not shown.list_editable


@pytest.mark.parametrize("shown", ADMINS)
def test_what_may_be_saved_has_an_action(shown: Any, asked: HttpRequest) -> None:
    saves = shown.has_add_permission(asked) or shown.has_change_permission(asked)
    assert not saves or type(shown).carry_out is not DeskAdmin.carry_out
    assert not shown.has_delete_permission(asked) or type(shown).remove is not DeskAdmin.remove


@pytest.mark.parametrize("shown", ADMINS)
def test_nothing_is_deleted_in_bulk(shown: Any, asked: HttpRequest) -> None:
    assert "delete_selected" not in shown.get_actions(asked)


@pytest.mark.parametrize("shown", ADMINS)
def test_rights_come_from_roles(shown: Any, asked: HttpRequest, member: Make) -> None:
    for request_member in (None, member(), member("stakeholder"), member("agent")):
        asked.member = request_member
        assert not any(getattr(shown, right)(asked) for right in RIGHTS)
        assert not shown.has_module_permission(asked)
        for inline in shown.inlines:
            rows = inline(shown.model, admin.site)
            assert not any(getattr(rows, right)(asked, None) for right in RIGHTS)


@pytest.mark.parametrize("shown", ADMINS)
def test_lists_and_choices_end_at_the_wall(
    shown: Any, asked: HttpRequest, harbour: Organisation, quill: Organisation
) -> None:
    with bound(quill.id):
        theirs = set(shown.model._default_manager.values_list("pk", flat=True))
    assert issubclass(shown.model, TenantModel | Organisation)
    if shown.model is Organisation:
        theirs = {quill.pk}
    assert not theirs & set(shown.get_queryset(asked).values_list("pk", flat=True))
    forms = [
        shown.get_form(asked, change=not shown.has_add_permission(asked)),
        *(inline(shown.model, admin.site).get_formset(asked).form for inline in shown.inlines),
    ]
    for form in forms:
        for field in form().fields.values():
            assert not isinstance(field, ModelChoiceField) or issubclass(field.queryset.model, TenantModel)


@pytest.mark.parametrize("shown", ADMINS)
def test_a_list_asked_for_outside_any_organisation_is_refused(shown: Any) -> None:
    request = RequestFactory().get("/desk/")
    with pytest.raises(Unbound):
        list(shown.get_queryset(request))
