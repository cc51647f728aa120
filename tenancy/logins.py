"""The login behind a session, read together with what it is in the bound organisation."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from tenancy.members import with_rights
from tenancy.models import Membership, Person


class Logins(AuthenticationBackend):
    """allauth's ways in. Who is signed in comes with their membership and its rights, in one statement.

    Nothing outlives the request: a right that is taken away is gone at the next one.
    """

    def get_user(self, user_id: Any) -> Any:
        """Return the person who may sign in, and in ``membership_here`` their active membership, if they have one."""
        here = with_rights(Membership.objects.filter(person_id=user_id, state=Membership.State.ACTIVE))
        membership = here.select_related("person").first()
        person = membership.person if membership else Person.objects.filter(pk=user_id).first()
        if person is None or not self.user_can_authenticate(person):
            return None
        person.membership_here = membership
        return person
