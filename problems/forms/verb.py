"""One verb's form on one problem."""

from typing import Any

from incidents.forms.fields import PointingForm
from problems.models import Problem


class ProblemForm(PointingForm):
    """The facts for one verb on one problem."""

    def __init__(self, *args: Any, problem: Problem, **kwargs: Any) -> None:
        self.problem = problem
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Offer what fits this problem."""

    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of the verb's action."""
        return self.cleaned_data
