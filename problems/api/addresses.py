"""Find what an address names, and say where something stands."""

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter

from problems.api.whole import RELATED
from problems.models import PREFIX, Problem
from tenancy.members import Member

LABEL = OpenApiParameter(
    "number",
    {"type": "string", "pattern": f"^{PREFIX}[1-9][0-9]{{0,8}}$"},
    OpenApiParameter.PATH,
    description="The number as people write it: PRB-1042.",
)


def seen(member: Member, number: int) -> Problem | None:
    """The problem with what a body shows of it, or None; who sees none at all is told so, whatever they name."""
    member.require("problem.read")
    return Problem.objects.visible_to(member).select_related(*RELATED).filter(number=number).first()


def one_of(member: Member, number: int) -> Problem:
    """The same, or 404."""
    problem = seen(member, number)
    if problem is None:
        raise Http404
    return problem


def version_of(problem: Problem) -> str:
    """The problem's own state: every step counts it up, whatever is renamed around it leaves it."""
    return f"{problem.label}-{round(problem.updated_at.timestamp() * 1_000_000):x}"


def address_of(problem: Problem) -> str:
    """The address of a problem."""
    return reverse("api:problem", args=[problem.number])
