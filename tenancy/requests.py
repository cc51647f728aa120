"""What a request carries once the middleware has seen it; for annotations only."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from tenancy.members import Member
from tenancy.models import Organisation, Token


class BoundRequest(HttpRequest):
    """Bound to an organisation; somebody may be signed in."""

    organisation: Organisation
    htmx: HtmxDetails
    """What htmx asks for, if it does."""
    member: Member | None
    savepoint: str
    """Where a failed view's work is rolled back to."""
    token_used: Token
    """The API token that speaks for the member; set where one was sent and was good."""
    promised: int
    """How much there was to do after the commit before the view began."""
    lacks_token: bool
    """Set when a form came without its token."""
    refusal: str
    """Why an action refused what a form of the desk brought; set when it did."""


class MemberRequest(BoundRequest):
    """Bound to an organisation, and made by one of its members."""

    member: Member
