"""The shape of what people hand in; the forms give plain facts, and never call actions."""

from problems.forms.files import FilesForm
from problems.forms.raising import LinkTogetherForm, RaiseForm
from problems.forms.verb import ProblemForm
from problems.forms.verbs import FORMS
from problems.forms.working import ToProblemForm

__all__ = ["FORMS", "FilesForm", "LinkTogetherForm", "ProblemForm", "RaiseForm", "ToProblemForm"]
