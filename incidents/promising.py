"""What is promised, in words: "P2 on Payroll: first answer within 2 business hours", and when these are."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents import durations
from incidents.priority import Priority
from incidents.sla import Measure, Targets
from tenancy import openings
from tenancy.hours import Calendar

WITHIN = {
    Measure.RESPONSE: gettext_lazy("first answer within %(time)s"),
    Measure.UPDATE: gettext_lazy("an update every %(time)s"),
    Measure.RESOLUTION: gettext_lazy("solution within %(time)s"),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a promise is for, by name; empty: all of them."""

    service: str = ""
    type: str = ""


def sentences(targets: Targets, scope: Scope, calendar: Calendar) -> list[str]:
    """Tell what is promised, priority by priority; what is not promised is left out."""
    return [
        sentence(priority, targets[priority], scope, calendar)
        for priority in Priority
        if any(targets.get(priority, {}).get(measure) for measure in Measure)
    ]


def sentence(priority: str, promised: Mapping[str, int | bool], scope: Scope, calendar: Calendar) -> str:
    """Tell what is promised for one priority."""
    always = bool(promised.get("always")) or calendar.always
    told = [
        str(words) % {"time": durations.tell(int(minutes), always=always)}
        for measure, words in WITHIN.items()
        if (minutes := promised.get(measure))
    ]
    hours = _("round the clock") if always else openings.tell(calendar)
    return f"{whose(priority, scope)}: {', '.join([*told, hours])}"


def whose(priority: str, scope: Scope) -> str:
    """Tell for which incidents: "P2 on Payroll"."""
    names = {"priority": priority, "service": scope.service, "type": scope.type}
    if scope.service and scope.type:
        return _("%(priority)s on %(service)s (%(type)s)") % names
    if scope.service:
        return _("%(priority)s on %(service)s") % names
    return f"{priority} ({scope.type})" if scope.type else priority
