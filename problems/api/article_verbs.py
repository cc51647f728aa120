"""Speak a verb of an article: staff revise, publish, retire and restore it; readers say whether it helped."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view

from problems import actions
from problems.actions.holding import hold_article_as_it_is
from problems.api import article_shapes as shapes
from problems.api.articles import ID, seen, still_there, version_of
from problems.api.writing import Judged, Restore, Revise, draft_from
from problems.copying import draft_of
from problems.models import Article
from tenancy.api.describing import IF_MATCH
from tenancy.api.speaking import Deed, Facts, Speak
from tenancy.members import Member
from tenancy.models import KeptAnswer, Scope


def _revised(_member: Member, article: Article, given: Facts) -> Facts:
    return {"draft": draft_from({**vars(draft_of(article)), **given})}


DEEDS: Mapping[str, Deed] = {
    "revise": Deed(actions.revise, Revise, _revised, fills_in=True),
    "publish": Deed(actions.publish),
    "retire": Deed(actions.retire),
    "restore": Deed(actions.restore, Restore),
    "vote": Deed(actions.vote, Judged),
    "solved": Deed(actions.deflect),
}
# For the schema, which is English for everybody.
WORDS = {
    "revise": "Change what it says",
    "publish": "Let its readers read it",
    "retire": "Take it out of every search",
    "restore": "Let it say again what it said in an earlier edition",
    "vote": "Say whether it helped",
    "solved": "Say that it solved what was about to be reported",
}


class SpeakOfArticle(Speak):
    """One verb on one article."""

    verb: ClassVar[str]

    def seen(self, name: UUID) -> Article | None:
        """The article; whoever reads only what is published for everybody does nothing of the desk's to it."""
        if self.verb in shapes.STAFFS_VERBS:
            self.member.require("article.read")
        return seen(self.member, name)

    def keep(self, record: Article, given: Facts) -> None:
        """Lock the article."""
        hold_article_as_it_is(article=record.public_id)

    def perform(self, record: Article, given: Facts) -> None:
        """Do it."""
        try:
            self.deed.action(self.member, article=record.public_id, **self.deed.arguments(self.member, record, given))
        except Article.DoesNotExist as gone:
            raise Http404 from gone

    def whole(self, record: Article) -> dict[str, Any]:
        """The article as the asker may know it."""
        return shapes.whole(record, self.member)

    def version_of(self, record: Article) -> str:
        """The article's own state."""
        return version_of(record)

    def still_shows(self, kept: KeptAnswer) -> bool:
        """Whether the article may still be seen as it was answered then."""
        told = json.loads(kept.body or "null")
        return told is None or still_there(self.member, told)


def view_of(verb: str) -> Any:
    """The verb's own view."""
    scope = Scope.WORK if verb in shapes.STAFFS_VERBS else Scope.REPORT
    described = extend_schema(
        operation_id=f"article_{verb}",
        summary=WORDS[verb],
        description=f"{WORDS[verb]}; a token needs `{scope.value}`.",
        parameters=[ID, IF_MATCH],
        request=DEEDS[verb].facts,
        responses={200: shapes.ArticleFull, 204: None},
    )
    facts = {"verb": verb, "deed": DEEDS[verb], "scopes": {"POST": scope}}
    own: type[SpeakOfArticle] = type(f"{verb.title()}ArticleView", (SpeakOfArticle,), facts)
    return extend_schema_view(post=described)(own).as_view()
