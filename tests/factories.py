"""Made-up people and teams; every factory but the first needs a bound organisation.

Organisations are founded by the owner (`tests.database`): harbour and quill are always there.
"""

from typing import Any

import factory
from allauth.account.models import EmailAddress

from tenancy.members import Member
from tenancy.models import Membership, Person, RoleGrant, Team, TeamSeat
from tenancy.roles import Role
from tenancy.wall import bound

PASSWORD = "seven quiet herons"


class PersonFactory(factory.django.DjangoModelFactory[Person]):
    """A login with a verified mail address and the password `PASSWORD`."""

    class Meta:
        model = Person
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@people.example")

    @classmethod
    def _create(cls, model_class: type[Person], *args: Any, **kwargs: Any) -> Person:
        person = model_class.objects.create_user(**{"password": PASSWORD, **kwargs})
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        return person


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    """An active member with a login; ``person=None`` makes a contact."""

    class Meta:
        model = Membership

    name = factory.Sequence(lambda n: f"Robin Field {n}")
    mail = factory.LazyAttributeSequence(
        lambda made, n: made.person.email if made.person else f"contact{n}@people.example"
    )
    person = factory.SubFactory(PersonFactory)


class TeamFactory(factory.django.DjangoModelFactory[Team]):
    """A team without seats."""

    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")


class TeamSeatFactory(factory.django.DjangoModelFactory[TeamSeat]):
    """A place in a team."""

    class Meta:
        model = TeamSeat

    team = factory.SubFactory(TeamFactory)
    membership = factory.SubFactory(MembershipFactory)


class RoleGrantFactory(factory.django.DjangoModelFactory[RoleGrant]):
    """A role, for all teams unless one is given."""

    class Meta:
        model = RoleGrant

    membership = factory.SubFactory(MembershipFactory)
    role = Role.AGENT.value
    team = None


def known(member: Member) -> str:
    """The id by which somebody is known outside."""
    with bound(member.organisation_id):
        return str(Membership.objects.values_list("public_id", flat=True).get(pk=member.id))
