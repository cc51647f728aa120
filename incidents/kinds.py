"""What people choose about: the kinds of events of incidents, in their words."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind

ASKED, CONFIRM, ESCALATED = "asked", "confirm", "escalated"
RECEIPT, ANSWERED, MOVED = "receipt", "answered", "moved"
SERVICE, ASSIGNED, CLOCK, PROGRESS = "service", "assigned", "clock", "progress"

KINDS = (
    Kind(ASKED, _("A question for you"), _("Our work waits for your answer."), may_be_off=False),
    Kind(
        CONFIRM,
        _("Something is said to be solved, or was closed for you"),
        _("You are asked to confirm, and can say that it is not so."),
        may_be_off=False,
    ),
    Kind(RECEIPT, _("Your report has arrived")),
    Kind(ANSWERED, _("Somebody wrote"), _("A message on an incident that is yours, or that you take part in.")),
    Kind(
        MOVED,
        _("It is solved, closed, cancelled or open again"),
        _("Incidents that concern you, or are watched by you."),
    ),
    Kind(
        PROGRESS,
        _("Work on it begins, waits or goes on, or its priority changes"),
        _("Incidents that you reported, take part in, watch, or whose service you follow."),
    ),
    Kind(SERVICE, _("A new incident on a service that you follow"), permission="incident.follow"),
    Kind(ASSIGNED, _("An incident is assigned to you"), permission="incident.work"),
    Kind(CLOCK, _("Half of the promised time is used"), permission="incident.work"),
    Kind(
        ESCALATED,
        _("Time is running out, or something is escalated to you"),
        _("Nobody else may be looking."),
        may_be_off=False,
        permission="incident.work",
    ),
)
# What each event is to those who are told of it.
OF_EVENT = {
    "incident_reported": RECEIPT,
    "incident_assigned": ASSIGNED,
    "incident_replied": ANSWERED,
    "incident_commented": ANSWERED,
    "incident_advised": ANSWERED,
    "incident_progressed": PROGRESS,
    "incident_waited": PROGRESS,
    "incident_question": ASKED,
    "incident_reminder_question": ASKED,
    "incident_reminder_solution": CONFIRM,
    "incident_clock_half": CLOCK,
    "incident_clock_short": ESCALATED,
    "incident_clock_late": ESCALATED,
    "incident_escalated": ESCALATED,
}
# What the reporter is asked to confirm, or can object to.
ENDINGS = frozenset({"incident_resolved", "incident_closed", "incident_cancelled"})


def kind_of(event: str, reasons: Collection[str]) -> str:
    """The kind that an event is to somebody who is told for these reasons."""
    if "reporter" in reasons:
        return CONFIRM if event in ENDINGS else OF_EVENT.get(event, MOVED)
    return SERVICE if event == "incident_reported" else OF_EVENT.get(event, MOVED)
