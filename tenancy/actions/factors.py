"""The second factors of the whole installation; they belong to logins, not to organisations."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from tenancy.factors import locked_anew


@transaction.atomic
def lock_all() -> int:
    """Lock every factor's secrets by the present key; return how many there are."""
    factors = list(Authenticator.objects.select_for_update().order_by("pk"))
    for factor in factors:
        factor.data = locked_anew(factor.data)
        factor.save(update_fields=["data"])
    return len(factors)
