"""Roles and what each may do: the one table of rights. Pure data, no framework."""

from enum import StrEnum, auto


class Role(StrEnum):
    """What a membership may be; it has a set of them, and everyone is a requester too."""

    REQUESTER = auto()
    STAKEHOLDER = auto()
    AGENT = auto()
    TEAM_LEAD = auto()
    PROBLEM_MANAGER = auto()
    INCIDENT_MANAGER = auto()
    AUDITOR = auto()
    ADMINISTRATOR = auto()


DESK = frozenset({"desk.enter", "incident.read", "problem.read", "article.read"})
WORK = frozenset(
    {
        "contact.add",
        "incident.log",
        "incident.reply",
        "incident.note",
        "incident.assign",
        "incident.classify",
        "incident.work",
        "incident.close",
        "incident.cancel",
        "problem.raise",
        "problem.contribute",
        "article.write",
    }
)
LEAD = WORK | {"incident.override_priority", "incident.restrict", "article.publish"}
PROBLEMS = frozenset(
    {
        "problem.raise",
        "problem.contribute",
        "problem.work",
        "problem.decide",
        "article.write",
        "article.publish",
    }
)

RIGHTS: dict[Role, frozenset[str]] = {
    Role.REQUESTER: frozenset({"incident.report"}),
    Role.STAKEHOLDER: frozenset({"incident.follow"}),
    Role.AGENT: DESK | WORK,
    Role.TEAM_LEAD: DESK | LEAD,
    Role.PROBLEM_MANAGER: DESK | PROBLEMS | {"incident.note"},
    Role.INCIDENT_MANAGER: DESK | LEAD | {"incident.read_restricted", "problem.work"},
    Role.AUDITOR: DESK | {"incident.read_restricted", "trail.read", "organisation.read"},
    Role.ADMINISTRATOR: frozenset({"desk.enter", "contact.add", "organisation.read", "organisation.administer"}),
}

STAFF_ROLES = frozenset(role for role, rights in RIGHTS.items() if "desk.enter" in rights)

# A grant limited to teams still shows the whole desk; what it limits is where the member may act.
NEVER_LIMITED = frozenset(
    {
        "desk.enter",
        "contact.add",
        "incident.read",
        "incident.read_restricted",
        "incident.report",
        # Causes don't keep to teams, nor does what is known of them.
        "article.read",
        "article.write",
        "article.publish",
        "problem.read",
        "problem.raise",
        "problem.contribute",
        "trail.read",
    }
)

# Roles that are about records of teams and may be limited to some; the others hold for the whole organisation.
LIMITABLE = STAFF_ROLES - {Role.AUDITOR, Role.ADMINISTRATOR}

PERMISSIONS = frozenset().union(*RIGHTS.values())


def holds(grants: frozenset[tuple[Role, int | None]], permission: str, team_id: int | None) -> bool:
    """Whether these grants (role, team it is limited to or None) allow ``permission`` on a team's record."""
    return any(
        permission in RIGHTS[role]
        for role, limit in grants
        if limit is None or limit == team_id or permission in NEVER_LIMITED
    )


def holds_somewhere(grants: frozenset[tuple[Role, int | None]], permission: str) -> bool:
    """Whether these grants allow ``permission`` on at least one team's records."""
    return any(permission in RIGHTS[role] for role, _ in grants)
