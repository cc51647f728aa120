"""Who gets what where: the written table that every address of the product is held against.

One row is a method, a route and a target; one column is somebody who asks. `tests.architecture.world` says who they
are and what the targets are, `tests.architecture.sent` what is asked and sent. A route that has no row fails.
"""

from collections.abc import Iterable
from dataclasses import dataclass

ANSWERS = {
    ">": 0,  # sent to the sign-in page
    "!": 401,  # a program is told to say who it is
    "+": 200,
    "=": 302,  # led on: done, or it is elsewhere
    ".": 404,
    "x": 403,
    "-": 405,
    "u": 422,
    "c": 409,
    "*": 201,
    "e": 204,
}
# What must leave no trace: whoever gets this has changed nothing.
REFUSALS = frozenset(">!.x-uc")

COLUMNS = (
    "anonymous neighbour gone",
    "stranger left",
    "nobody requester owner stakeholder",
    "agent mate outsider",
    "team_lead own_lead",
    "problem_manager incident_manager",
    "auditor administrator",
)
ACTORS = tuple(name for group in COLUMNS for name in group.split())

# A number, a file or a token of the other organisation, and one that does not exist: not to be told apart.
BEYOND = ("other", "missing")

_TABLE = """
GET  incidents:portal-home                -             >>> .. ++++ +++ ++ ++ ++
GET  incidents:portal-report              -             >>> .. ++++ +++ ++ ++ ++
POST incidents:portal-report              -             xxx .. ==== === == == ==
GET  incidents:portal-incident            own           >>> .. ++++ +++ ++ ++ ++
GET  incidents:portal-incident            joined        >>> .. ++++ +++ ++ ++ ++
GET  incidents:portal-incident            followed      >>> .. ..++ ... .. .. ..
GET  incidents:portal-incident            hidden        >>> .. ..+. ... .. .. ..
GET  incidents:portal-incident            restricted    >>> .. ..+. ... .. .. ..
GET  incidents:portal-incident            beyond        >>> .. .... ... .. .. ..
GET  incidents:portal-promises            own           >>> .. ++++ +++ ++ ++ ++
GET  incidents:portal-promises            joined        >>> .. ++++ +++ ++ ++ ++
GET  incidents:portal-promises            followed      >>> .. ..++ ... .. .. ..
GET  incidents:portal-promises            hidden        >>> .. ..+. ... .. .. ..
GET  incidents:portal-promises            restricted    >>> .. ..+. ... .. .. ..
GET  incidents:portal-promises            beyond        >>> .. .... ... .. .. ..
POST incidents:portal-verdict             own           xxx .. cccc ccc cc cc cc
POST incidents:portal-verdict             joined        xxx .. xx=x xxx xx xx xx
POST incidents:portal-verdict             followed      xxx .. ..cx ... .. .. ..
POST incidents:portal-verdict             hidden        xxx .. ..c. ... .. .. ..
POST incidents:portal-verdict             restricted    xxx .. ..c. ... .. .. ..
POST incidents:portal-verdict             beyond        xxx .. .... ... .. .. ..
GET  incidents:portal-verdict             own           >>> .. ==== === == == ==
GET  incidents:portal-verdict             beyond        >>> .. .... ... .. .. ..
POST incidents:portal-act/comment         own           xxx .. ==== === == == ==
POST incidents:portal-act/comment         joined        xxx .. ==== === == == ==
POST incidents:portal-act/comment         followed      xxx .. ..=x ... .. .. ..
POST incidents:portal-act/comment         hidden        xxx .. ..=. ... .. .. ..
POST incidents:portal-act/comment         restricted    xxx .. ..=. ... .. .. ..
POST incidents:portal-act/comment         beyond        xxx .. .... ... .. .. ..
GET  incidents:portal-act/comment         own           >>> .. ==== === == == ==
GET  incidents:portal-act/comment         hidden        >>> .. ..=. ... .. .. ..
GET  incidents:portal-act/comment         beyond        >>> .. .... ... .. .. ..
POST incidents:portal-act/take            own           xxx .. xxxx xxx xx xx xx
POST incidents:portal-act/answer          own           xxx .. ==== === == == ==
POST incidents:portal-act/withdraw        own           xxx .. ==== === == == ==
POST incidents:portal-act/confirm         own           xxx .. xxxx xxx xx xx xx
POST incidents:portal-act/reject          own           xxx .. xxxx xxx xx xx xx
POST incidents:portal-act/contest         own           xxx .. cccc ccc cc cc cc
POST incidents:portal-act/withdraw        joined        xxx .. xxcx xxx xx xx xx
POST incidents:portal-act/withdraw        hidden        xxx .. ..=. ... .. .. ..
POST incidents:portal-act/confirm         joined        xxx .. xxxx xxx xx xx xx
POST incidents:portal-act/confirm         hidden        xxx .. ..x. ... .. .. ..
POST incidents:portal-act/contest         joined        xxx .. xxcx xxx xx xx xx
POST incidents:portal-act/contest         hidden        xxx .. ..c. ... .. .. ..
POST incidents:portal-act/take            joined        xxx .. xxxx xxx xx xx xx
POST incidents:portal-act/take            hidden        xxx .. ..x. ... .. .. ..
GET  incidents:live/home                  -             ... .. ++++ +++ ++ ++ ++
GET  incidents:live/queue                 -             ... .. .... +++ ++ ++ +.
GET  incidents:live/desk                  own           ... .. .... +++ ++ ++ +.
GET  incidents:live/desk                  hidden        ... .. .... +++ ++ ++ +.
GET  incidents:live/desk                  restricted    ... .. .... .+. .+ .+ +.
GET  incidents:live/desk                  beyond        ... .. .... ... .. .. ..
GET  incidents:live/portal                own           ... .. ++++ +++ ++ ++ ++
GET  incidents:live/portal                joined        ... .. ++++ +++ ++ ++ ++
GET  incidents:live/portal                followed      ... .. ..++ ... .. .. ..
GET  incidents:live/portal                hidden        ... .. ..+. ... .. .. ..
GET  incidents:live/portal                restricted    ... .. ..+. ... .. .. ..
GET  incidents:live/portal                beyond        ... .. .... ... .. .. ..
GET  incidents:file                       kept          >>> .. ++++ +++ ++ ++ ++
GET  incidents:file                       kept_by_owner >>> .. ..+. ... .. .. ..
GET  incidents:file                       public        >>> .. ..+. +++ ++ ++ +.
GET  incidents:file                       internal      >>> .. .... +++ ++ ++ +.
GET  incidents:file                       secret        >>> .. ..+. .+. .+ .+ +.
GET  incidents:file                       bad           >>> .. .... ... .. .. ..
GET  incidents:file                       beyond        >>> .. .... ... .. .. ..
GET  incidents:answer                     here          +++ ++ ++++ +++ ++ ++ ++
GET  incidents:answer                     beyond        ... .. .... ... .. .. ..
POST incidents:answer                     here          +++ ++ ++++ +++ ++ ++ ++
POST incidents:answer                     beyond        ... .. .... ... .. .. ..
GET  tenancy:join                         here          +++ ++ ++++ +++ ++ ++ ++
GET  tenancy:join                         beyond        ... .. .... ... .. .. ..
POST tenancy:join                         here          === == ==== === == == ==
POST tenancy:join                         beyond        ... .. .... ... .. .. ..
GET  notifications:mine                   -             >>> .. ++++ +++ ++ ++ ++
POST notifications:mine                   -             xxx .. ==== === == == ==
GET  notifications:why                    here          +++ ++ ++++ +++ ++ ++ ++
GET  notifications:why                    beyond        ... .. .... ... .. .. ..
GET  tenancy:organisations                -             >>> ++ ++++ +++ ++ ++ ++
GET  branding-css                         -             +++ ++ ++++ +++ ++ ++ ++
GET  branding-logo                        -             ... .. .... ... .. .. ..
GET  desk:incidents                       -             >>> .. .... +++ ++ ++ +x
GET  desk:promises-renew                  -             >>> .. .... xxx xx xx x+
POST desk:promises-renew                  -             xxx .. .... xxx xx xx xc
GET  desk:incident-new                    -             >>> .. .... +++ ++ x+ xx
POST desk:incident-new                    -             xxx .. .... ==u == x= xx
GET  desk:incident                        own           >>> .. .... +++ ++ ++ +x
GET  desk:incident                        joined        >>> .. .... +++ ++ ++ +x
GET  desk:incident                        followed      >>> .. .... +++ ++ ++ +x
GET  desk:incident                        hidden        >>> .. .... +++ ++ ++ +x
GET  desk:incident                        restricted    >>> .. .... .+. .+ .+ +x
GET  desk:incident                        beyond        >>> .. .... ... .. .. .x
GET  desk:incident-promises               own           >>> .. .... +++ ++ ++ +x
GET  desk:incident-promises               joined        >>> .. .... +++ ++ ++ +x
GET  desk:incident-promises               followed      >>> .. .... +++ ++ ++ +x
GET  desk:incident-promises               hidden        >>> .. .... +++ ++ ++ +x
GET  desk:incident-promises               restricted    >>> .. .... .+. .+ .+ +x
GET  desk:incident-promises               beyond        >>> .. .... ... .. .. .x
POST desk:incident-compose                own           xxx .. .... =xx =x == x.
POST desk:incident-compose                joined        xxx .. .... ==x == == x.
POST desk:incident-compose                followed      xxx .. .... ==x == == x.
POST desk:incident-compose                hidden        xxx .. .... ==x == == x.
POST desk:incident-compose                restricted    xxx .. .... .=. .= .= x.
POST desk:incident-compose/public         hidden        xxx .. .... ==u == u= u.
POST desk:incident-compose                beyond        xxx .. .... ... .. .. ..
GET  desk:incident-compose                hidden        >>> .. .... === == == =.
GET  desk:incident-compose                beyond        >>> .. .... ... .. .. ..
POST desk:incident-act/take               own           xxx .. .... =xx =x x= x.
POST desk:incident-act/take               joined        xxx .. .... ccx cc xc x.
POST desk:incident-act/take               followed      xxx .. .... ==x == x= x.
POST desk:incident-act/take               hidden        xxx .. .... ==x == x= x.
POST desk:incident-act/take               restricted    xxx .. .... .=. .= .= x.
POST desk:incident-act/take               beyond        xxx .. .... ... .. .. ..
GET  desk:incident-act/take               hidden        >>> .. .... === == == =.
GET  desk:incident-act/take               restricted    >>> .. .... .=. .= .= =.
GET  desk:incident-act/take               beyond        >>> .. .... ... .. .. ..
POST desk:incident-act/acknowledge        hidden        xxx .. .... ==x == x= x.
POST desk:incident-act/assign             hidden        xxx .. .... ==x == x= x.
POST desk:incident-act/route              hidden        xxx .. .... ==x == x= x.
POST desk:incident-act/classify           hidden        xxx .. .... ==x == x= x.
POST desk:incident-act/override           hidden        xxx .. .... xxx == x= x.
POST desk:incident-act/reset              hidden        xxx .. .... xxx == x= x.
POST desk:incident-act/restrict           hidden        xxx .. .... xxx == x= x.
POST desk:incident-act/unrestrict         hidden        xxx .. .... xxx == x= x.
POST desk:incident-act/hold               hidden        xxx .. .... ==x == x= x.
POST desk:incident-act/resume             hidden        xxx .. .... ccx cc xc x.
POST desk:incident-act/resolve            hidden        xxx .. .... ==x == x= x.
POST desk:incident-act/reopen             hidden        xxx .. .... ccx cc xc x.
POST desk:incident-act/close              hidden        xxx .. .... ccx cc xc x.
POST desk:incident-act/cancel             hidden        xxx .. .... ==x == x= x.
POST desk:incident-act/reply              hidden        xxx .. .... xxx xx xx x.
POST desk:incident-act/note               hidden        xxx .. .... xxx xx xx x.
POST desk:incident-act/suspect            hidden        xxx .. .... ==x == x= x.
POST desk:incident-act/conclude           hidden        xxx .. .... ==x == x= x.
POST desk:incident-act/diagnose           hidden        xxx .. .... ==x == x= x.
POST desk:incident-act/refer              hidden        xxx .. .... ==x == x= x.
POST desk:incident-act/involve            hidden        xxx .. .... ==x == x= x.
POST desk:incident-act/release            joined        xxx .. .... ==x == x= x.
POST desk:incident-act/comment            hidden        xxx .. .... xxx xx xx x.
POST desk:incident-act/answer             hidden        xxx .. .... xxx xx xx x.
POST desk:incident-act/withdraw           hidden        xxx .. .... xxx xx xx x.
POST desk:incident-act/confirm            hidden        xxx .. .... xxx xx xx x.
POST desk:incident-act/reject             hidden        xxx .. .... xxx xx xx x.
POST desk:incident-act/contest            hidden        xxx .. .... xxx xx xx x.
GET  desk:problems                        -             >>> .. .... +++ ++ ++ +x
GET  desk:problem-new                     -             >>> .. .... +++ ++ ++ xx
POST desk:problem-new                     -             xxx .. .... === == == xx
GET  desk:clusters                        -             >>> .. .... +++ ++ ++ +x
GET  desk:cluster-raise                   cluster       >>> .. .... +++ ++ ++ xx
GET  desk:cluster-raise                   beyond        >>> .. .... ... .. .. xx
POST desk:cluster-raise                   cluster       xxx .. .... === == == xx
POST desk:cluster-raise                   beyond        xxx .. .... ... .. .. xx
GET  desk:cluster-dismiss                 cluster       >>> .. .... +++ ++ ++ xx
GET  desk:cluster-dismiss                 beyond        >>> .. .... ... .. .. xx
POST desk:cluster-dismiss                 cluster       xxx .. .... === == == xx
POST desk:cluster-dismiss                 beyond        xxx .. .... ... .. .. xx
GET  desk:problem-link                    -             >>> .. .... +++ ++ ++ xx
POST desk:problem-link                    -             xxx .. .... === == == xx
GET  desk:problem                         problem       >>> .. .... +++ ++ ++ +x
GET  desk:problem                         beyond        >>> .. .... ... .. .. .x
GET  desk:problem-file                    problem       >>> .. .... +++ ++ ++ +x
GET  desk:problem-file                    bad_problem   >>> .. .... ... .. .. .x
GET  desk:problem-file                    kept_problem  >>> .. .... ... +. .. .x
GET  desk:problem-file                    beyond        >>> .. .... ... .. .. .x
GET  desk:problem-proof                   problem       >>> .. .... +++ ++ ++ +x
GET  desk:problem-proof                   beyond        >>> .. .... ... .. .. .x
GET  desk:problem-analysis                problem       >>> .. .... +++ ++ ++ +x
GET  desk:problem-analysis                beyond        >>> .. .... ... .. .. .x
GET  desk:problem-similar                 problem       >>> .. .... +++ ++ ++ +x
GET  desk:problem-similar                 beyond        >>> .. .... ... .. .. .x
GET  desk:incident-problem                own           >>> .. .... +++ ++ ++ +x
GET  desk:incident-problem                joined        >>> .. .... +++ ++ ++ +x
GET  desk:incident-problem                followed      >>> .. .... +++ ++ ++ +x
GET  desk:incident-problem                hidden        >>> .. .... +++ ++ ++ +x
GET  desk:incident-problem                restricted    >>> .. .... .+. .+ .+ +x
GET  desk:incident-problem                beyond        >>> .. .... ... .. .. .x
GET  desk:incident-similar                own           >>> .. .... +++ ++ ++ +x
GET  desk:incident-similar                joined        >>> .. .... +++ ++ ++ +x
GET  desk:incident-similar                followed      >>> .. .... +++ ++ ++ +x
GET  desk:incident-similar                hidden        >>> .. .... +++ ++ ++ +x
GET  desk:incident-similar                restricted    >>> .. .... .+. .+ .+ +x
GET  desk:incident-similar                beyond        >>> .. .... ... .. .. .x
POST desk:incident-problem                hidden        xxx .. .... === == == xx
POST desk:incident-problem                restricted    xxx .. .... .=. .= .= xx
POST desk:incident-problem                beyond        xxx .. .... ... .. .. .x
POST desk:problem-act/assess              problem       xxx .. .... xxx xx == xx
POST desk:problem-act/appoint             problem       xxx .. .... xxx xx =x xx
POST desk:problem-act/describe            problem       xxx .. .... xxx xx == xx
POST desk:problem-act/investigate         other_problem xxx .. .... xxx xx == xx
POST desk:problem-act/state               problem       xxx .. .... === == == xx
POST desk:problem-act/reword              problem       xxx .. .... === == == xx
POST desk:problem-act/support             problem       xxx .. .... === == == xx
POST desk:problem-act/withdraw            problem       xxx .. .... === == == xx
POST desk:problem-act/judge               problem       xxx .. .... xxx xx == xx
POST desk:problem-act/adopt               problem       xxx .. .... === == == xx
POST desk:problem-act/establish           problem       xxx .. .... xxx xx == xx
POST desk:problem-act/work_around         problem       xxx .. .... xxx xx == xx
POST desk:problem-act/broadcast           problem       xxx .. .... xxx xx == xx
POST desk:problem-act/fix                 problem       xxx .. .... xxx xx == xx
POST desk:problem-act/apply               problem       xxx .. .... xxx xx == xx
POST desk:problem-act/undo                problem       xxx .. .... xxx xx cc xx
POST desk:problem-act/accept              problem       xxx .. .... xxx xx =x xx
POST desk:problem-act/merge               problem       xxx .. .... xxx xx =x xx
POST desk:problem-act/cancel              problem       xxx .. .... xxx xx =x xx
POST desk:problem-act/close               problem       xxx .. .... xxx xx cx xx
POST desk:problem-act/reopen              problem       xxx .. .... xxx xx cx xx
POST desk:problem-act/link                problem       xxx .. .... === == == xx
POST desk:problem-act/unlink              problem       xxx .. .... === == == xx
POST desk:problem-act/note                problem       xxx .. .... === == == xx
POST desk:problem-act/attach              problem       xxx .. .... === == == xx
POST desk:problem-act/plan                problem       xxx .. .... === == == xx
POST desk:problem-act/tick                problem       xxx .. .... === == == xx
POST desk:problem-act/review              problem       xxx .. .... xxx xx == xx
POST desk:problem-act/watch               problem       xxx .. .... === == == xx
POST desk:problem-act/unwatch             problem       xxx .. .... === == == xx
POST desk:problem-act/note                beyond        xxx .. .... ... .. .. .x
GET  desk:problem-act/note                problem       >>> .. .... === == == =x
GET  desk:problem-act/note                beyond        >>> .. .... ... .. .. .x
GET  desk:articles                        -             >>> .. .... +++ ++ ++ +x
GET  desk:article-new                     -             >>> .. .... +++ ++ ++ xx
POST desk:article-new                     -             xxx .. .... === == == xx
POST desk:article-preview                 -             xxx .. .... +++ ++ ++ xx
GET  desk:article-preview                 -             >>> .. .... --- -- -- --
GET  desk:article-numbers                 -             >>> .. .... +++ ++ ++ +x
GET  desk:article                         article       >>> .. .... +++ ++ ++ +x
GET  desk:article                         draft         >>> .. .... +++ ++ ++ +x
GET  desk:article                         beyond        >>> .. .... ... .. .. .x
GET  desk:article-edit                    draft         >>> .. .... +++ ++ ++ xx
GET  desk:article-edit                    article       >>> .. .... xxx ++ ++ xx
GET  desk:article-edit                    beyond        >>> .. .... ... .. .. .x
POST desk:article-edit                    draft         xxx .. .... === == == xx
POST desk:article-edit                    article       xxx .. .... xxx == == xx
POST desk:article-edit                    beyond        xxx .. .... ... .. .. .x
GET  desk:article-publish                 draft         >>> .. .... === == == =x
GET  desk:article-publish                 beyond        >>> .. .... ... .. .. .x
POST desk:article-publish                 draft         xxx .. .... xxx == == xx
POST desk:article-publish                 beyond        xxx .. .... ... .. .. .x
GET  desk:article-retire                  article       >>> .. .... === == == =x
GET  desk:article-retire                  beyond        >>> .. .... ... .. .. .x
POST desk:article-retire                  article       xxx .. .... xxx == == xx
POST desk:article-retire                  beyond        xxx .. .... ... .. .. .x
GET  desk:article-revision                article       >>> .. .... +++ ++ ++ +x
GET  desk:article-revision                beyond        >>> .. .... ... .. .. .x
POST desk:article-revision                article       xxx .. .... xxx == == xx
POST desk:article-revision                beyond        xxx .. .... ... .. .. .x
GET  desk:incident-answers                own           >>> .. .... +++ ++ ++ +x
GET  desk:incident-answers                joined        >>> .. .... +++ ++ ++ +x
GET  desk:incident-answers                followed      >>> .. .... +++ ++ ++ +x
GET  desk:incident-answers                hidden        >>> .. .... +++ ++ ++ +x
GET  desk:incident-answers                restricted    >>> .. .... .+. .+ .+ +x
GET  desk:incident-answers                beyond        >>> .. .... ... .. .. .x
POST desk:incident-answers                hidden        xxx .. .... === == == =x
POST desk:incident-answers                restricted    xxx .. .... .=. .= .= =x
POST desk:incident-answers                beyond        xxx .. .... ... .. .. .x
GET  problems:help                        -             >>> .. ++++ +++ ++ ++ ++
GET  problems:help-suggest                -             >>> .. ++++ +++ ++ ++ ++
GET  problems:help-missed                 -             --- .. ---- --- -- -- --
POST problems:help-missed                 -             xxx .. ==== === == == ==
GET  problems:help-article                article       >>> .. ++++ +++ ++ ++ ++
GET  problems:help-article                draft         >>> .. .... ... .. .. ..
GET  problems:help-article                beyond        >>> .. .... ... .. .. ..
GET  problems:help-vote                   article       --- .. ---- --- -- -- --
POST problems:help-vote                   article       xxx .. ==== === == == ==
POST problems:help-vote                   draft         xxx .. .... ... .. .. ..
POST problems:help-vote                   beyond        xxx .. .... ... .. .. ..
GET  problems:help-solved                 article       --- .. ---- --- -- -- --
POST problems:help-solved                 article       xxx .. ==== === == == ==
POST problems:help-solved                 draft         xxx .. .... ... .. .. ..
POST problems:help-solved                 beyond        xxx .. .... ... .. .. ..
GET  desk:stuck                           -             >>> .. .... xxx xx xx x+
POST desk:stuck                           -             xxx .. .... xxx xx xx x=
GET  desk:tokens                          -             >>> .. .... +++ ++ ++ ++
POST desk:tokens                          -             xxx .. .... +++ ++ ++ ++
POST desk:token-revoke                    here          xxx .. .... .=. .. .. ..
POST desk:token-revoke                    beyond        xxx .. .... ... .. .. ..
GET  desk:token-revoke                    here          >>> .. .... --- -- -- --
GET  desk:notifications                   -             >>> .. .... xxx xx xx x+
POST desk:notifications                   -             xxx .. .... xxx xx xx x=
GET  desk:people                          -             >>> .. .... +++ ++ x+ xx
GET  desk:setup                           -             >>> .. .... +++ ++ ++ ++
GET  desk:index                           -             >>> .. .... === == == ==
GET  desk:autocomplete                    -             >>> .. .... xxx xx xx ++
GET  desk:jsi18n                          -             >>> .. .... +++ ++ ++ ++
GET  desk:app_list                        -             >>> .. .... ... .. .. ++
GET  desk/(?P<url>.*)$                    -             >>> .. .... ... .. .. ..
"""

# Signing in and one's own login, for GET and for POST: outsiders; then who has no membership here, and who has one.
_ACCOUNT = """
account_login                         +++ ==  +++ ==
account_logout                        === ++  === ==
account_inactive                      +++ ++  --- --
account_signup                        +++ ==  +++ ==
account_reauthenticate                >>> ++  >>> ++
account_email                         >>> ++  >>> ==
account_email_verification_sent       +++ ++  --- --
account_change_password               >>> ++  >>> ++
account_set_password                  >>> ==  >>> ==
account_reset_password                +++ ++  === ==
account_confirm_login_code            >>> ==  >>> ==
account_confirm_email                 +++ ++  ... ..
account_reset_password_from_key_done  +++ ++  --- --
account_reset_password_from_key       +++ ++  +++ ++
account_reset_password_done           +++ ++  --- --
usersessions_list                     >>> ++  >>> ==
mfa_index                             >>> ++  >>> --
mfa_authenticate                      >>> ==  >>> ==
mfa_reauthenticate                    >>> ==  >>> ==
mfa_activate_totp                     >>> ==  >>> ==
mfa_deactivate_totp                   >>> ..  >>> ..
mfa_view_recovery_codes               >>> ..  >>> --
mfa_generate_recovery_codes           >>> ==  >>> ==
mfa_download_recovery_codes           >>> ..  >>> ..
"""

# The desk's own pages: per model what other staff, the auditor and the administrator get, here and (after the
# stroke) for a row of the other organisation or none. Outsiders and requesters find no desk at all.
_DESK = """
                            list add      change          delete          verb            history  plain
                            GET  GET POST GET     POST    GET     POST    GET     POST    GET      GET
tenancy_membership          x++  xx+ xx=  x++/x.. xx=/xx. xxx/xxx xxx/xxx xx+/x.. xx=/x.. x++/x..  ===/===
tenancy_team                x++  xx+ xx=  x++/x.. xx=/xx. xxx/xxx xxx/xxx x../x.. x../x.. x++/x..  ===/===
tenancy_invitation          x++  xx+ xx=  x++/x.. xxx/xxx xxx/xxx xxx/xxx xx+/x.. xx=/x.. x++/x..  ===/===
tenancy_organisation        ===  xxx xxx  x++/x.. xx=/xx. xxx/xxx xxx/xxx x../x.. x../x.. x++/x..  ===/===
tenancy_token               x++  xxx xxx  x++/x.. xxx/xxx xxx/xxx xxx/xxx xx+/x.. xx=/x.. x++/x..  ===/===
tenancy_calendar            x++  xx+ xx=  x++/x.. xx=/xx. xxx/xxx xxx/xxx x../x.. x../x.. x++/x..  ===/===
tenancy_trailentry          x+x  xxx xxx  x+x/x.x xxx/xxx xxx/xxx xxx/xxx x.x/x.x x.x/x.x x+x/x.x  ===/===
notifications_outboxmessage x++  xxx xxx  x++/x.. xxx/xxx xxx/xxx xxx/xxx x../x.. x../x.. x++/x..  ===/===
incidents_escalationpolicy  x++  xx+ xx=  x++/x.. xx=/xx. xxx/xxx xxx/xxx x../x.. x../x.. x++/x..  ===/===
incidents_policy            x++  xx+ xx=  x++/x.. xx=/xx. xxx/xxx xxx/xxx xx+/x.. xx=/x.. x++/x..  ===/===
incidents_service           x++  xx+ xx=  x++/x.. xx=/xx. xx+/xx. xx=/xx. x../x.. x../x.. x++/x..  ===/===
incidents_category          x++  xx+ xx=  x++/x.. xx=/xx. xx+/xx. xx=/xx. x../x.. x../x.. x++/x..  ===/===
incidents_incidenttype      x++  xx+ xx=  x++/x.. xx=/xx. xx+/xx. xx=/xx. x../x.. x../x.. x++/x..  ===/===
incidents_deskrules         x==  xxx xxx  x++/x.. xx=/xx. xxx/xxx xxx/xxx x../x.. x../x.. x++/x..  ===/===
"""
PAGES = (
    ("GET", "changelist"),
    ("GET", "add"),
    ("POST", "add"),
    *((method, page) for page in ("change", "delete", "verb") for method in ("GET", "POST")),
    ("GET", "history"),
    ("GET", ""),
)
# One of each kind is enough for these: their rights are whole or none.
ACCOUNT_ACTORS = (*COLUMNS[0].split(), ("stranger", "left"), ("nobody", "administrator"))
DESK_ACTORS = (
    ("anonymous", "neighbour"),
    ("stranger", "left", "requester", "stakeholder"),
    ("agent", "team_lead", "problem_manager", "incident_manager"),
    ("auditor",),
    ("administrator",),
)
BEYOND_ACTORS = (("anonymous",), ("stakeholder",), ("agent",), ("auditor",), ("administrator",))


@dataclass(frozen=True)
class Row:
    """A method, a route and a target; what each actor gets there."""

    method: str
    route: str
    target: str
    expected: dict[str, str]


def rows() -> list[Row]:
    """The whole table."""
    return [*table(_TABLE), *_account(), *_desk()]


def table(text: str) -> list[Row]:
    """Read the rows of a table with all columns."""
    split = (line.split() for line in text.strip().splitlines())
    return [
        Row(method, route, target, dict(zip(ACTORS, "".join(cells), strict=True)))
        for method, route, target, *cells in split
    ]


def _account() -> list[Row]:
    found = []
    for route, *cells in (line.split() for line in _ACCOUNT.strip().splitlines()):
        for method, outside, inside in (("GET", *cells[:2]), ("POST", *cells[2:])):
            found.append(Row(method, route, "-", _spread(ACCOUNT_ACTORS, [*outside, *inside])))
    return found


def _desk() -> list[Row]:
    found = []
    for model, *cells in (line.split() for line in _DESK.strip().splitlines()[2:]):
        for (method, page), cell in zip(PAGES, cells, strict=True):
            here, stroke, beyond = cell.partition("/")
            route = f"desk:{model}_{page}" if page else f"desk/{model.replace('_', '/')}/<row:object_id>/"
            found.append(_row(method, route, "here" if stroke else "-", here))
            if stroke:
                found.append(_row(method, route, "beyond", beyond))
    return found


def _row(method: str, route: str, target: str, staff: str) -> Row:
    cells = [">" if method == "GET" else "x", ".", *staff]
    return Row(method, route, target, _spread(BEYOND_ACTORS if target == "beyond" else DESK_ACTORS, cells))


def _spread(actors: Iterable[str | tuple[str, ...]], cells: list[str]) -> dict[str, str]:
    """Each cell to its actor, or to all of a group."""
    groups = ((one,) if isinstance(one, str) else one for one in actors)
    return {name: cell for names, cell in zip(groups, cells, strict=True) for name in names}
