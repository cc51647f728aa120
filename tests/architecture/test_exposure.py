"""Nobody stands above the organisations: no console, no login that comes with the product."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tenancy.models import Organisation, Person
from tests.architecture import sent
from tests.architecture.asking import ask
from tests.architecture.world import World


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/platform/", "/console/", "/django-admin/", "/metrics"])
def test_no_organisation_has_a_console_over_others(path: str, world: World) -> None:
    for actor in ("anonymous", "administrator"):
        assert ask(world.harbour, world.sessions[actor], "GET", path).status == 404


def test_there_is_one_admin_site_and_it_is_the_desk() -> None:
    assert {route.partition(":")[0] for route in sent.routes() if "admin" in route} == set()


def test_a_founded_organisation_has_no_login_of_ours(harbour: Organisation) -> None:
    assert not Person.objects.exists()


def test_the_demos_people_never_come_to_production(db: None, settings: Any) -> None:
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError):
        call_command("seed_demo")
    assert not Person.objects.exists()
