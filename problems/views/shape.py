"""Shape problems for the templates: plain values."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from problems.lifecycle import Status, Verb
from problems.models import Article, File, Link, Note, Problem, Task
from problems.queries import Hit
from problems.views.offered import Verbs
from tenancy.members import Member

# How each status looks: the colours of the incident's that means the same.
LOOKS = {
    Status.NEW: "new",
    Status.ASSESSED: "info",
    Status.INVESTIGATING: "in_progress",
    Status.FIXING: "on_hold",
    Status.RESOLVED: "resolved",
    Status.CLOSED: "closed",
}


def moment(at: Any) -> str:
    """A date and time in the reader's zone and language."""
    return formats.date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT") if at else ""


def row(problem: Problem, hit: Hit) -> dict[str, Any]:
    """One line of the list, and the head of the page."""
    return {
        "number": problem.label,
        "title": problem.title,
        "url": reverse("desk:problem", args=[problem.number]),
        "look": LOOKS[Status(problem.status)],
        "status": problem.get_status_display(),
        "ending": problem.get_code_display() if problem.code else "",
        "priority": problem.priority,
        "service_name": problem.service.name if problem.service else "",
        "coordinator_name": problem.coordinator.name if problem.coordinator else "",
        "coordinator_initials": problem.coordinator.initials if problem.coordinator else "",
        "is_known_error": problem.is_known_error,
        "hit": hit,
        "raised_at": problem.raised_at,
        "reopened_count": problem.reopened_count,
    }


def hit_in_words(hit: Hit) -> str:
    """How many incidents and people it hits."""
    incidents = ngettext("%(count)s incident", "%(count)s incidents", hit.incidents) % {"count": hit.incidents}
    people = ngettext("%(count)s person", "%(count)s people", hit.people) % {"count": hit.people}
    still = _("%(count)s open") % {"count": hit.open}
    return f"{incidents} ({still}) · {people}"


def workaround(problem: Problem, links: Iterable[Link], verbs: Verbs) -> dict[str, Any]:
    """The workaround's card: what it says, and how many were told this very text."""
    waiting = [one for one in links if one.incident.is_open]
    told = sum(one.told_edition == problem.workaround_edition for one in waiting)
    return {
        "text": problem.workaround,
        "at": problem.workaround_at,
        "was_told": problem.told_edition == problem.workaround_edition and bool(problem.workaround),
        "told": told,
        "waiting": len(waiting),
        "verbs": [one for one in (verbs.one(Verb.WORK_AROUND), verbs.one(Verb.BROADCAST)) if one],
    }


def doubted(problem: Problem, member: Member) -> dict[str, Any] | None:
    """What was thought to be the root cause until its evidence was withdrawn, and which articles still say so."""
    if not problem.cause or problem.cause_known_at:
        return None
    articles = Article.objects.for_desk(member).known_errors().filter(problem=problem)
    return {
        "text": problem.cause,
        "articles": [{"title": one.title, "url": reverse("desk:article", args=[one.public_id])} for one in articles],
    }


def incident(link: Link, verbs: Verbs) -> dict[str, Any]:
    """One of its incidents."""
    record = link.incident
    unlink = verbs.one(Verb.UNLINK, incident=record.label)
    return {
        "number": record.label,
        "title": record.title,
        "url": reverse("desk:incident", args=[record.number]),
        "status": record.status,
        "priority": record.priority,
        "requester_name": record.reporter.name,
        "told": link.told_edition,
        "failing": link.last_error if link.attempts > 2 else "",
        "verb": unlink,
    }


def task(one: Task, verbs: Verbs) -> dict[str, Any]:
    """One task."""
    return {
        "what": one.what,
        "who": one.assignee.name if one.assignee else "",
        "due_at": one.due_at,
        "done_at": one.done_at,
        "is_late": one.done_at is None and one.due_at is not None and one.due_at < timezone.now(),
        "verb": None if one.done_at else verbs.one(Verb.TICK, task=str(one.public_id)),
    }


def files(found: Iterable[File]) -> list[dict[str, Any]]:
    """Files as chips."""
    return [
        {"name": one.name, "size": one.size, "url": reverse("desk:problem-file", args=[one.uuid]), "scan": one.scan}
        for one in found
    ]


def note(one: Note, member_id: int, brought: Iterable[File] = ()) -> dict[str, Any]:
    """One note, as a conversation shows it."""
    return {
        "kind": "internal",
        "at": one.at,
        "body": one.text,
        "author_name": one.author.name if one.author else "",
        "author_initials": one.author.initials if one.author else "",
        "mine": one.author_id == member_id,
        "files": files(brought),
    }


def side(problem: Problem, hit: Hit, verbs: Verbs) -> list[dict[str, Any]]:
    """The cards beside."""
    return [
        _card(
            _("Assessment"),
            {
                _("Priority"): problem.priority,
                _("Impact"): problem.get_impact_display(),
                _("Urgency"): problem.get_urgency_display(),
                _("Affects"): hit_in_words(hit),
                _("Service"): problem.service.name if problem.service else "",
                _("Category"): problem.category.path if problem.category else "",
                _("Error code"): problem.error_code,
            },
            verbs.one(Verb.ASSESS),
            verbs.one(Verb.DESCRIBE),
        ),
        _card(
            _("People"),
            {
                _("Problem manager"): problem.manager.name if problem.manager else _("Nobody"),
                _("Coordinator"): problem.coordinator.name if problem.coordinator else _("Nobody"),
                _("Raised by"): problem.raised_by.name,
            },
            verbs.one(Verb.APPOINT),
        ),
        _card(
            _("Dates"),
            {
                _("Raised"): moment(problem.raised_at),
                _("Root cause known"): moment(problem.cause_known_at),
                _("Resolved"): moment(problem.resolved_at),
                _("Observed until"): moment(problem.observed_until),
                _("Ended"): moment(problem.ended_at),
                _("Review"): moment(problem.review_at),
            },
            verbs.one(Verb.REVIEW),
        ),
    ]


def outcome(problem: Problem) -> list[dict[str, str]]:
    """How it ended, if it did."""
    if not problem.code:
        return []
    facts = {
        _("Ended by"): problem.get_code_display(),
        _("What was fixed"): problem.fix_note,
        _("Tested"): problem.tested_how,
        _("Reason"): problem.reason,
        _("Duplicate of"): str(problem.duplicate_of) if problem.duplicate_of else "",
    }
    return [{"label": label, "value": value} for label, value in facts.items() if value]


def _card(title: str, facts: dict[str, Any], *verbs: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "title": title,
        "facts": [{"label": label, "value": value} for label, value in facts.items() if value],
        "verbs": [verb for verb in verbs if verb],
    }
