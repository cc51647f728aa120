"""Count a page's statements, and note those of its view, when the generator asks by a header; else do nothing."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]
Statement = tuple[str, Any]
HEADER = "X-Bench-Note"
KEPT = "bench_said"
CONTROL = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK", "BEGIN", "SELECT set_config(")

noted: dict[str, list[Statement]] = {}
"""The statements of each page's view, by the name that the generator gave the page."""


class Outermost:
    """Counts every statement of a request; transaction control and binding alone are none."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if HEADER not in request.headers:
            return self.get_response(request)
        said: list[Statement] = []
        setattr(request, KEPT, said)

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if not sql.startswith(CONTROL):
                said.append((sql, params))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            response = self.get_response(request)
        response["X-Bench-Statements"] = str(len(said))
        return response


class Innermost:
    """Keeps what the view alone asked: the bare view asks just that."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said: list[Statement] | None = getattr(request, KEPT, None)
        before = len(said or ())
        response = self.get_response(request)
        if said is not None:
            noted[request.headers[HEADER]] = said[before:]
        return response
