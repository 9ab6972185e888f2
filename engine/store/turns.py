"""Turns: what only one transaction at a time may do, of all processes on this database."""

from sqlalchemy import Connection, func, select, text

MIGRATING, LOADING, FURNISHING = 0x5065706D, 0x5065706C, 0x50657066
CALENDAR, TELLING, LOOKING = 0x50657063, 0x50657074, 0x5065706F
"""Numbers of PostgreSQL's advisory locks. Many open cases by the calendar, or one changes it."""


def take_turn(connection: Connection, turn: int, *, however_long: bool = False) -> None:
    """Wait until nobody else has this turn; it ends with the transaction.

    For as long as for any lock, unless what others do in their turn may take `however_long`. On
    SQLite whoever writes is alone in any case.
    """
    if connection.dialect.name == "postgresql":
        if however_long:
            connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(select(func.pg_advisory_xact_lock(turn)))


def share_turn(connection: Connection, turn: int) -> None:
    """Have it together with others who share it, while nobody takes it alone."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock_shared(turn)))
