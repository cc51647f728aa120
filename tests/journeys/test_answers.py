"""Somebody begins to report, and an answer comes while they type: it may end the report, but Enter never does."""

import pytest
from playwright.sync_api import expect

from problems import actions
from problems.drafts import ArticleDraft
from problems.knowledge import Audience
from problems.models import Article, Use
from tenancy.wall import bound
from tests.journeys.conftest import Town
from tests.journeys.visitor import Arrive

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TITLE = "Blank tickets from the ticket printer"


def test_an_answer_ends_the_report_and_the_enter_key_sends_it(arrive: Arrive, town: Town) -> None:
    with bound(town.team.organisation_id):
        draft = ArticleDraft(title=TITLE, body="Turn the roll over.", audience=Audience.PUBLIC)
        article = actions.write_article(town.agent, draft=draft)
        Article.objects.filter(pk=article.pk).update(state="published")
    ada = arrive()
    ada.sign_in(town.requester.mail, "/report/")
    ada.page.locator("#id_title").press_sequentially("ticket printer blank")
    expect(ada.page.locator("summary", has_text=TITLE)).to_be_visible()
    ada.picture("report-answers")
    ada.page.locator("#id_title").press("Enter")
    ada.sees("Thank you. We have it as INC-1001.")
    with bound(town.team.organisation_id):
        assert not Use.objects.exists()
    ada.go("/report/")
    ada.page.locator("#id_title").press_sequentially("ticket printer blank")
    ada.page.locator("summary", has_text=TITLE).click()
    ada.press("This solved it")
    ada.sees("Nothing was reported.", "Turn the roll over.")
    with bound(town.team.organisation_id):
        assert Use.objects.get().kind == Use.Kind.DEFLECTED
