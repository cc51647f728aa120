"""What is decided about a cluster."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from incidents.forms.fields import PointingForm, text_field
from problems.forms.describing import DescribingForm


class ClusterForm(DescribingForm):
    """What the problem behind a cluster is about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_records()


class DismissForm(PointingForm):
    """Why a cluster is no problem."""

    reason = text_field(_("Why is it no problem?"), rows=3, help_text=_("Only staff read this."))
