"""The table of rights, and what limits to teams mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenancy.roles import LIMITABLE, NEVER_LIMITED, PERMISSIONS, RIGHTS, STAFF_ROLES, Role, holds, holds_somewhere

GRANTS = st.frozensets(st.tuples(st.sampled_from(Role), st.one_of(st.none(), st.integers(1, 3))), max_size=5)
RIGHT = st.sampled_from(sorted(PERMISSIONS))
TEAM = st.one_of(st.none(), st.integers(1, 4))


@given(GRANTS, RIGHT, TEAM)
def test_a_right_is_held_by_a_role_for_that_team_or_for_all(
    grants: frozenset[tuple[Role, int | None]], right: str, team: int | None
) -> None:
    slow = False
    for role, limit in grants:
        if right in RIGHTS[role] and (limit is None or limit == team or right in NEVER_LIMITED):
            slow = True
    assert holds(grants, right, team) is slow
    assert not slow or holds_somewhere(grants, right)


@given(GRANTS, GRANTS, RIGHT, TEAM)
def test_more_roles_never_take_a_right_away(
    some: frozenset[tuple[Role, int | None]], more: frozenset[tuple[Role, int | None]], right: str, team: int | None
) -> None:
    assert not holds(some, right, team) or holds(some | more, right, team)


def test_the_auditor_writes_nothing() -> None:
    assert all(right.endswith((".enter", ".read", ".read_restricted")) for right in RIGHTS[Role.AUDITOR])


@pytest.mark.parametrize("role", Role)
def test_the_desk_is_for_staff(role: Role) -> None:
    assert (role in STAFF_ROLES) == (role not in {Role.REQUESTER, Role.STAKEHOLDER})
    assert role in STAFF_ROLES or role not in LIMITABLE


def test_only_administrators_administer() -> None:
    assert [role for role in Role if "organisation.administer" in RIGHTS[role]] == [Role.ADMINISTRATOR]


# Who may do what, written a second time by hand, as people would ask for it.
BY_HAND = """
requester         incident.report
stakeholder       incident.follow
agent             desk.enter incident.read contact.add incident.log incident.reply incident.note incident.assign
                  incident.classify incident.work incident.close incident.cancel
                  problem.read problem.raise problem.contribute article.read article.write
team_lead         desk.enter incident.read contact.add incident.log incident.reply incident.note incident.assign
                  incident.classify incident.work incident.close incident.cancel
                  incident.override_priority incident.restrict
                  problem.read problem.raise problem.contribute article.read article.write article.publish
problem_manager   desk.enter incident.read incident.note problem.read problem.raise problem.contribute problem.work
                  problem.decide article.read article.write article.publish
incident_manager  desk.enter incident.read contact.add incident.log incident.reply incident.note incident.assign
                  incident.classify incident.work incident.close incident.cancel
                  incident.override_priority incident.restrict incident.read_restricted
                  problem.read problem.raise problem.contribute problem.work article.read article.write article.publish
auditor           desk.enter incident.read incident.read_restricted trail.read organisation.read
                  problem.read article.read
administrator     desk.enter contact.add organisation.read organisation.administer
"""


def test_the_table_of_rights_is_the_one_written_by_hand() -> None:
    expected: dict[str, set[str]] = {}
    for line in BY_HAND.strip().splitlines():
        words = line.split()
        if not line.startswith(" "):
            role, words = words[0], words[1:]
        expected.setdefault(role, set()).update(words)
    assert {role.value: set(rights) for role, rights in RIGHTS.items()} == expected


def test_a_limit_is_about_acting_not_about_seeing() -> None:
    mine, other = 1, 2
    agent = frozenset({(Role.AGENT, mine)})
    assert [holds(agent, "incident.work", team) for team in (mine, other, None)] == [True, False, False]
    assert [holds(agent, "incident.read", team) for team in (mine, other, None)] == [True, True, True]
    assert holds_somewhere(agent, "incident.work")
    assert not holds_somewhere(agent, "incident.restrict")
    follower = frozenset({(Role.STAKEHOLDER, mine)})
    assert not holds(follower, "incident.follow", None)


def test_nobody_without_a_grant_may_anything() -> None:
    assert not any(holds(frozenset(), right, None) or holds_somewhere(frozenset(), right) for right in PERMISSIONS)
