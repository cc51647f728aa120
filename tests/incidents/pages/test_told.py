"""Before something is sent, the form says who gets a mail and why; outside, names stay inside."""

import pytest
from django.urls import reverse

from incidents import actions
from incidents.models import Incident, Involvement
from tenancy.actions import addresses
from tests.incidents.conftest import Cast
from tests.incidents.factories import FIXED, involved, reported
from tests.incidents.pages.conftest import Browse


@pytest.fixture
def incident(cast: Cast) -> Incident:
    """In the agent's hands, watched by the auditor."""
    made = reported(cast.reporter, service=cast.service)
    involved(made, cast.affected, Involvement.Part.AFFECTED)
    involved(made, cast.auditor, Involvement.Part.WATCHER)
    actions.take(cast.agent, number=made.number)
    return made


def test_the_composer_says_who_gets_a_reply(cast: Cast, browse: Browse, incident: Incident) -> None:
    page = browse(cast.agent).get(reverse("desk:incident", args=[incident.number]))
    assert "2 people get a mail" in page.text
    assert "Reporter : reported it" in page.text
    assert "Affected : is affected" in page.text
    assert "Nobody gets a mail." in page.text
    assert "Auditor : watches it" not in page.text


def test_each_form_says_who_gets_a_mail(cast: Cast, browse: Browse, incident: Incident) -> None:
    browser, path = browse(cast.agent), reverse("desk:incident", args=[incident.number])
    resolve = browser.get(f"{path}?do=resolve").text
    assert "4 people get a mail" in resolve
    assert "Auditor : watches it" in resolve
    assert "Stakeholder : follows the service" in resolve
    assert (
        "For a question to the requester. Of any other wait, whoever follows it is told."
        in browser.get(f"{path}?do=hold").text
    )
    assert "Whoever you choose gets a mail" in browser.get(f"{path}?do=assign").text


def test_an_address_that_takes_no_mail_is_shown(cast: Cast, browse: Browse, incident: Incident) -> None:
    addresses.switch_off(cast.reporter.id, address=cast.reporter.mail, why="550 No such user")
    page = browse(cast.agent).get(reverse("desk:incident", args=[incident.number])).text
    assert "Reporter’s address does not take mail" in page
    assert "Not told: Reporter (the address does not take mail)" in page


def test_outside_names_are_not_told(cast: Cast, browse: Browse, incident: Incident) -> None:
    browser, path = browse(cast.reporter), reverse("incidents:portal-incident", args=[incident.number])
    assert "Gets a mail: Agent, who works on it" in browser.get(path).text
    actions.resolve(cast.agent, number=incident.number, resolution=FIXED)
    page = browser.get(path).text
    assert "1 × who watches it" in page
    assert "1 × who follows the service" in page
    assert "Auditor" not in page
    assert "Stakeholder" not in page
