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
    Of one that passes by itself only the kinds: it is the database that is away, not the code.
    """
    if is_passing(fault):
        return kinds(fault)
    told: list[str] = []
    for each in _causes(fault):
        lines = "".join(traceback.format_tb(each.__traceback__))
        told.append(f"{lines}{_kind(each)}")
    return "\nthen:\n".join(reversed(told))


def kinds(fault: BaseException) -> str:
    """The kinds of error in one line, the first cause first."""
    return ", then ".join(reversed([_kind(each) for each in _causes(fault)]))


def is_passing(fault: BaseException) -> bool:
    """Whether the same may well go through in a moment: the database is away, or busy."""
    return any(_passes(each) for each in _causes(fault))


def is_cut_off(fault: BaseException) -> bool:
    """Whether the connection to the database was lost: nothing more can be said to it now."""
    return any(_cuts_off(each) for each in _causes(fault))


def _passes(fault: BaseException) -> bool:
    if isinstance(fault, TimeoutError):  # no connection of the pool is free
        return True
    said = fault.orig if isinstance(fault, DBAPIError) else fault
    if type(said).__module__.startswith("sqlite3"):
        return getattr(said, "sqlite_errorname", "").startswith(OUT_OF_USE)
    if _cuts_off(fault):
        return True
    if not any(each.__module__.startswith("psycopg") for each in type(said).__mro__):
        return False
    code = getattr(said, "sqlstate", None)
    kinds_of = {each.__name__ for each in type(said).__mro__}
    return str(code).startswith(PASSING) if code else "OperationalError" in kinds_of


def _cuts_off(fault: BaseException) -> bool:
    return isinstance(fault, DBAPIError) and fault.connection_invalidated


def _kind(fault: BaseException) -> str:
    return f"{type(fault).__module__}.{type(fault).__qualname__}"


def _causes(fault: BaseException) -> Iterator[BaseException]:
    """The fault, and what led to it."""
    at: BaseException | None = fault
    while at is not None:
        yield at
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
