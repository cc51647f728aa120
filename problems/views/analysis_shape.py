"""Shape the analysis of a problem for the templates: plain values."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from incidents.models import Hypothesis
from problems.analysis import Belief, Kind, chain
from problems.lifecycle import Verb
from problems.models import Evidence, Statement
from problems.queries import shown_by
from problems.views.offered import Verbs, Wanted

# How each state looks: the colours of what means the same, and a sign for whoever sees no colours.
LOOKS = {
    Belief.OPEN: ("info", "question-mark-circle"),
    Belief.CONFIRMED: ("success", "check-circle"),
    Belief.RULED_OUT: ("cancelled", "x-circle"),
}


def tree(said: list[Statement], evidence: Mapping[int, list[Evidence]], verbs: Verbs) -> list[dict[str, Any]]:
    """The statements at the top, each with what answers its why; below an unseen one, an answer stands at the top."""
    nodes = {one.pk: _node(one, evidence.get(one.pk, []), verbs) for one in said}
    tops: list[dict[str, Any]] = []
    for one in said:
        above = nodes.get(one.parent_id) if one.parent_id else None
        (above["answers"] if above else tops).append(nodes[one.pk])
    return tops


def chain_to_cause(said: list[Statement]) -> list[dict[str, Any]]:
    """The whys that lead to the root cause, from the top down."""
    known = {one.pk: one for one in said}
    parents = {one.pk: one.parent_id for one in said}
    cause = next((one for one in said if one.is_cause), None)
    return [brief(known[key]) for key in chain(parents, cause.pk)] if cause else []


def branches(said: list[Statement]) -> list[dict[str, Any]]:
    """The statements by branch, as the bones of a fish; those without one come last."""
    bones = [*Statement.Bone.choices, ("", _("No branch"))]
    found = [{"label": label, "rows": [brief(one) for one in said if one.branch == key]} for key, label in bones]
    return [one for one in found if one["rows"]]


def timeline(said: list[Statement]) -> list[dict[str, Any]]:
    """What happened when, the first first."""
    moments = sorted((one.happened_at, one.pk, one) for one in said if one.happened_at)
    return [brief(one) for _at, _key, one in moments]


def suspicion(one: Hypothesis, verbs: Verbs) -> dict[str, Any]:
    """A hypothesis of an incident that may flow in."""
    look, icon = LOOKS[Belief(one.outcome)]
    return {
        "text": one.suspicion,
        "tested": one.test,
        "look": look,
        "icon": icon,
        "state": one.get_outcome_display(),
        "author_name": one.author.name,
        "at": one.at,
        "incident": {"label": one.incident.label, "url": reverse("desk:incident", args=[one.incident.number])},
        "verb": verbs.one(Verb.ADOPT, about=str(one.public_id), hypothesis=str(one.public_id)),
    }


def opened(verbs: Verbs, wanted: Wanted) -> dict[str, Any] | None:
    """The one verb whose form is wanted, or None where there is none now."""
    if not wanted.about:
        return verbs.one(wanted.verb) if wanted.verb is Verb.STATE else None
    seen = verbs.record.statements.all().visible_to(verbs.member)
    if wanted.verb is Verb.WITHDRAW:
        shown = shown_by(verbs.record, verbs.member)
        pairs = ((each, one) for one in seen for each in shown.get(one.pk, []) if str(each.public_id) == wanted.about)
        return next((_withdraw(each, one, verbs) for each, one in pairs), None)
    found = next((one for one in seen if str(one.public_id) == wanted.about), None)
    return _verb(wanted.verb, found, verbs) if found else None


def brief(one: Statement) -> dict[str, Any]:
    """One statement where it stands in a list."""
    look, icon = LOOKS[Belief(one.state)]
    return {
        "mark": f"statement-{one.public_id}",
        "text": one.text,
        "look": look,
        "icon": icon,
        "state": one.get_state_display(),
        "is_cause": one.is_cause,
        "happened_at": one.happened_at,
    }


def _node(one: Statement, evidence: Iterable[Evidence], verbs: Verbs) -> dict[str, Any]:
    offered = [_verb(verb, one, verbs) for verb in (Verb.STATE, Verb.SUPPORT, Verb.JUDGE, Verb.REWORD)]
    return {
        **brief(one),
        "branch": one.get_branch_display() if one.branch else "",
        "said_by": one.said_by.name,
        "said_at": one.said_at,
        "source": _incident(one.source) if one.source else None,
        "judged_by": one.judged_by.name if one.judged_by else "",
        "judged_at": one.judged_at,
        "judgement": one.judgement,
        "evidence": [_evidence(each, _withdraw(each, one, verbs)) for each in evidence],
        "verbs": [verb for verb in offered if verb],
        "answers": [],
    }


def _verb(verb: Verb, one: Statement, verbs: Verbs) -> dict[str, Any] | None:
    about = str(one.public_id)
    match verb:
        case Verb.STATE:
            return verbs.one(verb, label=_("Why?"), about=about, parent=about)
        case Verb.SUPPORT:
            return verbs.one(verb, about=about, statement=about)
        case Verb.JUDGE:
            belief = Belief.CONFIRMED if one.state == Belief.OPEN else one.state
            return verbs.one(verb, about=about, statement=about, belief=belief, reason=one.judgement)
        case Verb.REWORD if one.state == Belief.OPEN or verb in verbs.forms:
            said: dict[str, Any] = {"text": one.text, "branch": one.branch, "happened_at": one.happened_at}
            return verbs.one(verb, about=about, statement=about, parent=_parent_of(one, verbs), **said)
    return None


def _parent_of(one: Statement, verbs: Verbs) -> str:
    """The id of what it answers, asked for only where its form is unfolded."""
    if one.parent_id is None or verbs.wanted != Wanted(Verb.REWORD, str(one.public_id)):
        return ""
    return str(one.parent.public_id) if one.parent else ""


def _incident(source: Hypothesis) -> dict[str, str]:
    return {"label": source.incident.label, "url": reverse("desk:incident", args=[source.incident.number])}


def _withdraw(one: Evidence, of: Statement, verbs: Verbs) -> dict[str, Any] | None:
    """The verb, for whoever may: what carries a judgement, only those who judge take away."""
    may = of.state == Belief.OPEN or Verb.JUDGE in verbs.possible
    about = str(one.public_id)
    return verbs.one(Verb.WITHDRAW, about=about, evidence=about) if may and not one.withdrawal else None


def _evidence(one: Evidence, withdraw: dict[str, Any] | None) -> dict[str, Any]:
    """What it is, where it leads, what it shows, and how it was taken back."""
    title, url = "", ""
    match one.kind:
        case Kind.INCIDENT if one.incident:
            title, url = f"{one.incident.label} {one.incident.title}", _address(one)
        case Kind.LINK:
            title = url = one.url
        case Kind.MEASUREMENT if one.value is not None:
            title = f"{number_format(_plain(one.value))} {one.unit}".strip()
        case Kind.FILE if one.file:
            title, url = one.file.name, reverse("desk:problem-file", args=[one.file.uuid])
        case Kind.FILE if one.attachment and one.incident:
            title = f"{one.attachment.name} ({one.incident.label})"
            url = reverse("incidents:file", args=[one.attachment.uuid])
    withdrawn = one.withdrawal
    return {
        "mark": f"evidence-{one.public_id}",
        "kind": one.get_kind_display(),
        "is_outside": one.kind == Kind.LINK,
        "title": title,
        "url": url,
        "words": one.words,
        "added_by": one.added_by.name,
        "added_at": one.added_at,
        "withdrawn": {"by": withdrawn.by.name, "at": withdrawn.at, "reason": withdrawn.reason} if withdrawn else None,
        "verb": withdraw,
    }


def _address(one: Evidence) -> str:
    return reverse("desk:incident", args=[one.incident.number]) if one.incident else ""


def _plain(value: Decimal) -> Decimal:
    """The value without the zeros that the column keeps behind it."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
