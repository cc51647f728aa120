"""Who gets what from the API: the same columns as in `tests.architecture.matrix`, and how each address is reached."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from incidents.lifecycle import Verb
from problems.lifecycle import Verb as ProblemVerb
from tests.architecture import sent
from tests.architecture.matrix import Row, table
from tests.architecture.world import MISSING_NUMBER, MISSING_UUID, House, World

_TABLE = """
GET  api:me                     -             !!! .. ++++ +++ ++ ++ ++
POST api:me                     -             !!! .. ---- --- -- -- --
GET  api:people                 -             !!! .. xxxx +++ ++ ++ ++
GET  api:teams                  -             !!! .. xxxx +++ ++ ++ ++
GET  api:categories             -             !!! .. xxxx +++ ++ ++ ++
GET  api:types                  -             !!! .. xxxx +++ ++ ++ ++
GET  api:services               -             !!! .. ++++ +++ ++ ++ ++
GET  api:person                 here          !!! .. xxxx +++ ++ ++ ++
GET  api:person                 beyond        !!! .. xxxx ... .. .. ..
GET  api:incidents              -             !!! .. ++++ +++ ++ ++ ++
POST api:incidents              -             !!! .. **** *** ** ** **
POST api:incidents/behalf       -             !!! .. xxxx **x ** x* xx
GET  api:incident               own           !!! .. ++++ +++ ++ ++ ++
GET  api:incident               joined        !!! .. ++++ +++ ++ ++ ++
GET  api:incident               followed      !!! .. ..++ +++ ++ ++ +.
GET  api:incident               hidden        !!! .. ..+. +++ ++ ++ +.
GET  api:incident               restricted    !!! .. ..+. .+. .+ .+ +.
GET  api:incident               beyond        !!! .. .... ... .. .. ..
GET  api:messages               own           !!! .. ++++ +++ ++ ++ ++
GET  api:messages               joined        !!! .. ++++ +++ ++ ++ ++
GET  api:messages               followed      !!! .. ..++ +++ ++ ++ +.
GET  api:messages               hidden        !!! .. ..+. +++ ++ ++ +.
GET  api:messages               restricted    !!! .. ..+. .+. .+ .+ +.
GET  api:messages               beyond        !!! .. .... ... .. .. ..
GET  api:attachments            own           !!! .. ++++ +++ ++ ++ ++
GET  api:attachments            joined        !!! .. ++++ +++ ++ ++ ++
GET  api:attachments            followed      !!! .. ..++ +++ ++ ++ +.
GET  api:attachments            hidden        !!! .. ..+. +++ ++ ++ +.
GET  api:attachments            restricted    !!! .. ..+. .+. .+ .+ +.
GET  api:attachments            beyond        !!! .. .... ... .. .. ..
GET  api:trail                  own           !!! .. xxxx +++ ++ ++ +x
GET  api:trail                  hidden        !!! .. ..x. +++ ++ ++ +.
GET  api:trail                  restricted    !!! .. ..x. .+. .+ .+ +.
GET  api:trail                  beyond        !!! .. .... ... .. .. ..
GET  api:involved               own           !!! .. xxxx +++ ++ ++ +x
GET  api:involved               hidden        !!! .. ..x. +++ ++ ++ +.
GET  api:involved               restricted    !!! .. ..x. .+. .+ .+ +.
GET  api:involved               beyond        !!! .. .... ... .. .. ..
POST api:incident-assign        hidden        !!! .. ..x. ++x ++ x+ x.
POST api:incident-route         hidden        !!! .. ..x. ++x ++ x+ x.
POST api:incident-classify      hidden        !!! .. ..x. ++x ++ x+ x.
POST api:incident-take          hidden        !!! .. ..x. ++x ++ x+ x.
POST api:incident-hold          hidden        !!! .. ..x. ++x ++ x+ x.
POST api:incident-resolve       hidden        !!! .. ..x. ++x ++ x+ x.
POST api:incident-cancel        hidden        !!! .. ..x. ++x ++ x+ x.
POST api:incident-suspect       hidden        !!! .. ..x. ++x ++ x+ x.
POST api:incident-conclude      hidden        !!! .. ..x. ++x ++ x+ x.
POST api:incident-diagnose      hidden        !!! .. ..x. ++x ++ x+ x.
POST api:incident-refer         hidden        !!! .. ..x. ++x ++ x+ x.
POST api:incident-involve       hidden        !!! .. ..x. ++x ++ x+ x.
POST api:incident-reply         hidden        !!! .. ..x. ++x ++ x+ x.
POST api:incident-override      hidden        !!! .. ..x. xxx ++ x+ x.
POST api:incident-reset         hidden        !!! .. ..x. xxx ++ x+ x.
POST api:incident-unrestrict    hidden        !!! .. ..x. xxx ++ x+ x.
POST api:incident-restrict      hidden        !!! .. ..x. xxx e+ x+ x.
POST api:incident-acknowledge   hidden        !!! .. ..x. ++x ++ x+ x.
POST api:incident-resume        hidden        !!! .. ..x. ccx cc xc x.
POST api:incident-reopen        hidden        !!! .. ..x. ccx cc xc x.
POST api:incident-close         hidden        !!! .. ..x. ccx cc xc x.
POST api:incident-note          hidden        !!! .. ..x. ++x ++ ++ x.
POST api:incident-release       joined        !!! .. xxxx ++x ++ x+ xx
POST api:incident-take          own           !!! .. xxxx +xx +x x+ xx
POST api:incident-take          joined        !!! .. xxxx ccx cc xc xx
POST api:incident-take          followed      !!! .. ..xx ++x ++ x+ x.
POST api:incident-take          restricted    !!! .. ..x. .+. .+ .+ x.
POST api:incident-take          beyond        !!! .. .... ... .. .. ..
GET  api:incident-take          hidden        !!! .. ---- --- -- -- --
POST api:incident-comment       own           !!! .. ++++ +++ ++ ++ ++
POST api:incident-comment       joined        !!! .. ++++ +++ ++ ++ ++
POST api:incident-comment       followed      !!! .. ..+x xxx xx xx x.
POST api:incident-comment       hidden        !!! .. ..+. xxx xx xx x.
POST api:incident-comment       restricted    !!! .. ..+. .x. .x .x x.
POST api:incident-comment       beyond        !!! .. .... ... .. .. ..
POST api:incident-answer        own           !!! .. cccc ccc cc cc cc
POST api:incident-answer        hidden        !!! .. ..c. xxx xx xx x.
POST api:incident-withdraw      own           !!! .. ++++ +++ ++ ++ ++
POST api:incident-withdraw      joined        !!! .. xxcx xxx xx xx xx
POST api:incident-withdraw      hidden        !!! .. ..+. xxx xx xx x.
POST api:incident-confirm       own           !!! .. cccc ccc cc cc cc
POST api:incident-confirm       joined        !!! .. xx+x xxx xx xx xx
POST api:incident-confirm       hidden        !!! .. ..c. xxx xx xx x.
POST api:incident-reject        own           !!! .. cccc ccc cc cc cc
POST api:incident-reject        joined        !!! .. xx+x xxx xx xx xx
POST api:incident-reject        hidden        !!! .. ..c. xxx xx xx x.
POST api:incident-contest       own           !!! .. cccc ccc cc cc cc
POST api:incident-contest       joined        !!! .. xxcx xxx xx xx xx
POST api:incident-contest       hidden        !!! .. ..c. xxx xx xx x.
POST api:files                  -             !!! .. **** *** ** ** **
GET  api:file                   kept          !!! .. ++++ +++ ++ ++ ++
GET  api:file                   kept_by_owner !!! .. ..+. ... .. .. ..
GET  api:file                   public        !!! .. ..+. +++ ++ ++ +.
GET  api:file                   internal      !!! .. .... +++ ++ ++ +.
GET  api:file                   secret        !!! .. ..+. .+. .+ .+ +.
GET  api:file                   bad           !!! .. .... ... .. .. ..
GET  api:file                   beyond        !!! .. .... ... .. .. ..
GET  api:problems               -             !!! .. xxxx +++ ++ ++ +x
POST api:problems               -             !!! .. xxxx *** ** ** xx
GET  api:problem                problem       !!! .. xxxx +++ ++ ++ +x
GET  api:problem                beyond        !!! .. xxxx ... .. .. .x
GET  api:problem-incidents      problem       !!! .. xxxx +++ ++ ++ +x
GET  api:problem-incidents      beyond        !!! .. xxxx ... .. .. .x
GET  api:problem-notes          problem       !!! .. xxxx +++ ++ ++ +x
GET  api:problem-notes          beyond        !!! .. xxxx ... .. .. .x
GET  api:problem-attachments    problem       !!! .. xxxx +++ ++ ++ +x
GET  api:problem-attachments    beyond        !!! .. xxxx ... .. .. .x
POST api:problem-files          -             !!! .. xxxx *** ** ** xx
GET  api:problem-files          -             !!! .. ---- --- -- -- --
GET  api:problem-file           problem       !!! .. xxxx +++ ++ ++ +x
GET  api:problem-file           bad_problem   !!! .. xxxx ... .. .. .x
GET  api:problem-file           kept_problem  !!! .. xxxx ... +. .. .x
GET  api:problem-file           beyond        !!! .. xxxx ... .. .. .x
GET  api:problem-trail          problem       !!! .. xxxx +++ ++ ++ +x
GET  api:problem-trail          beyond        !!! .. xxxx ... .. .. .x
GET  api:problem-analysis       problem       !!! .. xxxx +++ ++ ++ +x
GET  api:problem-analysis       beyond        !!! .. xxxx ... .. .. .x
POST api:problem-assess         problem       !!! .. xxxx xxx xx ++ xx
POST api:problem-appoint        problem       !!! .. xxxx xxx xx +x xx
POST api:problem-describe       problem       !!! .. xxxx xxx xx ++ xx
POST api:problem-investigate    other_problem !!! .. xxxx xxx xx ++ xx
POST api:problem-state          problem       !!! .. xxxx +++ ++ ++ xx
POST api:problem-reword         problem       !!! .. xxxx +++ ++ ++ xx
POST api:problem-support        problem       !!! .. xxxx +++ ++ ++ xx
POST api:problem-withdraw       problem       !!! .. xxxx +++ ++ ++ xx
POST api:problem-judge          problem       !!! .. xxxx xxx xx ++ xx
POST api:problem-adopt          problem       !!! .. xxxx +++ ++ ++ xx
POST api:problem-establish      problem       !!! .. xxxx xxx xx ++ xx
POST api:problem-work_around    problem       !!! .. xxxx xxx xx ++ xx
POST api:problem-broadcast      problem       !!! .. xxxx xxx xx ++ xx
POST api:problem-fix            problem       !!! .. xxxx xxx xx ++ xx
POST api:problem-apply          problem       !!! .. xxxx xxx xx ++ xx
POST api:problem-undo           problem       !!! .. xxxx xxx xx cc xx
POST api:problem-accept         problem       !!! .. xxxx xxx xx +x xx
POST api:problem-merge          problem       !!! .. xxxx xxx xx +x xx
POST api:problem-cancel         problem       !!! .. xxxx xxx xx +x xx
POST api:problem-close          problem       !!! .. xxxx xxx xx cx xx
POST api:problem-reopen         problem       !!! .. xxxx xxx xx cx xx
POST api:problem-link           problem       !!! .. xxxx +++ ++ ++ xx
POST api:problem-unlink         problem       !!! .. xxxx +++ ++ ++ xx
POST api:problem-note           problem       !!! .. xxxx +++ ++ ++ xx
POST api:problem-attach         problem       !!! .. xxxx +++ ++ ++ xx
POST api:problem-plan           problem       !!! .. xxxx +++ ++ ++ xx
POST api:problem-tick           problem       !!! .. xxxx +++ ++ ++ xx
POST api:problem-review         problem       !!! .. xxxx xxx xx ++ xx
POST api:problem-watch          problem       !!! .. xxxx +++ ++ ++ xx
POST api:problem-unwatch        problem       !!! .. xxxx +++ ++ ++ xx
POST api:problem-note           beyond        !!! .. xxxx ... .. .. .x
GET  api:problem-note           problem       !!! .. ---- --- -- -- --
GET  api:clusters               -             !!! .. xxxx +++ ++ ++ +x
GET  api:cluster                cluster       !!! .. xxxx +++ ++ ++ +x
GET  api:cluster                beyond        !!! .. xxxx ... .. .. .x
POST api:cluster-raise          cluster       !!! .. xxxx *** ** ** xx
POST api:cluster-raise          beyond        !!! .. xxxx ... .. .. .x
POST api:cluster-dismiss        cluster       !!! .. xxxx +++ ++ ++ xx
POST api:cluster-dismiss        beyond        !!! .. xxxx ... .. .. .x
GET  api:cluster-raise          cluster       !!! .. ---- --- -- -- --
GET  api:similar                own           !!! .. xxxx +++ ++ ++ +x
GET  api:similar                hidden        !!! .. xxxx +++ ++ ++ +x
GET  api:similar                restricted    !!! .. xxxx .+. .+ .+ +x
GET  api:similar                beyond        !!! .. xxxx ... .. .. .x
GET  api:known-errors           -             !!! .. xxxx +++ ++ ++ +x
GET  api:articles               -             !!! .. ++++ +++ ++ ++ ++
POST api:articles               -             !!! .. xxxx *** ** ** xx
GET  api:article                article       !!! .. ++++ +++ ++ ++ ++
GET  api:article                draft         !!! .. .... +++ ++ ++ +.
GET  api:article                beyond        !!! .. .... ... .. .. ..
GET  api:article-revisions      article       !!! .. xxxx +++ ++ ++ +x
GET  api:article-revisions      draft         !!! .. xxxx +++ ++ ++ +x
GET  api:article-revisions      beyond        !!! .. xxxx ... .. .. .x
GET  api:article-revision       article       !!! .. xxxx +++ ++ ++ +x
GET  api:article-revision       beyond        !!! .. xxxx ... .. .. .x
POST api:article-revise         draft         !!! .. xxxx +++ ++ ++ xx
POST api:article-revise         article       !!! .. xxxx xxx ++ ++ xx
POST api:article-revise         beyond        !!! .. xxxx ... .. .. .x
POST api:article-publish        draft         !!! .. xxxx xxx ++ ++ xx
POST api:article-publish        beyond        !!! .. xxxx ... .. .. .x
POST api:article-retire         article       !!! .. xxxx xxx ++ ++ xx
POST api:article-retire         beyond        !!! .. xxxx ... .. .. .x
POST api:article-restore        article       !!! .. xxxx xxx ++ ++ xx
POST api:article-restore        beyond        !!! .. xxxx ... .. .. .x
POST api:article-vote           article       !!! .. ++++ +++ ++ ++ ++
POST api:article-vote           draft         !!! .. .... ... .. .. ..
POST api:article-vote           beyond        !!! .. .... ... .. .. ..
POST api:article-solved         article       !!! .. ++++ +++ ++ ++ ++
POST api:article-solved         draft         !!! .. .... ... .. .. ..
POST api:article-solved         beyond        !!! .. .... ... .. .. ..
GET  api:article-vote           article       !!! .. ---- --- -- -- --
GET  api:schema                 -             +++ .. ++++ +++ ++ ++ ++
GET  api:docs                   -             +++ .. ++++ +++ ++ ++ ++
GET  api:nothing                -             ... .. .... ... .. .. ..
POST api:nothing                -             ... .. .... ... .. .. ..
"""
OF_ARTICLES: dict[str, dict[str, Any]] = {
    "api:articles": {"title": "Lifts", "audience": "public"},
    "api:article-revise": {"title": "Better lifts"},
    "api:article-publish": {},
    "api:article-retire": {},
    "api:article-restore": {"edition": 1},
    "api:article-vote": {"helped": True},
    "api:article-solved": {},
}
OF_CLUSTERS: dict[str, dict[str, Any]] = {
    "api:cluster-raise": {"title": "Fuses melt"},
    "api:cluster-dismiss": {"reason": "A drill."},
}
UPLOADS = ("api:files", "api:problem-files")
SPOKEN = (Verb.REPLY, Verb.NOTE, Verb.COMMENT, Verb.ANSWER, Verb.REJECT, Verb.CONTEST)


def rows() -> list[Row]:
    """The whole table."""
    return table(_TABLE)


def public(house: House, name: str) -> str:
    """The id by which a row of the house is known outside."""
    return str(house.public_ids.get(name) or house.ids.get(name, MISSING_UUID))


def address(world: World, route: str, target: str, actor: str) -> str:
    """Where the route leads for this target."""
    name = route.partition("/")[0]
    houses = {"here": world.harbour, "other": world.quill}
    match name:
        case "api:nothing":
            return "/api/v1/nothing/here/"
        case "api:person":
            return reverse(name, args=[public(houses[target], "owner") if target in houses else MISSING_UUID])
        case "api:file":
            return reverse(name, args=[sent.file(world, target, actor)])
        case "api:problem-files":
            return reverse(name)
        case "api:problem-file":
            return reverse(name, args=[sent.problem_file(world, target)])
    if name.startswith("api:problem-") or name == "api:problem":
        return reverse(name, args=[_problem(world, target)])
    if name.startswith("api:article-") or name == "api:article":
        edition = [1] if name == "api:article-revision" else []
        return reverse(name, args=[_public(world, "article", target), *edition])
    if name.startswith("api:cluster-") or name == "api:cluster":
        return reverse(name, args=[_public(world, "cluster", target)])
    return reverse(name, args=[sent.number(world, target, actor)] if target != "-" else [])


def _problem(world: World, target: str) -> int:
    houses = {"other": world.quill.ids["problem"], "missing": MISSING_NUMBER}
    return int(houses.get(target) or world.harbour.ids[target])


def _public(world: World, model: str, target: str) -> str:
    houses = {"other": world.quill.ids[model], "missing": MISSING_UUID}
    return str(houses.get(target) or world.harbour.ids[target])


def body(world: World, route: str, target: str, actor: str) -> dict[str, Any]:
    """What would do it, if one may."""
    house = world.harbour
    if route == "api:problem-attach":
        return {"attachments": [str(house.ids["kept_for_problems"].get(actor, MISSING_UUID))]}
    if route in UPLOADS:
        return {"file": SimpleUploadedFile("notes.txt", b"Nothing much.")}
    if route.startswith("api:incident-"):
        return facts(house, Verb(route.removeprefix("api:incident-")), target)
    if route.startswith("api:problem-"):
        return problem_facts(house, ProblemVerb(route.removeprefix("api:problem-")))
    if route in OF_ARTICLES | OF_CLUSTERS:
        return (OF_ARTICLES | OF_CLUSTERS)[route]
    if route == "api:problems":
        return {"title": "Fuses melt", "incidents": [f"INC-{house.ids['hidden']}"]}
    behalf = {"reporter": public(house, "requester"), "service": public(house, "used_service")}
    return {"title": "Smoke", **(behalf if route.endswith("/behalf") else {})}


def facts(house: House, verb: Verb, target: str) -> dict[str, Any]:
    """The facts of a verb."""
    owner, mate = (public(house, name) for name in ("owner", "mate"))
    return {
        Verb.ASSIGN: {"assignee": mate},
        Verb.ROUTE: {"team": public(house, "team")},
        Verb.CLASSIFY: {"impact": "group", "service": public(house, "service")},
        Verb.OVERRIDE: {"priority": "P1", "reason": "The board waits."},
        Verb.HOLD: {"reason": "supplier", "text": "Spare parts."},
        Verb.RESOLVE: {"code": "fixed", "note": "Cleaned.", "tested_how": "Printed."},
        Verb.REOPEN: {"reason": "Too early."},
        Verb.CLOSE: {"ending": "phone"},
        Verb.CANCEL: {"ending": "not_incident", "text": "A drill."},
        Verb.SUSPECT: {"suspicion": "The fuser"},
        Verb.CONCLUDE: {"hypothesis": public(house, f"hypothesis_{target}"), "outcome": "confirmed"},
        Verb.DIAGNOSE: {"root_cause": "Age"},
        Verb.REFER: {"kind": "supplier", "value": "S-1"},
        Verb.INVOLVE: {"person": mate, "part": "participant"},
        Verb.RELEASE: {"person": owner, "part": "participant"},
    }.get(verb, {"text": "So be it."} if verb in SPOKEN else {})


def problem_facts(house: House, verb: ProblemVerb) -> dict[str, Any]:
    """The facts of a verb on a problem."""
    said = {"text": "Fuses melt"}
    reason = {"reason": "It costs more."}
    statement = {"statement": house.ids["statement"]}
    return {
        ProblemVerb.ASSESS: {"impact": "group", "urgency": "high"},
        ProblemVerb.APPOINT: {"coordinator": public(house, "mate")},
        ProblemVerb.DESCRIBE: {"title": "Fuses melt"},
        ProblemVerb.STATE: {**said, "parent": house.ids["statement"]},
        ProblemVerb.REWORD: {**said, **statement},
        ProblemVerb.SUPPORT: {**statement, "kind": "link", "url": "https://status.example/7"},
        ProblemVerb.WITHDRAW: {"evidence": house.ids["evidence"], "reason": "It is another one."},
        ProblemVerb.JUDGE: {**statement, "belief": "ruled_out", "reason": "It is dry."},
        ProblemVerb.ADOPT: {"hypothesis": house.ids["suspicion"]},
        ProblemVerb.ESTABLISH: {"statement": house.ids["cause"], "cause": "Fuses", "evidence": "Seen"},
        ProblemVerb.WORK_AROUND: {"workaround": "Use the other one."},
        ProblemVerb.APPLY: {"note": "New fuses.", "tested_how": "Printed."},
        ProblemVerb.ACCEPT: reason,
        ProblemVerb.CANCEL: reason,
        ProblemVerb.CLOSE: reason,
        ProblemVerb.REOPEN: reason,
        ProblemVerb.MERGE: {"into": f"PRB-{house.ids['other_problem']}"},
        ProblemVerb.LINK: {"incidents": [f"INC-{house.ids['hidden']}"]},
        ProblemVerb.UNLINK: {"incident": f"INC-{house.ids['followed']}"},
        ProblemVerb.NOTE: {"text": "Again."},
        ProblemVerb.PLAN: {"what": "Call the supplier"},
        ProblemVerb.TICK: {"task": house.ids["task"]},
        ProblemVerb.REVIEW: {"review_at": "2199-01-01T10:00:00Z"},
    }.get(verb, {})
