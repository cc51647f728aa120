"""Migrate, found some organisations and give their people keys: `python -m config.chaos.stage` prints where to go."""

import json
from dataclasses import asdict, dataclass

ORGANISATIONS = 4


@dataclass(frozen=True)
class Place:
    """An organisation and the keys of two of its people."""

    organisation_id: int
    host: str
    agent: str
    reporter: str


def main() -> None:
    """Make everything in an empty database, as its owner."""
    import django

    django.setup()
    from django.core.management import call_command

    from tenancy.wall import as_owner

    with as_owner():
        call_command("migrate", verbosity=0)
        places = [asdict(_place(number)) for number in range(ORGANISATIONS)]
    print(json.dumps(places))


def _place(number: int) -> Place:
    from tenancy.actions.founding import found
    from tenancy.drafts import Founding
    from tenancy.roles import Role
    from tenancy.wall import bound

    slug = f"house{number}"
    host = f"{slug}.chaos.example"
    organisation, _link = found(Founding(name=f"House {number}", slug=slug, hosts=(host,)))
    with bound(organisation.id):
        agent = _key(f"agent@{host}", Role.AGENT)
        return Place(organisation.id, host, agent, _key(f"reporter@{host}", None))


def _key(mail: str, role: str | None) -> str:
    """Somebody with a role, and a program's key that speaks for them."""
    from tenancy.actions import tokens
    from tenancy.drafts import TokenDraft
    from tenancy.models import Membership, Person, RoleGrant, Scope

    person = Person.objects.create(email=mail)
    membership = Membership.objects.create(person=person, name=mail.partition("@")[0].title(), mail=mail)
    if role:
        RoleGrant.objects.create(membership=membership, role=role)
    draft = TokenDraft(name="chaos", scopes=frozenset(Scope.values), days=1)
    _token, secret = tokens.issue(membership, draft=draft)
    return secret


if __name__ == "__main__":
    main()
