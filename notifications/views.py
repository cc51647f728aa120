"""What one is told, and what people here are told who choose nothing."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from notifications import choosing, links, preferences
from notifications.forms import WORDS, KindsForm, WishesForm
from notifications.kinds import Kind, kinds
from notifications.models import OutboxMessage
from notifications.wishes import Wishes
from tenancy.actions import addresses
from tenancy.doorstep import members_only
from tenancy.models import Membership
from tenancy.refusal import NotPossible
from tenancy.requests import BoundRequest, MemberRequest


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


@never_cache
@require_safe
def why(request: BoundRequest, token: str) -> HttpResponse:
    """Explain a message to whoever has it; nobody needs to be signed in, and nothing is changed here."""
    try:
        claims = links.read(token, links.WHY, request.organisation.id, links.WHY_VALID_FOR)
    except links.Expired:
        return render(request, "notifications/why.html", {"state": "expired"}, status=410)
    except links.BadLink:
        return render(request, "notifications/why.html", {"state": "foreign"}, status=404)
    found = OutboxMessage.objects.select_related("to", "lead").filter(public_id=str(claims["message"])).first()
    if found is None or found.to is None:
        return render(request, "notifications/why.html", {"state": "foreign"}, status=404)
    zone, language = found.to.time_zone or request.organisation.time_zone, found.to.language or found.language
    with timezone.override(zone), translation.override(language):
        return render(request, "notifications/why.html", {"state": "open", **_explained(found, found.to)})


def _explained(message: OutboxMessage, to: Membership) -> dict[str, Any]:
    """Which event it was, which parts of theirs led to it, and what their wishes say."""
    sent_in = message.lead or message
    told = [sent_in, *OutboxMessage.objects.filter(lead=sent_in).order_by("id")]
    topics = {one.facts.get("topic", "") for one in told}
    wishes = preferences.of(to)
    return {
        "message": message,
        "told": [{"number": one.record, "title": one.facts.get("title", ""), "at": one.created_at} for one in told],
        "reasons": list(dict.fromkeys(reason for one in told for reason in one.facts.get("reasons", ()))),
        "kinds": [{"kind": kind, **_wished(kind, wishes)} for kind in kinds() if kind.name in topics],
        "wishes": wishes,
    }


def _wished(kind: Kind, wishes: Wishes) -> dict[str, Any]:
    """What holds for a kind, and who said so."""
    own = kind.name in wishes.own
    return {"timing": WORDS[wishes.timing(kind.name)], "own": own, "house": not own and kind.name in wishes.house}
