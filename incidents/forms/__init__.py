"""The shape of what people send; each form gives plain facts for an action."""

from incidents.forms.reporting import LogForm, ReportForm
from incidents.forms.verbs import FORMS, AnswerForm, ComposerForm, LinkAnswerForm, VerbForm, VerdictForm

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
