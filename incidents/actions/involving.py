"""Who else it concerns."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.actions.finishing import finish
from incidents.actions.step import begin
from incidents.audience import may_watch
from incidents.lifecycle import Refused, Status, Verb
from incidents.models import Involvement
from tenancy.members import Member
from tenancy.models import Membership


@transaction.atomic
def involve(member: Member, *, number: int, person: Membership, part: str, at: datetime | None = None) -> Involvement:
    """Add somebody as affected, participant or watcher."""
    step = begin(member, number, Verb.INVOLVE, given={"person"}, at=at)
    if part == Involvement.Part.WATCHER and not may_watch(person, step.incident):
        because = _("%(name)s may not see this incident in the desk, so can't watch it.") % {"name": person.name}
        raise Refused(step.verb, Status(step.incident.status), because=because)
    involvement, is_new = Involvement.objects.get_or_create(incident=step.incident, membership=person, part=part)
    if is_new:
        finish(step, {"person_id": person.id, "part": part})
    return involvement


@transaction.atomic
def release(member: Member, *, number: int, person: Membership, part: str, at: datetime | None = None) -> None:
    """Take somebody off again."""
    step = begin(member, number, Verb.RELEASE, given={"person"}, at=at)
    gone, _by_model = Involvement.objects.filter(incident=step.incident, membership=person, part=part).delete()
    if gone:
        finish(step, {"person_id": person.id, "part": part})
