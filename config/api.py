"""How the API answers an error."""

from typing import Any

from django.db import transaction
from rest_framework.response import Response
from rest_framework.views import exception_handler


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer as DRF does, and undo what the view wrote.

    DRF's own roll-back looks at ATOMIC_REQUESTS; our transaction is the binder's.
    """
    transaction.set_rollback(True)
    response: Response | None = exception_handler(error, context)
    return response
