"""What a database says when it cannot be used, in a sentence for whoever set Pepway up."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.util import CommandError
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError

from engine.errors import Refused


class DatabaseTrouble(Refused):
    """Pepway cannot work with the database."""


@contextmanager
def database_trouble_in_words() -> Iterator[None]:
    """Raises `DatabaseTrouble` where the database is away, shut, no database or a later one."""
    try:
        yield
    except (IntegrityError, DataError):
        raise  # ours to explain: the database itself is well
    except DatabaseError as problem:
        msg = (
            "Pepway cannot work with the database. Check PEPWAY_DATABASE_URL, and that the "
            f"database is there and lets Pepway in. It says: {_reason(problem)}"
        )
        raise DatabaseTrouble(msg) from problem
    except CommandError as problem:
        msg = (
            "The database was made by another version of Pepway, with tables that this version "
            "does not know. Run that version, or set PEPWAY_DATABASE_URL to another database."
        )
        raise DatabaseTrouble(msg) from problem


def _reason(problem: DatabaseError) -> str:
    """The driver's own words on one line: of a connection that failed, where and why.

    What follows the first line is detail, and may hold values.
    """
    lines = str(problem.orig).strip().splitlines()
    return lines[0].strip().rstrip(".") + "." if lines else "nothing."
