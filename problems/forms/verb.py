"""One verb's form on one problem."""

from typing import Any

from incidents.forms.fields import PointingForm
from problems.models import Problem
from tenancy.members import Member


class ProblemForm(PointingForm):
    """The facts for one verb on one problem."""

    def __init__(self, *args: Any, problem: Problem, member: Member, **kwargs: Any) -> None:
        self.problem = problem
        self.member = member
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Offer what fits this problem."""

    is_early = False
    """Whether something has to be done first; ``hint`` says what."""

    @property
    def hint(self) -> str:
        """A sentence above the form."""
        return ""

    @property
    def about(self) -> str:
        """What it is about, where a page has several forms of the verb."""
        return ""

    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of the verb's action."""
        return self.cleaned_data
