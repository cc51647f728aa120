"""The base of every part of the API: who asks is known, and what their token is good for is kept to."""

from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.views import APIView

from tenancy.api import schema
from tenancy.api.tokens import MayByToken


class GuardedView(APIView):
    """Open to members, by session or token.

    ``scopes`` says which scope a token needs for each method; a method that is not there takes ``work``.
    """

    scopes: dict[str, str] = {}
    permission_classes: list[type[BasePermission]] = [IsAuthenticated, MayByToken]


__all__ = ["GuardedView", "schema"]  # the schema's names are known as soon as it is imported
