"""Keep an incident as it stands until a step that was decided on it is done."""

from collections.abc import Iterable

from incidents.models import Incident
from tenancy.members import Member
from tenancy.models import Membership


def hold_as_it_is(member: Member, *, number: int, people: Iterable[int] = (), others: Iterable[int] = ()) -> None:
    """Lock what a step on the incident is going to lock, in the order in which the steps do.

    ``people`` are the ids of those who may get it, ``others`` the numbers of other incidents that the step names.
    """
    wanted = sorted({member.id, *people})
    list(Membership.objects.filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",), no_key=True))
    numbers = {number, *others}
    list(Incident.objects.filter(number__in=numbers).order_by("pk").select_for_update(of=("self",)))
