"""What people hand in, as plain facts: the forms and the API make these, the actions take them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from incidents.models import Category, Service
from incidents.priority import Impact, Urgency
from problems.analysis import Branch, Kind
from problems.knowledge import Audience
from tenancy.models import Membership


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


@dataclass(frozen=True, kw_only=True)
class StatementDraft:
    """What somebody thinks is so, where such a cause lies, and when it happened."""

    text: str
    parent: UUID | None = None
    branch: Branch | None = None
    happened_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class EvidenceDraft:
    """What a statement stands on: of the rest, what belongs to its kind."""

    kind: Kind
    words: str = ""
    incident: int | None = None
    url: str = ""
    value: Decimal | None = None
    unit: str = ""
    file: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ArticleDraft:
    """What an article says, to whom, and what it is about."""

    title: str
    summary: str = ""
    body: str = ""
    workaround: str = ""
    cause: str = ""
    error_code: str = ""
    audience: Audience = Audience.INTERNAL
    services: tuple[Service, ...] = ()
    categories: tuple[Category, ...] = ()
    owner: Membership | None = None
    review_on: date | None = None
