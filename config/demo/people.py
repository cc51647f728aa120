"""The people of the demo: their logins, how they join, and the table that tells a visitor about them."""

from collections.abc import Iterator
from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from config.demo.house import House, Human
from config.demo.setup import Setup
from tenancy import members
from tenancy.actions.invitations import issue
from tenancy.actions.people import add_contact, edit_member, join
from tenancy.drafts import Grants, Profile, grants
from tenancy.members import Member
from tenancy.models import Host, Membership, Person
from tenancy.models.people import ROLE_LABELS
from tenancy.roles import Role

# Printed for everybody who starts the demo; it guards nothing.
OPEN_SESAME = "stillwater-demo"


@cache
def _shared_hash() -> str:
    """Hash the password once: a good hash takes its time, and there are forty logins."""
    return make_password(OPEN_SESAME)


def _login(mail: str) -> Person:
    """Make a person who can sign in at once; who is known from the other organisation stays as they are."""
    person, is_new = Person.objects.get_or_create(email=mail, defaults={"password": _shared_hash()})
    if is_new:
        EmailAddress.objects.create(user=person, email=mail, verified=True, primary=True)
    return person


def admit_founder(setup: Setup) -> Member:
    """Let the administrator in, who sets up everything else."""
    return _join(setup, setup.house.humans[0], None, frozenset({(Role.ADMINISTRATOR, None)}))


def admit(setup: Setup) -> None:
    """Let everybody else join or be added, with their roles, and then describe who they are."""
    for human in setup.house.humans[1:]:
        if human.login:
            _join(setup, human, setup.administrator, _grants(setup, human))
        else:
            contact = add_contact(setup.administrator, profile=_profile(setup, human), at=setup.at)
            _remember(setup, human, contact)
    for human in setup.house.humans:
        if human.login:
            membership = setup.cast.humans[human.key]
            edit_member(setup.administrator, membership=membership, profile=_profile(setup, human), at=setup.at)


def _join(setup: Setup, human: Human, by: Member | None, roles: Grants) -> Member:
    person = _login(human.mail)
    invited = issue(by, mail=human.mail, name=human.name, roles=roles, at=setup.at)
    token = invited.path.strip("/").rpartition("/")[2]
    member = join(person, token=token, at=setup.at)
    return _remember(setup, human, Membership.objects.get(pk=member.id))


def _remember(setup: Setup, human: Human, membership: Membership) -> Member:
    cast = setup.cast
    cast.humans[human.key] = membership
    cast.members[human.key] = members.load(membership, cast.organisation)
    return cast.members[human.key]


def _grants(setup: Setup, human: Human) -> Grants:
    pairs = (role.partition(": ") for role in human.roles)
    return grants((role, setup.cast.teams[team].id if team else None) for role, _colon, team in pairs)


def _profile(setup: Setup, human: Human) -> Profile:
    return Profile(
        name=human.name,
        mail=human.mail,
        phone=human.phone,
        department=human.department,
        manager_id=setup.cast.humans[human.manager].id if human.manager else None,
    )


def reload(setup: Setup) -> None:
    """Look at everybody again: seats in teams are part of what a member may."""
    for human in setup.house.humans:
        _remember(setup, human, Membership.objects.get(pk=setup.cast.humans[human.key].pk))


def table(houses: tuple[House, ...]) -> Iterator[str]:
    """Tell who can sign in where, and what they will see; line by line."""
    for house in houses:
        shown = sorted(
            (human for human in house.humans if human.look), key=lambda human: "start here" not in human.look
        )
        wide = max(len(human.mail) for human in shown)
        broad = max(len(_roles(human)) for human in shown)
        yield f"{house.name}   {Host(name=house.hosts[0]).address}/   everybody's password: {OPEN_SESAME}"
        for human in shown:
            yield f"  {human.mail:{wide}}  {_roles(human):{broad}}  {human.look}"
        others = [human.mail for human in house.humans if human.login and not human.look]
        yield f"  and {len(others)} more end users: {', '.join(mail.partition('@')[0] for mail in others)}\n"


def _roles(human: Human) -> str:
    words = (role.partition(": ") for role in human.roles or (Role.REQUESTER.value,))
    return ", ".join(str(ROLE_LABELS[Role(role)]) + (f" ({team})" if team else "") for role, _colon, team in words)
