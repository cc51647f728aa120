"""One's own API tokens: made here, shown once, ended here."""

from typing import Any, cast
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.contrib import admin, messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tenancy import clock
from tenancy.actions import tokens
from tenancy.forms import TokenForm
from tenancy.models import Token
from tenancy.refusal import NotPossible
from tenancy.requests import MemberRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: MemberRequest) -> HttpResponse:
    """List the member's tokens; make one by POST, and show it this one time."""
    if request.method != "POST":
        return _page(request, TokenForm())
    if _owes_second_factor(request):
        messages.warning(request, _("Confirm with your second factor first."))
        return redirect("desk:tokens")
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        token, secret = tokens.make(request.member, draft=form.draft())
    except NotPossible as refused:
        form.add_error(None, str(refused))
        return _page(request, form, status=422)
    return _page(request, TokenForm(), made=token, secret=secret)


def _page(request: MemberRequest, form: TokenForm, status: int = 200, **made: Any) -> HttpResponse:
    now = clock.now()
    own = Token.objects.filter(membership_id=request.member.id)
    context = {
        **admin.site.each_context(request),
        "nav": "tokens",
        "form": None if _owes_second_factor(request) else form,
        "tokens": [{"token": token, "standing": token.standing(now)} for token in own],
        **made,
    }
    return render(request, "tenancy/tokens.html", context, status=status)


@require_POST
def revoke(request: MemberRequest, token_id: UUID) -> HttpResponse:
    """End one of the member's own tokens."""
    token = Token.objects.filter(membership_id=request.member.id, public_id=token_id).first()
    if token is None:
        raise Http404
    try:
        tokens.revoke(request.member, token=token)
    except NotPossible as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The token is revoked. Whatever used it is refused from now on."))
    return redirect("desk:tokens")


def _owes_second_factor(request: MemberRequest) -> bool:
    """Whether the organisation wants two steps, and this session has seen the first only."""
    records = get_authentication_records(request, cast(AbstractBaseUser, request.user))
    return request.organisation.requires_second_factor and all(one["method"] != "mfa" for one in records)
