"""What an unexpected fault was: whether it passes by itself, and for the log, where it happened."""

import traceback
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError, TimeoutError

PASSING = ("08", "40", "53300", "55P03", "57P", "25006")
"""How PostgreSQL's codes begin for: connections, collisions, too many clients, a lock that is held,
a server that stops or starts, one that takes no writes (a standby)."""
OUT_OF_USE = tuple(f"SQLITE_{code}" for code in (
    "BUSY", "LOCKED", "CANTOPEN", "FULL", "IOERR", "READONLY", "NOMEM",
))
"""How SQLite's begin for a file that cannot be used just now."""


def where(fault: BaseException) -> str:
    """The kinds of error and the lines of code that led to them, the first cause first.

    Without their messages: those of a database, a parser or a conversion quote what was typed.
    """
    told: list[str] = []
    for each in _causes(fault):
        lines = "".join(traceback.format_tb(each.__traceback__))
        told.append(f"{lines}{type(each).__module__}.{type(each).__qualname__}")
    return "\nthen:\n".join(reversed(told))


def is_passing(fault: BaseException) -> bool:
    """Whether the same may well go through in a moment: the database is away, or busy."""
    return any(_passes(each) for each in _causes(fault))


def _passes(fault: BaseException) -> bool:
    if isinstance(fault, TimeoutError):  # no connection of the pool is free
        return True
    if not isinstance(fault, DBAPIError):
        return False
    said = fault.orig
    if type(said).__module__.startswith("sqlite3"):
        return getattr(said, "sqlite_errorname", "").startswith(OUT_OF_USE)
    code = getattr(said, "sqlstate", None)
    no_answer = code is None and type(said).__name__ in ("OperationalError", "ConnectionTimeout")
    return fault.connection_invalidated or no_answer or str(code).startswith(PASSING)


def _causes(fault: BaseException) -> Iterator[BaseException]:
    """The fault, and what led to it."""
    at: BaseException | None = fault
    while at is not None:
        yield at
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
