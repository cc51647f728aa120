"""What the domain says of an incident's life, written by hand: the tests hold the code's table against it."""

from incidents.lifecycle import Party, Status, Verb

SIGNS = {
    "N": Status.NEW,
    "P": Status.IN_PROGRESS,
    "H": Status.ON_HOLD,
    "R": Status.RESOLVED,
    "C": Status.CLOSED,
    "X": Status.CANCELLED,
}

# Where each verb leads from each status; a point where there is no way.
_GRID = """
            N P H R C X
take        P . H . . .
acknowledge N P H . . .
assign      P P H . . .
route       N P H . . .
classify    N P H R . .
override    N P H . . .
reset       N P H . . .
restrict    N P H R C X
unrestrict  N P H R C X
hold        H H H . . .
resume      . . P . . .
resolve     R R R . . .
reopen      . . . P . .
close       . . . C . .
cancel      X X X . . .
reply       N P H R . .
note        N P H R C X
suspect     N P H R . .
conclude    N P H R . .
diagnose    N P H R . .
refer       N P H R C X
involve     N P H R . .
release     N P H R . .
comment     N P H R . .
answer      . . P . . .
withdraw    X X X . . .
confirm     . . . C . .
reject      . . . P . .
contest     . . . . P P
"""


def _read(grid: str) -> dict[Verb, dict[Status, Status]]:
    head, *rows = [line.split() for line in grid.strip().splitlines()]
    return {
        Verb(verb): {SIGNS[before]: SIGNS[after] for before, after in zip(head, signs, strict=True) if after != "."}
        for verb, *signs in rows
    }


GRID = _read(_GRID)

NEEDS = {
    Verb.ASSIGN: frozenset({"assignee"}),
    Verb.ROUTE: frozenset({"team"}),
    Verb.OVERRIDE: frozenset({"priority", "reason"}),
    Verb.RESTRICT: frozenset({"team"}),
    Verb.HOLD: frozenset({"reason"}),
    Verb.RESOLVE: frozenset({"resolution code", "note", "how it was tested"}),
    Verb.REOPEN: frozenset({"reason"}),
    Verb.CLOSE: frozenset({"reason"}),
    Verb.CANCEL: frozenset({"reason"}),
    Verb.REPLY: frozenset({"text"}),
    Verb.NOTE: frozenset({"text"}),
    Verb.SUSPECT: frozenset({"suspicion"}),
    Verb.CONCLUDE: frozenset({"outcome"}),
    Verb.DIAGNOSE: frozenset({"root cause"}),
    Verb.REFER: frozenset({"reference"}),
    Verb.INVOLVE: frozenset({"person"}),
    Verb.RELEASE: frozenset({"person"}),
    Verb.COMMENT: frozenset({"text"}),
    Verb.ANSWER: frozenset({"text"}),
    Verb.REJECT: frozenset({"what is still broken"}),
    Verb.CONTEST: frozenset({"what is not so"}),
}

PARTIES = {
    Verb.COMMENT: Party.REQUESTERS,
    Verb.ANSWER: Party.REQUESTERS,
    Verb.WITHDRAW: Party.REPORTER,
    Verb.CONFIRM: Party.REPORTER,
    Verb.REJECT: Party.REPORTER,
    Verb.CONTEST: Party.REPORTER,
}
LEADING = {Verb.OVERRIDE, Verb.RESET, Verb.RESTRICT, Verb.UNRESTRICT}
WORKING = set(Verb) - set(PARTIES) - LEADING

# --- who may speak a verb on an incident that they stand to as the cast does
_OUTSIDERS = {"reporter", "affected", "participant", "bystander", "stakeholder", "administrator"}
_WORKERS = {"agent", "mate", "lead", "team_lead", "manager"}
_LEADERS = {"lead", "team_lead", "manager"}
_REQUESTERS = {"reporter", "affected", "participant"}
_PORTAL = _REQUESTERS | {"stakeholder"}


def answer_to(name: str, verb: Verb) -> str:
    """Say "may", "denied" or "unseen": whoever may not see the incident learns nothing but that there is none."""
    party = PARTIES.get(verb, Party.STAFF)
    if party is Party.STAFF:
        if name in _OUTSIDERS:
            return "unseen"
        allowed = _LEADERS if verb in LEADING else _WORKERS | ({"problem_manager"} if verb is Verb.NOTE else set())
    else:
        if name not in _PORTAL:
            return "unseen"
        allowed = {"reporter"} if party is Party.REPORTER else _REQUESTERS
    return "may" if name in allowed else "denied"
