"""Raise a problem, or link incidents to one, many at once."""

from collections.abc import Iterable
from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from incidents.forms.fields import PointingForm
from incidents.models import Incident
from problems.forms.describing import DescribingForm
from problems.forms.fields import IncidentsField, ProblemField, ProblemInput
from tenancy.members import Member


class LinkTogetherForm(PointingForm):
    """Which problem causes these incidents."""

    problem = ProblemField(
        label=_("Caused by"),
        max_length=20,
        widget=ProblemInput,
        help_text=_("A problem’s number, like PRB-1042. Type it, or words of the title of an open one."),
    )
    incidents = IncidentsField(
        label=_("Incidents"), max_length=4000, help_text=_("Their numbers, like INC-1042 INC-1043.")
    )

    def suggest(self, problems: Iterable[tuple[str, str]]) -> None:
        """Suggest these problems, each by its number and title."""
        cast(ProblemInput, self.fields["problem"].widget).offered = list(problems)


class RaiseForm(DescribingForm):
    """What it is about, and which incidents it causes."""

    incidents = IncidentsField(
        label=_("Incidents that it causes"),
        required=False,
        max_length=4000,
        help_text=_("Their numbers, like INC-1042 INC-1043. More can be linked later."),
    )

    field_order = ["title", "description", "incidents", "service", "category", "error_code"]

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        self.offer_records()

    def clean_incidents(self) -> tuple[int, ...]:
        """Refuse what is not there for this member."""
        numbers: tuple[int, ...] = self.cleaned_data["incidents"]
        seen = Incident.objects.for_desk(self.member).filter(number__in=numbers).values_list("number", flat=True)
        if missing := sorted(set(numbers) - set(seen)):
            told = ", ".join(f"INC-{number}" for number in missing)
            self.add_error("incidents", _("There is no %(numbers)s.") % {"numbers": told})
        return numbers
