"""What administrators see of the desk's set-up: their settings, not the incidents behind them."""

import re

from incidents import actions
from incidents.models import Category, Service
from tenancy.models import TrailEntry
from tests.incidents.conftest import Cast
from tests.incidents.factories import person, reported
from tests.incidents.pages.conftest import Browse


def test_deleting_names_no_incident(cast: Cast, browse: Browse) -> None:
    number = reported(cast.reporter, title="Somebody is to be dismissed", service=cast.service).number
    actions.restrict(cast.lead, number=number)
    browser, address = browse(cast.administrator), f"/desk/incidents/service/{cast.service.public_id}/delete/"
    page = browser.get(address)
    assert page.status == 200
    assert "dismissed" not in page.html
    assert "in use" in browser.post(address, {"post": "yes"}, follow=True).text
    assert Service.objects.filter(pk=cast.service.pk).exists()


def test_administrators_say_who_follows_a_service(cast: Cast, browse: Browse) -> None:
    browser, address = browse(cast.administrator), f"/desk/incidents/service/{cast.service.public_id}/change/"
    page = browser.get(address)
    form = page.form_with("followings-TOTAL_FORMS")
    held = cast.service.followings.get()
    assert form.value("followings-0-membership") == str(person(cast.stakeholder).public_id)
    refused = browser.post(address, form.filled(**{"followings-1-membership": person(cast.bystander).public_id}))
    assert "Only stakeholders can follow" in refused.text
    assert cast.service.followings.get() == held
    gone = browser.post(address, form.filled(**{"followings-0-DELETE": "on"}))
    assert gone.status == 302
    assert not cast.service.followings.exists()
    again = browser.get(address).form_with("followings-TOTAL_FORMS")
    browser.post(address, again.filled(**{"followings-0-membership": person(cast.stakeholder).public_id}))
    assert cast.service.followings.get().membership_id == cast.stakeholder.id
    told = [
        entry.facts["changed"] for entry in TrailEntry.objects.filter(kind="service.changed", facts__has_key="changed")
    ]
    assert [one["follower_ids"] for one in told if "follower_ids" in one] == [
        [[cast.stakeholder.id], []],
        [[], [cast.stakeholder.id]],
    ]


def test_a_branch_too_deep_is_refused_in_words(cast: Cast, browse: Browse) -> None:
    browser, parent = browse(cast.administrator), ""
    for level in range(5):
        page = browser.post("/desk/incidents/category/add/", {"name": f"{level}" * 80, "parent": parent})
        if level < 4:
            parent = str(Category.objects.latest("id").public_id)
    assert page.status == 200
    assert "too long" in page.text
    assert Category.objects.count() == 4


def test_the_logo_leads_everybody_to_a_page_of_theirs(cast: Cast, browse: Browse) -> None:
    for member, starts, leads in (
        (cast.administrator, "/desk/notifications/", "/desk/setup/"),
        (cast.agent, "/desk/problems/", "/desk/incidents/"),
    ):
        browser = browse(member)
        (home,) = re.findall(r'<a class="brand" href="([^"]+)"', browser.get(starts).html)
        assert browser.get(home).location == leads
