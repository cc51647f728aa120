"""How sign-in behaves here: allauth's flows, inside one organisation, with mails through the outbox."""

from typing import Any, cast
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import base36_to_int, url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from tenancy import post
from tenancy.lockbox import veil
from tenancy.middleware import SESSION_KEY
from tenancy.models import Host, Membership, Person
from tenancy.wall import current_organisation_id


class _Site:
    """The organisation, in the place of the site whose name allauth would take from the request."""

    def __init__(self, host: Host) -> None:
        self.name = host.organisation.name
        self.domain = host.name


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in inside one organisation."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "cannot_remove_primary_email": _("Your main e-mail address can't be removed."),
        "duplicate_email": _("You have this e-mail address already."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "email_taken": _("Somebody has this e-mail address already."),
        "max_email_addresses": _("You can't have more than %d e-mail addresses."),
        "unverified_primary_email": _("Your main e-mail address has to be confirmed first."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People join by invitation only."""
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Sign in to this organisation; the session is good nowhere else."""
        super().login(request, user)
        request.session[SESSION_KEY] = current_organisation_id()

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Who belongs elsewhere is shown where."""
        belongs = Membership.objects.filter(person=cast(Person, request.user), state=Membership.State.ACTIVE).exists()
        return str(super().get_login_redirect_url(request)) if belongs else reverse("tenancy:organisations")

    def is_safe_url(self, url: str) -> bool:
        """Redirect inside the organisation's own hosts only."""
        own = Host.objects.filter(organisation_id=current_organisation_id()).values_list("name", flat=True)
        asked = allauth_context.request.get_host()
        allowed = {asked} if Host.name_in(asked) in set(own) else set()
        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=allowed)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Lead to the organisation's own address, whatever host the request claimed, and don't tell the number."""
        login, _dash, token = key.partition("-")
        code = veil(base36_to_int(login), purpose="reset")
        return _here() + reverse("account_reset_password_from_key", kwargs={"uidb36": code, "key": token})

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """Lead to the organisation's own address, whatever host the request claimed."""
        _number, _colon, proof = emailconfirmation.key.partition(":")
        code = veil(emailconfirmation.email_address.pk, purpose="confirm")
        return _here() + reverse("account_confirm_email", args=[f"{code}:{proof}"])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Post the mail: written now, sent by the worker, forgotten when sent."""
        host = Host.objects.canonical()
        facts = context | {"current_site": _Site(host), "email": email, "signup_url": host.address}
        if "password_reset_url" in facts and "key" not in facts:
            facts["password_reset_url"] = host.address + reverse("account_reset_password")
        message = self.render_mail(template_prefix, email, facts)
        post.send(
            "account_message",
            mail=email,
            name="",
            why="account",
            facts={"subject": message.subject, "body": message.body, "path": "/"},
            dedupe=f"account:{uuid4()}",
        )


def _here() -> str:
    return Host.objects.canonical().address
