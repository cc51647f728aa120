"""The doorstep: joining, one's organisations, and the look that every page wears."""

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from tenancy import clock
from tenancy.actions import people
from tenancy.actions.invitations import CannotJoin
from tenancy.colours import readable_under_white
from tenancy.forms import JoinForm
from tenancy.members import Member
from tenancy.models import Host, Invitation, Person
from tenancy.models.people import ROLE_LABELS
from tenancy.queries import invitation_for, organisations_of, person_with
from tenancy.requests import BoundRequest
from tenancy.roles import Role

# What the page calls the ways in which an invitation is not good; a withdrawn one is not told from one run out.
SHOWN: dict[str, tuple[str, int]] = {
    Invitation.Standing.USED: ("used", 410),
    Invitation.Standing.EXPIRED: ("expired", 410),
    Invitation.Standing.WITHDRAWN: ("expired", 410),
}
STYLE = """:root {{ --brand: {colour}; }}
@supports not (color: oklch(from red calc(l + 0) c h)) {{ :root {{ --brand: {readable}; }} }}
"""
IMMUTABLE = {"private": True, "max_age": 31_536_000, "immutable": True}


@never_cache
@sensitive_post_parameters("password1")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: BoundRequest, token: str) -> HttpResponse:
    """Show an invitation; accept it by POST."""
    invitation = invitation_for(token)
    standing = invitation.standing(clock.now()) if invitation else "foreign"
    if invitation is None or standing != Invitation.Standing.OPEN:
        return _not_good(request, standing)
    known = person_with(invitation.mail)
    form = None if known else JoinForm(request.POST or None, mail=invitation.mail, name=invitation.name)
    if request.method != "POST" or (known and known != request.user) or (form and not form.is_valid()):
        return _invitation(request, invitation, known, form)
    try:
        return _accept(request, token, known, form)
    except CannotJoin as refused:
        return _not_good(request, refused.standing)


def _accept(request: BoundRequest, token: str, known: Person | None, form: JoinForm | None) -> HttpResponse:
    if known:
        member = people.join(known, token=token)
        request.session.cycle_key()
        UserSession.objects.create_from_request(request)
    else:
        given = form.cleaned_data if form else {}
        person, member = people.join_as_new(token=token, name=given["name"], password=given["password1"])
        get_adapter().login(request, person)
    messages.success(request, _("Welcome to %(name)s!") % {"name": request.organisation.name})
    return redirect(_first_page(member))


def _first_page(member: Member) -> str:
    return reverse("desk:index") if member.is_staff_member else "/"


def _invitation(
    request: BoundRequest, invitation: Invitation, known: Person | None, form: JoinForm | None
) -> HttpResponse:
    inviter = invitation.invited_by
    shown = {
        "mail": invitation.mail,
        "invited_by": inviter.name if inviter else request.organisation.name,
        "roles": [ROLE_LABELS[Role(role)] for role, _team_id in invitation.roles],
    }
    away = known is not None and known != request.user
    login = redirect_to_login(request.path, reverse("account_login")).url if away else ""
    context = {"state": "open", "invitation": shown, "known": known is not None, "login_url": login, "form": form}
    return render(request, "tenancy/join.html", context, status=400 if form and form.errors else 200)


def _not_good(request: BoundRequest, standing: str) -> HttpResponse:
    """Explain; a missing invitation and another organisation's look the same."""
    state, status = SHOWN.get(standing, ("foreign", 404))
    return render(request, "tenancy/join.html", {"state": state}, status=status)


@login_required
@require_GET
def organisations(request: BoundRequest) -> HttpResponse:
    """Where the person belongs."""
    here = Host.name_in(request.get_host())
    context: dict[str, Any] = {
        "nav": "organisations",
        "organisations": organisations_of(cast(Person, request.user), here),
    }
    return render(request, "tenancy/organisations.html", context)


@require_GET
def branding_css(request: BoundRequest) -> HttpResponse:
    """The organisation's colour; a browser that can't do the sums itself gets one that white text can be read on."""
    colour = request.organisation.colour
    style = STYLE.format(colour=colour, readable=readable_under_white(colour))
    response = HttpResponse(style, content_type="text/css; charset=utf-8")
    patch_cache_control(response, private=True, max_age=300)
    return response


@require_GET
def branding_logo(request: BoundRequest) -> HttpResponse:
    """The organisation's logo; its address changes with it."""
    logo = request.organisation.logo
    if not logo:
        raise Http404
    with logo.open("rb") as picture:
        response = HttpResponse(picture.read(), content_type="image/png")
    patch_cache_control(response, **IMMUTABLE)
    return response
