"""Turns: what only one transaction at a time may do, of all processes on this database."""

from sqlalchemy import Connection, func, select, text

MIGRATING, LOADING, FURNISHING = 0x5065706D, 0x5065706C, 0x50657066
"""Numbers of PostgreSQL's advisory locks."""


def take_turn(connection: Connection, turn: int) -> None:
    """Wait, however long, until nobody else has this turn; it ends with the transaction.

    On SQLite whoever writes is alone in any case.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(select(func.pg_advisory_xact_lock(turn)))
