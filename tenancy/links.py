"""What comes back by the links of sign-in's mails, in which no login's or address's number stands."""

from typing import Any

from allauth.account.forms import UserTokenForm
from allauth.account.views import ConfirmEmailView
from django.core import signing
from django.http import HttpRequest

from tenancy.lockbox import Unreadable, unveil
from tenancy.models import Person


class ResetLink(UserTokenForm):
    """Whose password is set anew: a veiled number, and a token that proves the mail."""

    def _get_user(self, uidb36: str) -> Person | None:
        try:
            return Person.objects.filter(pk=unveil(uidb36, purpose="reset")).first()
        except Unreadable:
            return None


class ConfirmMail(ConfirmEmailView):
    """Which address is confirmed: a veiled number, and allauth's signature of it."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Go on with the key as allauth writes it, or with none."""
        super().setup(request, *args, **{**kwargs, "key": _unveiled(kwargs["key"])})


def _unveiled(key: str) -> str:
    code, colon, proof = key.partition(":")
    try:
        number = unveil(code, purpose="confirm")
    except Unreadable:
        return ""
    return signing.b64_encode(str(number).encode()).decode() + colon + proof


confirm_mail = ConfirmMail.as_view()
