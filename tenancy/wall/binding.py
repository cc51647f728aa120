"""Bind a transaction to one organisation: for Python by a context variable, for PostgreSQL by a setting."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction
from psycopg import OperationalError
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from structlog.contextvars import bound_contextvars

_organisation_id: ContextVar[int | None] = ContextVar("organisation_id", default=None)


class Unbound(RuntimeError):
    """Something looked at an organisation's data without saying which organisation."""


def current_organisation_id() -> int:
    """Return the bound organisation's id; raise `Unbound` where there is none."""
    organisation_id = _organisation_id.get()
    if organisation_id is None:
        raise Unbound("No organisation is bound: wrap this in `with bound(organisation_id):`.")
    return organisation_id


def refuse_unbound() -> None:
    """Raise `Unbound` unless an organisation is bound."""
    current_organisation_id()


@contextmanager
def standing_in(number: int) -> Iterator[None]:
    """Let a number stand for the organisation while a statement is written, not asked: no row is in reach of it."""
    token = _organisation_id.set(number)
    try:
        yield
    finally:
        _organisation_id.reset(token)


@contextmanager
def bound(organisation_id: int) -> Iterator[None]:
    """Open a transaction in which only this organisation's rows exist.

    The setting is local to the transaction, so a pooled connection carries nothing over. It survives the
    release of a savepoint, hence a nested binding puts the outer one back itself.
    """
    token = _organisation_id.set(organisation_id)
    outer = token.old_value if isinstance(token.old_value, int) else None
    try:
        with bound_contextvars(organisation=organisation_id), transaction.atomic():
            _begin(organisation_id)
            yield
            if outer is not None:
                _tell_database(outer)
    finally:
        _organisation_id.reset(token)


def _tell_database(organisation_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.organisation_id', %s, true)", [str(organisation_id)])


def _begin(organisation_id: int) -> None:
    """Begin the transaction and say whose it is, in one message: the round trip was most of what the wall cost.

    psycopg begins by itself, in a message of its own, before the first statement; here that would be too early.
    Looking for the best order of eight joined tables took PostgreSQL far longer (11 ms) than reading them (0.4 ms):
    from five on it now looks in parts.
    """
    connection.ensure_connection()
    line = connection.connection.pgconn
    if line.transaction_status != TransactionStatus.IDLE:
        _tell_database(organisation_id)
        return
    _say(line, f"BEGIN; SELECT {_told(organisation_id)}", ExecStatus.TUPLES_OK)


def said(organisation_id: int, call: str) -> Callable[[], None]:
    """Have a function called in a transaction of its own, bound to the organisation, all in one message.

    What is returned waits until it is done, and raises what went wrong; until then the connection answers nobody else.
    PostgreSQL carries it out, whatever becomes of us. Nothing is filled in: there may be no texts of others in it.
    """
    connection.ensure_connection()
    line = connection.connection.pgconn
    if line.transaction_status != TransactionStatus.IDLE:
        with bound(organisation_id), connection.cursor() as cursor:
            cursor.execute(f"SELECT {call}")
        return lambda: None
    with connection.wrap_database_errors:
        line.send_query(f"SELECT {_told(organisation_id)}; SELECT {call}".encode())
    return lambda: _hear(line, _results(line), ExecStatus.TUPLES_OK)


def _results(line: PGconn) -> Iterator[PGresult]:
    while result := line.get_result():
        yield result


def _told(organisation_id: int) -> str:
    settings = {"app.organisation_id": int(organisation_id), "join_collapse_limit": 4}
    return ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())


def _say(line: PGconn, words: str, expected: ExecStatus) -> None:
    with connection.wrap_database_errors:
        _hear(line, [line.exec_(words.encode())], expected)


def _hear(line: PGconn, results: Iterable[PGresult], expected: ExecStatus) -> None:
    """Listen to the end; the last word counts."""
    with connection.wrap_database_errors:
        *_others, last = results
        if last.status != expected:
            if line.status == ConnStatus.BAD:  # no word of PostgreSQL's says so: it is gone
                raise OperationalError("the connection was lost") from error_from_result(last)
            raise error_from_result(last)
