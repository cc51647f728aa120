"""The base of every part of the API: who asks, how often, what their token is good for, and whether it is done already.

In this order: who asks is found out, the request is counted, the right to ask is looked at, then the token's scope, and
last whether the same was answered before.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django.http import HttpResponse
from rest_framework.exceptions import APIException
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from tenancy.api import idempotency, limits, schemes
from tenancy.api.tokens import require_scope
from tenancy.middleware import undo
from tenancy.models import KeptAnswer, Scope
from tenancy.requests import MemberRequest

__all__ = ["GuardedView", "schemes"]  # the schema's names are known as soon as this is imported


class GuardedView(APIView):
    """Stands before every view of the API.

    ``scopes`` says which scope a token needs for each method; a method that is not there takes ``work``.
    """

    scopes: ClassVar[Mapping[str, str]] = {"GET": Scope.READ}
    permission_classes = (IsAuthenticated,)
    allowance: limits.Allowance | None = None
    kept: KeptAnswer | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the request in, or raise."""
        if failed := self.count(request):
            raise failed
        inherited: Any = super()
        inherited.initial(request, *args, **kwargs)
        require_scope(request, self.scopes)
        member = cast(MemberRequest, request._request).member
        self.kept = idempotency.begin(request, member) if member else None

    def count(self, request: Request) -> APIException | None:
        """Count the request for whoever asks, or raise `limits.TooMany`; return why nobody is known to ask."""
        failed = self._whoever_fails(request)
        self.allowance = limits.spend(request)
        limits.refuse_beyond(self.allowance)
        return failed

    def still_shows(self, kept: KeptAnswer) -> bool:
        """Whether the asker may still see what a kept answer tells; asked before it is given once more."""
        return True

    def _whoever_fails(self, request: Request) -> APIException | None:
        """Why nobody can be told from what was sent: to be raised once the attempt is counted."""
        found: Any = self
        try:
            found.perform_authentication(request)
        except APIException as failed:
            return failed
        return None

    def handle_exception(self, exc: Exception) -> Any:
        """Answer again what was answered before, as far as it may still be seen; the rest are errors."""
        inherited: Any = super()
        if isinstance(exc, idempotency.Replay):
            return exc.answer(shown=self.still_shows(exc.kept))
        return inherited.handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep the answer with its key, or take both back; say how much more may be asked."""
        inherited: Any = super()
        answer = inherited.finalize_response(request, response, *args, **kwargs)
        for name, value in self.allowance.headers.items() if self.allowance else ():
            answer.headers[name] = value
        if self.kept and answer.status_code >= 400:
            undo(cast(MemberRequest, request._request))
        elif self.kept:
            _once_rendered(answer, self.kept)
        return answer


def _once_rendered(answer: Any, kept: KeptAnswer) -> None:
    def keep(rendered: HttpResponse) -> None:
        idempotency.keep(kept, rendered)

    answer.add_post_render_callback(keep) if hasattr(answer, "add_post_render_callback") else keep(answer)
