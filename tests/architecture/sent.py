"""Every address of the product, how it is reached for a target, and a good form for it."""

from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from incidents.lifecycle import Verb
from incidents.priority import Impact, Urgency
from problems.lifecycle import Verb as ProblemVerb
from tests.architecture.world import MISSING_NUMBER, MISSING_UUID, House, World

PRODUCT = "config.urls"
# Routes with a verb or a mode behind a stroke: ``desk:incident-act/take``.
WITH_VERB = ("incidents:portal-act", "desk:incident-act", "desk:problem-act")
WITH_MODE = "desk:incident-compose"
# What may be done with a row of the desk; where nothing is here, it stands for something that is not.
VERBS = {"invitation": "withdraw", "policy": "rest", "token": "revoke"}
OF_ARTICLES = (
    *(f"desk:article{page}" for page in ("", "-edit", "-publish", "-retire", "-revision")),
    *(f"problems:help-{page}" for page in ("article", "vote", "solved")),
)
OF_CLUSTERS = ("desk:cluster-raise", "desk:cluster-dismiss")
WITH_TOPIC = "incidents:live"


def routes(urlconf: str = PRODUCT) -> Iterator[str]:
    """The name of every address, or its pattern where it has none."""
    return _walk(get_resolver(urlconf).url_patterns, "", "")


def _walk(patterns: list[Any], path: str, names: str) -> Iterator[str]:
    for pattern in patterns:
        here = f"{path}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, here, names + (f"{pattern.namespace}:" if pattern.namespace else ""))
        elif isinstance(pattern, URLPattern):
            yield f"{names}{pattern.name}" if pattern.name else here


def split(route: str) -> tuple[str, str]:
    """The route's name, and its verb or mode."""
    name, _, verb = route.partition("/")
    named = (*WITH_VERB, WITH_MODE, WITH_TOPIC)
    return (name, verb) if name in named or name.startswith("api:") else (route, "")


def address(world: World, route: str, target: str, actor: str) -> str:
    """Where the route leads for this target."""
    name, verb = split(route)
    if name.startswith("desk:") and name.endswith(("_change", "_history", "_delete")):
        return reverse(name, args=[_row(world, name.split("_")[-2], target)])
    if name.endswith("_verb"):
        model = name.split("_")[-2]
        return reverse(name, args=[_row(world, model, target), VERBS.get(model, "leave")])
    if "<row:object_id>" in name:
        return f"/{name.replace('<row:object_id>', str(_row(world, name.split('/')[2], target)))}"
    match name:
        case "desk/(?P<url>.*)$":
            return "/desk/nothing/here/"
        case "desk:app_list":
            return reverse(name, kwargs={"app_label": "tenancy"})
        case "desk:autocomplete":
            return f"{reverse(name)}?app_label=tenancy&model_name=membership&field_name=manager"
        case "desk:token-revoke":
            return reverse(name, args=[_row(world, "token", target)])
        case "incidents:live":
            topic = f"{verb}-INC-{number(world, target, actor)}".removeprefix("desk-") if target != "-" else verb
            return f"{reverse(name)}?topic={topic}"
        case "incidents:file":
            return reverse(name, args=[file(world, target, actor)])
        case "desk:problem-file":
            return reverse(name, args=[problem_file(world, target)])
        case "incidents:answer":
            return reverse(name, args=["confirm", _token(world, "answer", target)])
        case "notifications:why":
            return reverse(name, args=[_token(world, "why", target)])
        case "tenancy:join":
            return reverse(name, args=[_token(world, "join", target)])
        case "account_confirm_email":
            return reverse(name, args=["made-up"])
        case "account_reset_password_from_key":
            return reverse(name, kwargs={"uidb36": "1", "key": "made-up"})
    if name in OF_ARTICLES:
        edition = [1] if name == "desk:article-revision" else []
        return reverse(name, args=[_public(world, "article", target), *edition])
    if name in OF_CLUSTERS:
        return reverse(name, args=[_public(world, "cluster", target)])
    args = [number(world, target, actor)] if target != "-" else []
    return reverse(name, args=[*args, verb] if name in WITH_VERB else args)


def _public(world: World, model: str, target: str) -> str:
    houses = {"other": world.quill.ids[model], "missing": MISSING_UUID}
    return str(houses.get(target) or world.harbour.ids[target])


def _row(world: World, model: str, target: str) -> str:
    houses = {"here": world.harbour, "other": world.quill}
    return str(houses[target].ids[model]) if target in houses else MISSING_UUID


def file(world: World, target: str, actor: str) -> Any:
    """The id of a file."""
    match target:
        case "missing":
            return MISSING_UUID
        case "other":
            return world.quill.ids["public_file"]
        case "kept":
            return world.harbour.ids["kept"].get(actor, MISSING_UUID)
        case "kept_by_owner":
            return world.harbour.ids["kept"]["owner"]
    return world.harbour.ids[f"{target}_file"]


def problem_file(world: World, target: str) -> Any:
    """The id of a file of a problem."""
    houses = {"other": world.quill.ids["problem_file"], "missing": MISSING_UUID}
    return houses.get(target) or world.harbour.ids[f"{target}_file"]


def _token(world: World, name: str, target: str) -> str:
    return {"here": world.harbour.ids[name], "other": world.quill.ids[name]}.get(target, "made-up")


def number(world: World, target: str, actor: str) -> int:
    """The number of an incident; somebody without a membership has none of their own, so they try the owner's."""
    match target:
        case "missing":
            return MISSING_NUMBER
        case "other":
            return int(world.quill.ids["hidden"])
        case "own":
            return int(world.harbour.ids["own"].get(actor, world.harbour.ids["hidden"]))
    return int(world.harbour.ids[target])


def form(world: World, route: str, target: str) -> dict[str, Any]:
    """A form that would do it, if one may."""
    name, verb = split(route)
    if name == "desk:problem-act":
        return _problem_verb(world.harbour, ProblemVerb(verb))
    if name in WITH_VERB:
        return _verb(world.harbour, Verb(verb), target)
    if verb:
        return {"mode": verb, "body": "On our way."}
    return _forms(world.harbour).get(name.replace("_change", "_add"), {"post": "yes"})


def _verb(house: House, verb: Verb, target: str) -> dict[str, Any]:
    owner, mate = (house.public_ids[name] for name in ("owner", "mate"))
    same = {"impact": "group", "urgency": "high", "risk": "low"}
    return {
        Verb.ASSIGN: {"assignee": mate},
        Verb.ROUTE: {"team": house.ids["team"]},
        Verb.CLASSIFY: {**same, "service": house.ids["service"], "category": house.ids["category"]},
        Verb.OVERRIDE: {"priority": "P1", "reason": "The board waits."},
        Verb.HOLD: {"reason": "supplier", "text": "Spare parts."},
        Verb.RESOLVE: {"code": "fixed", "note": "Cleaned.", "tested_how": "Printed."},
        Verb.REOPEN: {"reason": "Too early."},
        Verb.CLOSE: {"ending": "phone"},
        Verb.CANCEL: {"ending": "not_incident", "text": "A drill."},
        Verb.SUSPECT: {"suspicion": "The fuser"},
        Verb.CONCLUDE: {"hypothesis": house.ids.get(f"hypothesis_{target}", MISSING_UUID), "outcome": "confirmed"},
        Verb.DIAGNOSE: {"root_cause": "Age"},
        Verb.REFER: {"kind": "supplier", "value": "S-1"},
        Verb.INVOLVE: {"person": house.members["mate"].mail, "part": "participant"},
        Verb.RELEASE: {"person": owner, "part": "participant"},
        Verb.COMMENT: {"body": "Any news?"},
        Verb.ANSWER: {"body": "Blue."},
        Verb.CONTEST: {"text": "Not so!"},
    }.get(verb, {"text": "So be it."})


def _problem_verb(house: House, verb: ProblemVerb) -> dict[str, Any]:
    return {
        ProblemVerb.ASSESS: {"impact": "group", "urgency": "high"},
        ProblemVerb.APPOINT: {"coordinator": house.members["mate"].mail},
        ProblemVerb.DESCRIBE: {"title": "Fuses melt"},
        ProblemVerb.STATE: {"text": "Fuses melt", "parent": house.ids["statement"]},
        ProblemVerb.REWORD: {"text": "Fuses melt", "statement": house.ids["statement"]},
        ProblemVerb.SUPPORT: {"statement": house.ids["statement"], "kind": "link", "url": "https://status.example/7"},
        ProblemVerb.WITHDRAW: {"evidence": house.ids["evidence"], "reason": "It is another one."},
        ProblemVerb.JUDGE: {"statement": house.ids["statement"], "belief": "ruled_out", "reason": "It is dry."},
        ProblemVerb.ADOPT: {"hypothesis": house.ids["suspicion"]},
        ProblemVerb.ESTABLISH: {
            "statement": house.ids["cause"],
            "cause": "Melting fuses",
            "evidence": "Three of them lie here.",
        },
        ProblemVerb.WORK_AROUND: {"workaround": "Use the other one."},
        ProblemVerb.APPLY: {"note": "New fuses.", "tested_how": "Printed."},
        ProblemVerb.MERGE: {"into": house.ids["other_problem"]},
        ProblemVerb.LINK: {"incidents": house.ids["hidden"]},
        ProblemVerb.UNLINK: {"incident": house.ids["followed"]},
        ProblemVerb.NOTE: {"text": "Again."},
        ProblemVerb.ATTACH: {"uploads": SimpleUploadedFile("fuse.txt", b"It melts.")},
        ProblemVerb.PLAN: {"what": "Call the supplier"},
        ProblemVerb.TICK: {"task": house.ids["task"]},
        ProblemVerb.REVIEW: {"review_at": "2199-01-01T10:00"},
    }.get(verb, {"reason": "So be it."})


def _forms(house: House) -> dict[str, dict[str, Any]]:
    report = {"title": "Smoke", "when": "now", "urgency": "low", "impact": "person"}
    pairs = len(Impact) * len(Urgency)
    return {
        "incidents:portal-report": report,
        "incidents:portal-verdict": {"verdict": "confirm"},
        "incidents:answer": {"verdict": "confirm"},
        "tenancy:join": {"name": "Ines", "password1": "seven quiet herons"},
        "desk:incident-new": {
            **report,
            "requester": house.members["requester"].mail,
            "source": "phone",
            "service": house.ids["used_service"],
        },
        "desk:problem-new": {"title": "Fuses melt", "incidents": house.ids["hidden"]},
        "desk:cluster-raise": {"title": "Fuses melt"},
        "desk:cluster-dismiss": {"reason": "A drill."},
        "desk:problem-link": {"problem": house.ids["problem"], "incidents": house.ids["hidden"]},
        "desk:article-new": {"title": "Lifts", "audience": "public"},
        "desk:article-edit": {"title": "Lifts", "audience": "public"},
        "desk:article-preview": {"body": "Use *them*."},
        "desk:incident-answers": {"body": "Hello,", "article": house.ids["article"]},
        "problems:help-missed": {"words": "zebra"},
        "problems:help-vote": {"helped": "yes"},
        "desk:incident-problem": {"problem": house.ids["problem"]},
        "notifications:mine": {"moved": "off", "quiet_from": "22:00", "quiet_until": "07:00"},
        "desk:notifications": {"moved": "off"},
        "desk:tokens": {"name": "Test rig", "scopes": ["report"], "days": "30"},
        "desk:incident-compose": {"mode": "internal", "body": "Again that cable."},
        "desk:tenancy_membership_add": {"name": "Nia", **_no_rows("grants_held")},
        "desk:tenancy_team_add": {"name": "Telephones", "is_active": "on", **_no_rows("seats")},
        "desk:tenancy_invitation_add": {"mail": "nia@people.example", "name": "Nia", "roles": ["administrator"]},
        "desk:tenancy_organisation_add": {
            "name": "Ours now",
            "colour": "#123456",
            "language": "en",
            "time_zone": "UTC",
        },
        "desk:tenancy_calendar_add": {"name": "Early", "zone": "Europe/Berlin", "day_0": "6-12"},
        "desk:incidents_policy_add": {"name": "Swift", "calendar": house.ids["calendar"], "targets_0": "15 min"},
        "desk:incidents_escalationpolicy_add": {"name": "Calls", "priority": "P4", "steps_0": "5", "steps_5": "1"},
        "desk:incidents_service_add": {"name": "Telephones", "criticality": "normal", **_no_rows("followings")},
        "desk:incidents_category_add": {"name": "Telephones"},
        "desk:incidents_incidenttype_add": {"name": "Question"},
        "desk:incidents_deskrules_add": {
            **{f"matrix_{n}": "P1" for n in range(pairs)},
            "attachment_max_megabytes": 1,
            "attachment_max_count": 1,
            "contest_days": 1,
            "reminder_days": 1,
            "silence_days": 2,
            "observation_days": 1,
            "rejections_to_reopen": 1,
            "cluster_hours": 1,
            "cluster_least": 2,
            "cluster_times": 1,
        },
        "account_login": {"login": "owner@harbour.example", "password": "wrong"},
        "account_reset_password": {"email": "owner@harbour.example"},
        "account_email": {"action_add": "", "email": "more@people.example"},
        "account_change_password": {"oldpassword": "wrong", "password1": "x", "password2": "x"},
    }


def _no_rows(prefix: str) -> dict[str, str]:
    return {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
