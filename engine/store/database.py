"""Opens the database: SQLite or PostgreSQL, durable in both."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Engine, NullPool, QueuePool, create_engine, event
from sqlalchemy.exc import SQLAlchemyError, TimeoutError
from sqlalchemy.orm import Session, sessionmaker

from engine.answering import notice_statements
from engine.store import second_wall
from engine.store.address import LONGEST_WAIT_FOR_A_LOCK, options, read_address
from engine.store.appended import append_together

PREPARED_AT, MOST_PREPARED = 2, 500
"""The time that a statement comes on a connection, and how many are kept there (a few kilobytes
each in the server). Pepway's pages have some three hundred: of psycopg's hundred each one put out
another before it came again, and all were planned anew, at a third more work for the server."""

READS_ONE_MOMENT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Database:
    """One council's database. Every transaction is durable once it has committed."""

    def __init__(self, url: str) -> None:
        """Raises `sqlalchemy.exc.ArgumentError` where `url` is not a database's address.

        An error of the database never carries a statement's values into the log.
        """
        address = read_address(url)
        self.is_sqlite = address.get_backend_name() == "sqlite"
        self.file = address.database if self.is_sqlite else None
        self.engine = _sqlite(address) if self.is_sqlite else _postgresql(address)
        notice_statements(self.engine)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        append_together(self._sessions)
        self._turn = threading.Lock()

    @contextmanager
    def transaction(self, *, writing: bool = True) -> Iterator[Session]:
        """A session that commits on leaving and rolls back on any exception.

        On SQLite a writing transaction takes the write lock at once (`BEGIN IMMEDIATE`). One that
        only reads sees a single moment, and keeps nothing.
        """
        turn = self._turn_to_write() if writing and self.is_sqlite else nullcontext()
        ending = _commit if writing else _let_go
        with turn as left, self._sessions() as session:
            if self.is_sqlite:
                session.connection(execution_options={"pepway_waits_to_write": left})
            elif not writing:
                session.connection(execution_options=READS_ONE_MOMENT)
            with ending(session):
                yield session

    @property
    def connections_in_use(self) -> int:
        pool = self.engine.pool
        return pool.checkedout() if isinstance(pool, QueuePool) else 0

    @contextmanager
    def as_owner(self) -> Iterator[Engine]:
        """Connections that stay what the address says, in front of the second wall: for whoever
        migrates. Those of the application are opened anew afterwards, and take its role."""
        if self.is_sqlite:
            yield self.engine
            return
        url = self.engine.url
        engine = create_engine(url, hide_parameters=True, poolclass=NullPool,
                               connect_args={"options": options(url)})
        try:
            yield engine
        finally:
            self.engine.dispose()

    @contextmanager
    def _turn_to_write(self) -> Iterator[float]:
        """Writers of this process wait here for one another: SQLite's own waiting looks again only
        after up to a tenth of a second, and lets whoever came last go first. Gives the seconds that
        are left to wait for other processes."""
        until = time.monotonic() + LONGEST_WAIT_FOR_A_LOCK
        if not self._turn.acquire(timeout=LONGEST_WAIT_FOR_A_LOCK):
            msg = "another writer of this process is not done"
            raise TimeoutError(msg)
        try:
            yield max(until - time.monotonic(), 0)
        finally:
            self._turn.release()


@contextmanager
def _commit(session: Session) -> Iterator[None]:
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def _let_go(session: Session) -> Iterator[None]:
    """What was read stays read, though the database dies before the transaction has ended.

    On PostgreSQL it ends by a commit, which cannot keep anything: at a rollback psycopg forgets all
    statements that it has prepared, and each is planned anew, for twice the time of a completion.
    """
    end = session.rollback
    try:
        yield
        if session.get_bind().dialect.name == "postgresql":
            end = session.commit
    finally:
        session.expunge_all()  # else a rollback takes back from its rows what was read of them
        try:
            end()
        except SQLAlchemyError:
            session.invalidate()


def _sqlite(url: Any) -> Engine:
    engine = create_engine(
        url, hide_parameters=True,
        connect_args={"timeout": LONGEST_WAIT_FOR_A_LOCK, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        waits = connection.get_execution_options().get(
            "pepway_waits_to_write", LONGEST_WAIT_FOR_A_LOCK
        )
        if waits is None:
            connection.exec_driver_sql("BEGIN")
            return
        connection.connection.execute(f"PRAGMA busy_timeout={round(waits * 1000)}").close()
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _postgresql(url: Any) -> Engine:
    """A connection that died while nobody used it is replaced before anyone notices. Each works as
    the application, behind the second wall. The one last used is used first: it has most prepared.
    """
    engine = create_engine(
        url, hide_parameters=True, pool_pre_ping=True, pool_use_lifo=True,
        connect_args={"options": options(url), "prepare_threshold": PREPARED_AT},
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.prepared_max = MOST_PREPARED
        second_wall.work_as_the_application(connection)

    return engine
