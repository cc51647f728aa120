"""What people hand in, as plain facts: the forms and the API make these, the actions take them."""

from dataclasses import dataclass

from incidents.models import Category, Service
from incidents.priority import Impact, Urgency


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a problem is about."""

    title: str
    description: str = ""
    error_code: str = ""
    service: Service | None = None
    category: Category | None = None


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """How bad it is: the priority follows by the organisation's matrix."""

    impact: Impact
    urgency: Urgency
