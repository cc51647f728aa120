"""What one is told, and what people here are told who choose nothing."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notifications import choosing, preferences
from notifications.forms import KindsForm, WishesForm
from notifications.kinds import kinds
from tenancy.actions import addresses
from tenancy.doorstep import members_only
from tenancy.models import Membership
from tenancy.refusal import NotPossible
from tenancy.requests import MemberRequest


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def mine(request: MemberRequest) -> HttpResponse:
    """Show and save what the member wishes to be told."""
    membership = Membership.objects.get(pk=request.member.id)
    if "trust" in request.POST:
        addresses.trust(request.member, membership=membership)
        messages.success(request, _("Mails go to your address again."))
        return redirect("notifications:mine")
    own = [kind for kind in kinds() if kind.concerns(request.member)]
    data = request.POST if request.method == "POST" else None
    form = WishesForm(data, kinds=own, wishes=preferences.of(membership))
    if form.is_valid():
        try:
            choosing.choose(request.member, timings=form.timings(), quiet=form.quiet())
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved. It holds for all mails from now on."))
            return redirect("notifications:mine")
    context = {
        "nav": "notifications",
        "form": form,
        "address": membership.mail,
        "refused": membership.mail_refused_at is not None,
        "zone": request.member.time_zone,
    }
    return render(request, "notifications/mine.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def for_all(request: MemberRequest) -> HttpResponse:
    """Show and save what people are told who choose nothing; administrators' business."""
    if not request.member.may("organisation.administer"):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    form = KindsForm(data, kinds=kinds(), chosen=preferences.house())
    if form.is_valid():
        choosing.choose_for_all(request.member, timings=form.timings())
        messages.success(request, _("Saved. It holds for everybody who has not chosen something else."))
        return redirect("desk:notifications")
    context = {**admin.site.each_context(request), "nav": "setup", "form": form}
    return render(request, "notifications/for_all.html", context, status=422 if form.errors else 200)
