"""Getting more than one's due: by fields that no form has, by addresses to be led to, by asking who is known."""

from functools import partial
from typing import Any

import pytest
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from incidents.models import Category, Incident, IncidentType, Message, Service
from tenancy.models import Invitation, Membership, Organisation, Team
from tenancy.wall import bound
from tests.architecture import sent
from tests.architecture.asking import Answer, ask
from tests.architecture.world import MISSING_UUID, World
from tests.factories import PASSWORD

pytestmark = pytest.mark.database

# --- fields that no form has
# Who sends which form, the model that it makes or changes, and the columns that one may type.
REPORT = "title description error_code urgency impact service occurred_at"
PROFILE = "name mail phone department manager language time_zone"
MAKING = [
    ("owner", "incidents:portal-report", "-", Incident, REPORT),
    ("agent", "desk:incident-new", "-", Incident, f"{REPORT} source source_reference type category"),
    ("owner", "incidents:portal-act/comment", "hidden", Message, ""),
    ("owner", "incidents:portal-act/withdraw", "hidden", Incident, ""),
    ("agent", "desk:incident-act/take", "hidden", Incident, ""),
    ("agent", "desk:incident-act/classify", "hidden", Incident, "type category service impact urgency risk severity"),
    ("agent", "desk:incident-compose", "hidden", Message, "kind"),
    ("administrator", "desk:tenancy_membership_add", "-", Membership, PROFILE),
    ("administrator", "desk:tenancy_membership_change", "here", Membership, PROFILE),
    ("administrator", "desk:tenancy_team_add", "-", Team, "name description is_active"),
    ("administrator", "desk:tenancy_invitation_add", "-", Invitation, "name mail roles"),
    (
        "administrator", "desk:tenancy_organisation_change", "here", Organisation,
        "name colour language time_zone requires_second_factor",
    ),
    ("administrator", "desk:incidents_service_add", "-", Service, "name description owner_team criticality is_active"),
    ("administrator", "desk:incidents_category_add", "-", Category, "name parent is_active"),
    ("administrator", "desk:incidents_incidenttype_add", "-", IncidentType, "name is_request is_active"),
    ("anonymous", "tenancy:join", "here", Membership, "name"),
]  # fmt: skip
ALWAYS_NEW = {"person_id", "token_hash"}
ATTRIBUTES = {"is_staff": "on", "is_superuser": "on", "role": "administrator", "organisation_slug": "quill"}


def rows_of(world: World, model: type[models.Model]) -> list[dict[str, Any]]:
    """Every row of harbour's, but for what is another at each time."""
    steady = [
        field.attname
        for field in model._meta.concrete_fields
        if not isinstance(field, models.DateTimeField) and not field.primary_key and field.attname not in ALWAYS_NEW
    ]
    with bound(world.harbour.organisation.id):
        rows = list(model._default_manager.order_by("pk").values(*steady))
    for row in rows:
        if "public_id" in row:  # another one each time, but never the one that was asked for
            row["public_id"] = str(row["public_id"]) == MISSING_UUID
    return rows


def tempting(world: World, field: Any) -> Any:
    """A value that somebody might like to see in the field."""
    house = world.harbour
    rows = {
        Membership: house.public_ids["auditor"],
        Organisation: world.quill.organisation.slug,
        Team: house.ids["team"],
    }
    if field.remote_field:
        return rows.get(field.remote_field.model, 1)
    if isinstance(field, models.UUIDField):
        return MISSING_UUID
    if field.choices:
        return list(field.choices)[-1][0]
    kinds = {models.BooleanField: "on", models.IntegerField: "7", models.DateTimeField: "2001-01-01T00:00"}
    return next((value for kind, value in kinds.items() if isinstance(field, kind)), "tempting")


@pytest.mark.parametrize(("actor", "route", "target", "model", "typed"), MAKING, ids=lambda made: str(made)[:40])
def test_what_no_form_has_cannot_be_set(
    actor: str, route: str, target: str, model: type[models.Model], typed: str, world: World
) -> None:
    form = sent.form(world, route, target)
    extra = {"id": "1", "pk": "1", **ATTRIBUTES}
    for field in model._meta.concrete_fields:
        if field.name not in typed.split():
            extra |= dict.fromkeys((field.name, field.attname), tempting(world, field))
    extra = {name: value for name, value in extra.items() if name not in {*form, *typed.split()}}
    path = sent.address(world, route, target, actor)
    send = partial(ask, world.harbour, world.sessions[actor], "POST", path, look=partial(rows_of, world, model))
    plain, loaded = send(form), send({**form, **extra})
    assert plain.status == loaded.status
    assert plain.seen != rows_of(world, model) or not plain.seen
    assert loaded.seen == plain.seen


# --- addresses to be led to
AWAY = [
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "https:evil.example", "http:///evil.example", "javascript:alert(1)", " //evil.example", "\t//evil.example",
    "https://harbour.testserver@evil.example/", "https://quill.testserver/", "//harbour.testserver.evil.example",
    "/\t/evil.example",
]  # fmt: skip
LEADING = [
    ("owner", "GET", "account_login", {}),
    ("owner", "GET", "account_signup", {}),
    ("owner", "POST", "account_logout", {}),
    ("anonymous", "POST", "account_login", {"login": "owner@harbour.example", "password": PASSWORD}),
    ("owner", "POST", "account_reauthenticate", {"password": PASSWORD}),
]


@pytest.mark.parametrize(("actor", "method", "route", "form"), LEADING)
def test_nobody_is_led_away(actor: str, method: str, route: str, form: dict[str, str], world: World) -> None:
    send = partial(ask, world.harbour, world.sessions[actor], method)
    assert send(reverse(route), {**form, "next": "/report/"}).headers["Location"] == "/report/"
    for aim in AWAY:
        answer = send(reverse(route), {**form, "next": aim})
        assert answer.status == 302
        location = answer.headers["Location"]
        assert location.startswith("/"), aim
        assert not location.startswith(("//", "/\\", "/\t")), aim


# --- who is known
def add_address(world: World, mail: str) -> Answer:
    """Add a mail address to one's own login."""
    form = {"action_add": "", "email": mail}
    return ask(world.harbour, world.sessions["owner"], "POST", "/account/email/", form)


def test_adding_an_address_does_not_tell_whether_it_is_known(world: World) -> None:
    known, unknown = add_address(world, "agent@quill.example"), add_address(world, "nobody@nowhere.example")
    assert (known.status, known.headers["Location"]) == (unknown.status, unknown.headers["Location"])


def test_inviting_does_not_tell_who_belongs_to_the_other_organisation(world: World) -> None:
    form = sent.form(world, "desk:tenancy_invitation_add", "-")
    path = reverse("desk:tenancy_invitation_add")
    send = partial(ask, world.harbour, world.sessions["administrator"], "POST", path)
    known, unknown = (send({**form, "mail": mail}) for mail in ("agent@quill.example", "nobody@nowhere.example"))
    assert known.likeness == unknown.likeness
    assert known.status == 302


def test_who_signs_in_where_they_do_not_belong_is_shown_home_only(world: World) -> None:
    browser = Client(SERVER_NAME=world.harbour.host)
    form = {"login": "agent@quill.example", "password": PASSWORD, "next": "/desk/"}
    with transaction.atomic():
        assert browser.post(reverse("account_login"), form).status_code == 302
        pages = [browser.get(path) for path in ("/", "/desk/", "/organisations/")]
        transaction.set_rollback(True)
    assert [page.status_code for page in pages] == [404, 404, 200]
    assert "quill.testserver" in pages[2].content.decode()
