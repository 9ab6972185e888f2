"""A database at one address that is put back, again and again, to how it once stood."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from postgres import Postgres

BESIDE = ("", "-wal", "-shm", "-journal")


class SqliteStore:
    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._file, self._kept = folder / "pepway.db", folder / "kept.db"
        self.url = f"sqlite:///{self._file}"

    def keep(self) -> None:
        """How it stands now is what it is put back to. Nobody may have it open; whoever had it was
        killed and has left the end of it in the log beside."""
        with closing(sqlite3.connect(self._file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(self._file, self._kept)

    def put_back(self) -> None:
        for end in BESIDE:
            self._file.with_name(self._file.name + end).unlink(missing_ok=True)
        shutil.copyfile(self._kept, self._file)


class PostgresStore:
    """Rows are put back, not the database: that takes a hundredth of the time."""

    name = "postgresql"

    def __init__(self, server: Postgres) -> None:
        self.url = server.new_database()
        self._connection = psycopg.connect(self.url, autocommit=True)
        self._put_back, self._times = "", 0

    def keep(self) -> None:
        say = self._connection.execute
        tables = [name for (name,) in say(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )]
        say("CREATE SCHEMA kept")
        for table in tables:
            say(f'CREATE TABLE kept."{table}" AS TABLE public."{table}"')
        say("SET session_replication_role = replica")  # no references, no triggers
        self._put_back = "; ".join(
            f'DELETE FROM public."{table}"; INSERT INTO public."{table}" '  # noqa: S608
            f'OVERRIDING SYSTEM VALUE SELECT * FROM kept."{table}"' for table in tables
        )

    def put_back(self) -> None:
        """Waits for whatever a server that was killed still holds."""
        self._connection.execute(self._put_back)
        self._times += 1
        if self._times % 50 == 0:
            self._connection.execute("VACUUM")

    def close(self) -> None:
        self._connection.close()


Store = SqliteStore | PostgresStore


@contextmanager
def new_store(name: str, folder: Path, server: Postgres | None = None) -> Iterator[Store]:
    """`server` is a PostgreSQL that runs; without one the store has its own."""
    if name == "sqlite":
        yield SqliteStore(folder)
        return
    running = server or Postgres()
    if server is None:
        running.start()
    store = PostgresStore(running)
    try:
        yield store
    finally:
        store.close()
        if server is None:
            running.stop()
