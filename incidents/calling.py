"""An escalation in words: what would happen, when, and to whom, if nobody did anything."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.escalation import Facts, Fired, From, Step, Target, Until, Who, foreseen
from tenancy.models import Membership, Team
from tenancy.models.people import ROLE_LABELS
from tenancy.roles import Role

WHO = {
    Who.ASSIGNEE: gettext_lazy("agent"),
    Who.TEAM: gettext_lazy("team"),
    Who.TEAM_LEAD: gettext_lazy("team lead"),
    Who.ON_DUTY: gettext_lazy("whoever is on duty"),
    Who.WATCHERS: gettext_lazy("watchers"),
    Who.STAKEHOLDERS: gettext_lazy("stakeholders"),
}
OF = {
    From.START: gettext_lazy("minutes"),
    From.RESPONSE: gettext_lazy("% of the time for the first answer"),
    From.UPDATE: gettext_lazy("% of the time for an update"),
    From.RESOLUTION: gettext_lazy("% of the time for the solution"),
}
UNTIL = {
    Until.ACKNOWLEDGED: gettext_lazy("unless somebody has taken or acknowledged it"),
    Until.RESOLVED: gettext_lazy("unless it is resolved"),
}


def in_words(
    steps: Iterable[Step],
    facts: Facts,
    *,
    when: Callable[[datetime], str] = lambda at: at.strftime("%H:%M"),
    fired: Sequence[Fired] = (),
) -> list[str]:
    """One line for each time that a step would take place: "10:05 tell agent, team"."""
    steps = list(steps)
    names = _Names(steps)
    return [
        f"{when(at) if at else _after(steps[index])} {names.deed(steps[index])}"
        for at, index, _cycle in foreseen(steps, facts, fired)
    ]


def as_example(steps: Iterable[Step], zone_now: datetime) -> list[str]:
    """As for an incident that comes in at ten; clock percentages stay what they are."""
    start = zone_now.replace(hour=10, minute=0, second=0, microsecond=0)
    return in_words(steps, Facts(start))


def _after(step: Step) -> str:
    return f"{step.after} {OF[step.of]}:"


class _Names:
    """What the people and teams that steps name are called, read once."""

    def __init__(self, steps: list[Step]) -> None:
        people = [one.which for step in steps for one in step.tell if one.who is Who.PERSON]
        teams = [step.team for step in steps if step.team]
        self.people = dict(Membership.objects.filter(pk__in=people).values_list("pk", "name")) if people else {}
        self.teams = dict(Team.objects.filter(pk__in=teams, is_active=True).values_list("pk", "name")) if teams else {}

    def deed(self, step: Step) -> str:
        """What a step does."""
        who = ", ".join(self._who(one) for one in step.tell)
        parts = [_("tell %(who)s") % {"who": who}] if who else []
        if step.level:
            parts.append(_("raise to level %(level)s") % {"level": step.level})
        if team := self.teams.get(step.team or 0):
            parts.append(_("move to %(team)s") % {"team": team})
        if step.major:
            parts.append(_("propose a major incident"))
        said = get_text_list(parts, str(_("and"))) if parts else str(_("nothing"))
        return _("%(deeds)s (even if acknowledged)") % {"deeds": said} if step.until is Until.RESOLVED else said

    def _who(self, target: Target) -> str:
        if target.who is Who.ROLE:
            return _("role “%(role)s”") % {"role": ROLE_LABELS[Role(str(target.which))]}
        if target.who is Who.PERSON:
            return str(self.people.get(int(target.which), "?"))
        return str(WHO[target.who])
