"""The shape of what people send; each form gives plain facts for an action."""

from incidents.forms.confirming import VerdictForm
from incidents.forms.reporting import LogForm, ReportForm
from incidents.forms.talking import AnswerForm, ComposerForm, LinkAnswerForm
from incidents.forms.verb import VerbForm
from incidents.forms.verbs import FORMS

__all__ = [
    "FORMS",
    "AnswerForm",
    "ComposerForm",
    "LinkAnswerForm",
    "LogForm",
    "ReportForm",
    "VerbForm",
    "VerdictForm",
]
