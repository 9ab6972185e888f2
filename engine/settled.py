"""Up to which number of `event` and `audit` no row can come any more.

On PostgreSQL a row with a lower `seq` may be committed after one with a higher: whoever wrote it
took its number early and is still at work. So the highest number is noted, and then everyone who
is writing at that moment is waited for. Numbers up to the noted one were all given out before; once
those writers are done, each of them is committed or will never be used. What is read in a
transaction that begins after that has them all.
"""

import time
from collections.abc import Collection

from sqlalchemy import ARRAY, String, bindparam, func, select, text
from sqlalchemy.orm import Session

from engine.seal import SEALED_TABLES, SealedBatch
from engine.store.models import Event
from engine.work import Work, query

PATIENCE_SECONDS = 1.0

_WRITING_NOW = text(
    "SELECT virtualtransaction FROM pg_locks"
    " WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND relation = ANY (CAST(:tables AS regclass[]))"
).bindparams(bindparam("tables", type_=ARRAY(String)))


@query
def events_settled(work: Work) -> int:
    """For whoever follows events by their number. To be asked before the moment that is then read.

    Where somebody writes on and on, no more than the chain vouches for.
    """
    session = work.session
    latest = newest(session, Event.__tablename__)
    in_the_chain = session.scalar(
        select(SealedBatch.event_to).order_by(SealedBatch.number.desc()).limit(1)) or 0
    if (latest == in_the_chain or work.installation.database.is_sqlite
            or not writers_left(session, [Event.__tablename__])):
        return latest
    return in_the_chain


def newest(session: Session, name: str) -> int:
    """The highest number of a table that is committed."""
    table = SEALED_TABLES[name]
    return session.scalar(select(func.coalesce(func.max(table.c.seq), 0))) or 0


def writers_left(session: Session, tables: Collection[str]) -> int:
    """How many of those who are writing as this begins have not committed or rolled back soon.

    An INSERT locks its table before it takes a number and keeps the lock to the end of its
    transaction. Nobody is held up, and who begins later is not waited for.
    """
    asked = {"tables": list(tables)}
    writing = set(session.scalars(_WRITING_NOW, asked))
    give_up = time.monotonic() + PATIENCE_SECONDS
    while writing and time.monotonic() < give_up:
        time.sleep(0.01)
        writing.intersection_update(session.scalars(_WRITING_NOW, asked))
    return len(writing)
