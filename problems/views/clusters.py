"""The desk's pages of clusters: what was found, and deciding about it. The desk's site guards the door."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from problems import actions
from problems.clusters import apart, category_names, incidents_of, people_of, rule, waiting
from problems.forms.clusters import ClusterForm, DismissForm
from problems.models import Cluster
from problems.views import cluster_shape
from problems.views.desk import said_by, tabs_for
from tenancy import clock
from tenancy.members import Member
from tenancy.refusal import NotPossible
from tenancy.requests import MemberRequest

PER_PAGE = 20
FORMS = ["GET", "HEAD", "POST"]
# So many of its incidents are listed where it is decided about them; all of them get the problem.
SHOWN = 50


@require_safe
def clusters(request: MemberRequest) -> HttpResponse:
    """What was reported more often than usual, and has no problem yet."""
    request.member.require("problem.read")
    page = Paginator(waiting(request.member, clock.now()), PER_PAGE).get_page(request.GET.get("page"))
    shown = apart(page.object_list)
    found = incidents_of(shown, request.member)
    people, names = people_of(found), category_names(shown)
    context = {
        **_page(request),
        "tabs": tabs_for(request.member, "clusters"),
        "rows": [cluster_shape.row(one, found[one.pk], people[one.pk], names) for one in shown if found[one.pk]],
        "page": page,
        "rule": rule(),
        "may_raise": request.member.may("problem.raise"),
    }
    return render(request, "problems/clusters.html", context)


@require_http_methods(FORMS)
def raise_for(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Raise a problem that causes a cluster's incidents."""
    record = _find(request.member, public_id)
    found = incidents_of([record], request.member)[record.pk]
    form = ClusterForm(request.POST if request.method == "POST" else None, initial=said_by(found))

    def act() -> HttpResponse:
        made = actions.raise_for_cluster(request.member, cluster=public_id, description=form.described())
        messages.success(request, _("Raised as %(number)s.") % {"number": made.label})
        return redirect("desk:problem", made.number)

    return _decide(request, record, form, act, "problems/cluster_raise.html")


@require_http_methods(FORMS)
def dismiss(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Say why a cluster is no problem."""
    record = _find(request.member, public_id)
    form = DismissForm(request.POST if request.method == "POST" else None)

    def act() -> HttpResponse:
        actions.dismiss(request.member, cluster=public_id, reason=form.cleaned_data["reason"])
        messages.success(request, _("Dismissed."))
        return redirect("desk:clusters")

    return _decide(request, record, form, act, "problems/cluster_dismiss.html")


def _find(member: Member, public_id: UUID) -> Cluster:
    """The cluster for somebody who may decide about it, or 404."""
    member.require("problem.raise")
    seen = Cluster.objects.all().visible_to(member).select_related("service", "category", "problem")
    record = seen.filter(public_id=public_id).first()
    if record is None:
        raise Http404
    return record


def _decide(
    request: MemberRequest, record: Cluster, form: Any, act: Callable[[], HttpResponse], template: str
) -> HttpResponse:
    """Do it, or show the form again with the reason why not."""
    status = 200
    if form.is_bound and form.is_valid():
        try:
            return act()
        except NotPossible as refused:
            form.add_error(None, str(refused))
            status = 409
    elif form.is_bound:
        status = 422
    found = incidents_of([record], request.member)
    those, people = found[record.pk], people_of(found)[record.pk]
    context = {
        **_page(request),
        "cluster": cluster_shape.row(record, those, people, category_names([record])),
        "incidents": [cluster_shape.incident(one) for one in those[:SHOWN]],
        "more": max(0, len(those) - SHOWN),
        "form": form,
    }
    return render(request, template, context, status=status)


def _page(request: MemberRequest) -> dict[str, Any]:
    return {**admin.site.each_context(request), "nav": "problems"}
