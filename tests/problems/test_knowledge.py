"""Articles from the first draft to a report that was never sent, and back to the draft."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from incidents import actions as incident_actions
from incidents.models import Incident
from notifications.models import OutboxMessage
from problems import actions, answers
from problems.drafts import ArticleDraft
from problems.knowledge import Audience
from problems.markdown import plain
from problems.models import Article, MissedSearch, Revision, Use, Vote
from tenancy.members import Denied, Member
from tenancy.models import Organisation, TrailEntry
from tenancy.refusal import NotPossible
from tenancy.wall import bound
from tests.incidents.conftest import Cast
from tests.incidents.factories import reported
from tests.problems.conftest import Enter
from tests.problems.factories import raised

CANARY = "canary in the mine"


def written(member: Member, *, problem: int | None = None, **draft: object) -> Article:
    said = {"title": "The label printer prints empty pages", "body": "Turn the roll *over*.", **draft}
    return actions.write_article(member, draft=ArticleDraft(**said), problem=problem)  # type: ignore[arg-type]


def public(member: Member, **draft: object) -> Article:
    article = written(member, audience=Audience.PUBLIC, **draft)
    return actions.publish(member, article=article.public_id)


def test_from_the_draft_to_a_report_that_is_never_sent(cast: Cast, enter: Enter) -> None:
    desk, portal = enter(cast.lead), enter(cast.bystander)
    sent = {"title": "The label printer prints empty pages", "body": "Turn the roll *over*.", "audience": "public"}
    made = desk.post(reverse("desk:article-new"), sent)
    article = Article.objects.get()
    assert made.status_code == 302
    assert made.url == reverse("desk:article", args=[article.public_id])
    typed = {"title": "label printing", "description": "only empty pages"}
    suggest = reverse("problems:help-suggest")
    assert "roll" not in portal.get(suggest, typed).content.decode()
    assert desk.post(reverse("desk:article-publish", args=[article.public_id])).status_code == 302
    page = portal.get(suggest, typed).content.decode()
    assert "Turn the roll <em>over</em>." in page
    address = reverse("problems:help-solved", args=[article.public_id])
    assert address in page
    assert portal.post(address, {"title": "label printing"}).status_code == 302
    assert not Incident.objects.exists()
    vote = reverse("problems:help-vote", args=[article.public_id])
    portal.post(vote, {"helped": "no", "words": "Which roll?"})
    portal.post(vote, {"helped": "yes"})
    assert [one.helped for one in Vote.objects.all()] == [True]
    assert answers.worth_of([article])[article.pk] == answers.Worth(helped=1, deflected=1)
    numbers = desk.get(reverse("desk:article-numbers")).content.decode()
    assert "<dt>Helped</dt><dd>1</dd>" in numbers
    kinds = TrailEntry.objects.filter(record="article").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == [
        "article.written",
        "article.published",
        "article.deflected",
        "article.judged",
        "article.judged",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# First\n\n1. **Press** *it*\n   and `wait`.\n- 3 * 4", "First\n\n1. Press it\n   and wait.\n- 3 * 4"),
        ("See [the page](https://a.example/x) or <https://b.example>.",
         "See the page (https://a.example/x) or https://b.example."),
        ("a\x0bb\r\n**c**\u2028\n\n**d**", "a\x0bb\nc\u2028\n\nd"),
        ("> **a**\n\n| b |\n|---|\n| _c_ |\n\n~~~\n**d**\n~~~", "> a\n\n| b |\n|---|\n| c |\n\n~~~\n**d**\n~~~"),
    ],
)  # fmt: skip
def test_a_message_shows_no_signs_of_markdown(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize("words", ["printer empty", "empt", "printing page", "Etikett leere Seiten", "E-17"])
def test_found_by_beginnings_and_other_forms_of_words(cast: Cast, words: str) -> None:
    article = public(cast.lead, summary="Etiketten: leere Seite", error_code="E-17")
    public(cast.lead, title="Something else", body="Nothing of it.")
    assert answers.suggest(words) == [article]


def test_found_in_spite_of_typing_errors(cast: Cast) -> None:
    article = public(cast.lead, title="The label printer prints empty pages")
    public(cast.lead, title="Something else", body="Nothing of it.")
    written(cast.lead, title="A label printer of ours")
    assert answers.suggest("lable prniter empyt pags") == [article]
    assert answers.suggest("prnter") == [article]


@pytest.mark.parametrize("words", ["", "the and", "' | & !", "\\'\\", "zebra", "x" * 5000])
def test_what_says_nothing_finds_nothing(cast: Cast, words: str) -> None:
    public(cast.lead)
    assert answers.suggest(words) == []


def test_the_wall_stands_in_the_search(cast: Cast, quill: Organisation) -> None:
    public(cast.lead)
    with bound(quill.id), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM articles_matching('printer', false, 10)")
        assert cursor.fetchone() == (0,)


def test_nothing_internal_leaves_the_desk(cast: Cast, enter: Enter) -> None:
    problem = raised(cast.problem_manager, [])
    article = public(cast.problem_manager, problem=problem.number, cause=CANARY, workaround="Use the stairs.")
    written(cast.lead, title=CANARY)
    internal = written(cast.lead, title=f"{CANARY} xylophone", body=CANARY)
    actions.publish(cast.lead, article=internal.public_id)
    for member in (cast.bystander, cast.stakeholder, cast.agent):
        portal = enter(member)
        for words in ("", CANARY, "printer stairs"):
            for name in ("q", "title"):
                found = [portal.get(reverse(f"problems:{page}"), {name: words}) for page in ("help", "help-suggest")]
                assert "xylophone" not in "".join(one.content.decode().split("<main")[-1] for one in found)
        page = portal.get(reverse("problems:help-article", args=[article.public_id])).content.decode()
        assert "Use the stairs." in page
        assert CANARY not in page
        assert portal.get(reverse("problems:help-article", args=[internal.public_id])).status_code == 404
    assert answers.suggest(CANARY) == []
    assert not [one for one in OutboxMessage.objects.all() if CANARY in str(one.facts)]
    found = answers.search(CANARY, Article.objects.for_desk(cast.agent), public=False)
    assert article in found
    assert answers.text_for_reply(cast.agent, internal.public_id) == ""


@pytest.mark.parametrize("name", ["reporter", "stakeholder", "auditor", "administrator"])
def test_others_write_none(cast: Cast, name: str) -> None:
    with pytest.raises(Denied):
        written(getattr(cast, name))
    assert not Article.objects.exists()


def test_agents_write_drafts_and_publishers_the_rest(cast: Cast) -> None:
    article = written(cast.agent)
    changed = ArticleDraft(title="Better", body="Now.")
    actions.revise(cast.agent, article=article.public_id, draft=changed)
    for verb in (actions.publish, actions.retire):
        with pytest.raises(Denied):
            verb(cast.agent, article=article.public_id)
    actions.publish(cast.problem_manager, article=article.public_id)
    with pytest.raises(Denied):
        actions.revise(cast.agent, article=article.public_id, draft=changed)
    with pytest.raises(NotPossible):
        actions.publish(cast.problem_manager, article=article.public_id)
    with pytest.raises(Denied):
        actions.restore(cast.agent, article=article.public_id, edition=1)


def test_revisions_are_kept_shown_and_restored(cast: Cast, enter: Enter) -> None:
    article = written(cast.lead, body="First line\nSecond line")
    same = ArticleDraft(title=article.title, body="First line\nAnother line")
    actions.revise(cast.lead, article=article.public_id, draft=same)
    actions.revise(cast.lead, article=article.public_id, draft=same)
    assert Revision.objects.count() == 2
    client = enter(cast.lead)
    address = reverse("desk:article-revision", args=[article.public_id, 2])
    page = client.get(address).content.decode()
    assert "<del>Second line</del>" in page
    assert "<ins>Another line</ins>" in page
    assert client.post(reverse("desk:article-revision", args=[article.public_id, 1])).status_code == 302
    article.refresh_from_db()
    assert (article.body, article.edition) == ("First line\nSecond line", 3)
    assert client.get(reverse("desk:article-revision", args=[article.public_id, 9])).status_code == 404


def test_a_problems_article_is_a_known_error_until_its_fix_is_proven(cast: Cast) -> None:
    incident = reported(cast.reporter, title="Smoke", error_code="e-17", service=cast.service)
    problem = raised(cast.problem_manager, [])
    article = public(
        cast.problem_manager, problem=problem.number, cause="Fuses", workaround="Stairs", error_code="E-17"
    )
    (match,) = answers.known_errors_for(incident, cast.agent)
    assert (match.article, match.same_error_code, match.same_service) == (article, True, False)
    assert actions.retire_known_errors(problem) == 1
    assert answers.known_errors_for(incident, cast.agent) == []
    assert TrailEntry.objects.get(kind="article.retired").actor_id is None


def test_people_are_left_out_of_what_is_copied(cast: Cast, enter: Enter) -> None:
    incident = reported(
        cast.reporter, title="Reporter's printer", description="Call +49 30 1234567 or a.b@c.example, says Reporter."
    )
    page = enter(cast.agent).get(reverse("desk:article-new"), {"incident": incident.label}).content.decode()
    form = page.split("<main")[-1]
    for person in ("Reporter", "1234567", "a.b@c.example"):
        assert person not in form
    assert "[…]" in form
    service = {"service": cast.service}
    hidden = reported(cast.reporter, title=CANARY, **service)
    incident_actions.restrict(cast.lead, number=hidden.number)
    page = enter(cast.manager).get(reverse("desk:article-new"), {"incident": hidden.label}).content.decode()
    assert CANARY not in page


def test_an_article_is_put_into_a_reply_and_counted_once_it_is_sent(cast: Cast, enter: Enter) -> None:
    article = public(cast.lead)
    incident = reported(cast.reporter)
    client = enter(cast.agent)
    panel = reverse("desk:incident-answers", args=[incident.number])
    assert article.title in client.get(panel, {"q": "empty"}).content.decode()
    prefilled = client.get(reverse("desk:incident", args=[incident.number]), {"article": article.public_id})
    assert "Turn the roll over.</textarea>" in prefilled.content.decode()
    inserted = client.post(
        panel, {"body": "Hello,", "article": article.public_id}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "Hello,\n\nTurn the roll over." in inserted
    assert not Use.objects.exists()
    compose = reverse("desk:incident-compose", args=[incident.number])
    sent = {"mode": "public", "body": "Turn the roll over.", "article": [str(article.public_id)] * 2}
    for _ in range(2):
        assert client.post(compose, sent).status_code == 302
    assert [(one.kind, one.incident) for one in Use.objects.all()] == [("reply", incident)]


def test_what_was_not_found_is_counted_by_its_words(cast: Cast, enter: Enter) -> None:
    portal = enter(cast.bystander)
    page = portal.get(reverse("problems:help"), {"q": "Zebra  crossing"}).content.decode()
    assert reverse("problems:help-missed") in page
    assert not MissedSearch.objects.exists()
    for words in ("Zebra  crossing", "zebra crossing"):
        portal.post(reverse("problems:help-missed"), {"words": words})
    assert [(one.words, one.count) for one in MissedSearch.objects.all()] == [("zebra crossing", 2)]
    assert "zebra crossing" in enter(cast.auditor).get(reverse("desk:article-numbers")).content.decode()


def test_desk_pages_answer(cast: Cast, enter: Enter, client: Client) -> None:
    article = public(cast.lead)
    desk = enter(cast.agent)
    for name, args in (
        ("articles", []),
        ("article", [article.public_id]),
        ("article-numbers", []),
        ("article-new", []),
    ):
        assert desk.get(reverse(f"desk:{name}", args=args)).status_code == 200
    assert desk.get(reverse("desk:articles"), {"q": "printer"}).content.decode().count(article.title) == 1
    preview = desk.post(
        reverse("desk:article-preview"), {"body": "<script>x</script> [l](javascript:x) ![p](http://x/y)"}
    )
    shown = preview.content.decode().split("<main")[-1]
    for danger in ("<script", 'href="javascript', "<img"):
        assert danger not in shown
    assert desk.post(reverse("desk:article-new"), {"title": ""}).status_code == 422
