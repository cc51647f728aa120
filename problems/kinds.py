"""What people choose about: the kinds of events of problems, in their words."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind

PROBLEM, APPOINTED = "problem", "problem_appointed"

KINDS = (
    Kind(
        APPOINTED,
        _("A problem is given to you"),
        _("As its manager, or to coordinate it."),
        permission="problem.contribute",
    ),
    Kind(
        PROBLEM,
        _("A problem is solved, closed or open again, or its root cause is not known any more"),
        _("Problems that you manage, coordinate or watch."),
        permission="problem.read",
    ),
)
# What each event is to those who are told of it.
OF_EVENT = {"problem_appointed": APPOINTED}
