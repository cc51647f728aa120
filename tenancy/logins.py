"""The login behind a session, read together with what it is in the bound organisation."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from tenancy.members import with_rights
from tenancy.models import Membership, Person
from tenancy.wall import Written


def _make_here(person_id: int) -> QuerySet[Membership]:
    active = Membership.objects.filter(person_id=person_id, state=Membership.State.ACTIVE)
    return with_rights(active).select_related("person").order_by("pk")[:1]


_here = Written(_make_here)


class Logins(AuthenticationBackend):
    """allauth's ways in. Who is signed in comes with their membership and its rights, in one statement.

    Nothing outlives the request: a right that is taken away is gone at the next one.
    """

    def get_user(self, user_id: Any) -> Any:
        """Return the person who may sign in, and in ``membership_here`` their active membership, if they have one."""
        membership = _here.first(int(user_id))
        person = membership.person if membership else Person.objects.filter(pk=user_id).first()
        if person is None or not self.user_can_authenticate(person):
            return None
        person.membership_here = membership
        return person
