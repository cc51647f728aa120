"""One verb's form on one incident; the same class serves the desk, the portal and the links in mails."""

from typing import Any

from incidents.forms.fields import PointingForm
from incidents.models import Incident


class VerbForm(PointingForm):
    """The facts for one verb on one incident."""

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.incident = incident
        self.prepare()

    def prepare(self) -> None:
        """Offer what fits this incident."""

    @property
    def about(self) -> str:
        """Which of several things on the page this form is about, where the verb has a form for each."""
        return ""

    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of the verb's action."""
        return self.cleaned_data
