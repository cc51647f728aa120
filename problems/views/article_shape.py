"""Articles as templates show them."""

from difflib import SequenceMatcher
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from problems.answers import Worth
from problems.markdown import render
from problems.models import Article, Revision
from tenancy.models import TrailEntry

STAFF = {
    "article.written": _("wrote the article"),
    "article.revised": _("revised the article"),
    "article.published": _("published the article"),
    "article.retired": _("retired the article"),
    "article.restored": _("restored an earlier text of the article"),
    "article.judged": _("said whether the article helped"),
    "article.deflected": _("solved it with the article instead of reporting it"),
    "article.used": _("used the article in a reply"),
}
LABELS = {
    "title": _("Title"),
    "summary": _("In one sentence"),
    "workaround": _("Workaround"),
    "body": _("Text"),
    "cause": _("Cause"),
}
LOOK = {Article.Status.DRAFT: "new", Article.Status.PUBLISHED: "resolved", Article.Status.RETIRED: "closed"}


def outline(entry: TrailEntry) -> str:
    """The step in the organisation's trail; nothing of other records."""
    return str(STAFF.get(entry.kind, ""))


def row(article: Article, worth: Worth) -> dict[str, Any]:
    """One line of the desk's list."""
    return {
        "title": article.title,
        "summary": article.summary,
        "url": reverse("desk:article", args=[article.public_id]),
        "state": article.get_state_display(),
        "look": LOOK[Article.Status(article.state)],
        "readers": article.get_audience_display(),
        "is_known_error": article.is_known_error,
        "owner_name": article.owner.name if article.owner else "",
        "owner_initials": article.owner.initials if article.owner else "",
        "review_on": article.review_on,
        "worth": worth,
    }


def for_reader(article: Article) -> dict[str, Any]:
    """What everybody may read of it: nothing internal is handed on."""
    return {
        "title": article.title,
        "summary": article.summary,
        "url": reverse("problems:help-article", args=[article.public_id]),
        "solved_url": reverse("problems:help-solved", args=[article.public_id]),
        "workaround": render(article.workaround),
        "body": render(article.body),
        "updated_at": article.updated_at,
    }


def differences(before: Revision | None, after: Revision) -> list[dict[str, Any]]:
    """What changed between two texts, field by field, in lines that stayed, went or came."""
    found = []
    for name in Revision.TEXTS:
        old, new = (getattr(before, name) if before else ""), getattr(after, name)
        if old != new:
            found.append({"label": LABELS[name], "lines": _lines(old.splitlines(), new.splitlines())})
    return found


def _lines(old: list[str], new: list[str]) -> list[dict[str, str]]:
    lines: list[dict[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [{"kind": "same", "text": text} for text in old[a:b]]
        else:
            lines += [{"kind": "gone", "text": text} for text in old[a:b]]
            lines += [{"kind": "new", "text": text} for text in new[c:d]]
    return lines
