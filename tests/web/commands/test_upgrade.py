"""Cases in flight go on after an upgrade, by the command that README tells, on both stores.

`council-of-0004.db.xz` is a database as Pepway made it before its fifth migration, by the verbs
that people use: a child's plan to which everyone adds, another just begun, and a visit beside it,
with their timers, messages that wait, and an audit under the key that the tests use.
"""

import json
import lzma
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from alembic import command
from alembic.config import Config
from beginning import AUDIT_KEY
from oracle import wrong_with
from sqlalchemy import JSON, Boolean, Date, DateTime, MetaData, Uuid, insert, make_url, select, text

from engine.background import Embedded
from engine.domain import SYSTEM
from engine.due import may_fire
from engine.store.database import Database
from engine.store.models import Outbox, Task, TaskStatus, Timer, TimerStatus
from engine.store.schema import MIGRATIONS
from workflows.people import Person

BEFORE = Path(__file__).with_name("council-of-0004.db.xz")
KEY = AUDIT_KEY.decode()
PEPWAY = str(Path(sys.executable).with_name("pepway"))


def of_0004(url, store, folder):
    """The database at this address becomes the one of before."""
    file = folder / "before.db"
    file.write_bytes(lzma.decompress(BEFORE.read_bytes()))
    if store == "sqlite":
        file.rename(make_url(url).database)
        return
    database = Database(url)
    with database.engine.begin() as connection, closing(sqlite3.connect(file)) as before:
        before.row_factory = sqlite3.Row
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                _copy(table, before, connection)
    database.engine.dispose()


def _copy(table, before, connection):
    rows = [
        {column.name: _as(column.type, row[column.name]) for column in table.columns}
        for row in before.execute(f'SELECT * FROM "{table.name}"')  # noqa: S608
    ]
    if rows:
        connection.execute(insert(table), rows)
    for column in table.columns:
        if column.identity or column.autoincrement is True:
            connection.execute(text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "  # noqa: S608
                f"max({column.name}) + 1, false) FROM \"{table.name}\""
            ))


def _as(kind, value):
    """What SQLite keeps as text, as PostgreSQL has it."""
    if value is None:
        return None
    if isinstance(kind, Uuid):
        return UUID(value)
    for wanted, read in ((DateTime, datetime.fromisoformat), (Date, date.fromisoformat),
                         (Boolean, bool), (JSON, json.loads)):
        if isinstance(kind, wanted):
            return read(value)
    return value


@pytest.fixture
def council(database_url, store, tmp_path, at_work):
    """As it stands after the upgrade, a day later."""
    of_0004(database_url, store, tmp_path)
    subprocess.run([PEPWAY, "migrate"], check=True, cwd=tmp_path, env={
        **{name: value for name, value in os.environ.items() if name[:7] != "PEPWAY_"},
        "PEPWAY_SECRET_KEY": "s" * 32, "PEPWAY_AUDIT_KEY": KEY,
        "PEPWAY_DATABASE_URL": database_url,
    })
    database = Database(database_url)
    with database.transaction(writing=False) as session:
        people = {person.email.partition("@")[0]: person.id
                  for person in session.scalars(select(Person))}
    database.engine.dispose()
    with at_work(database_url, people) as council:
        council.clock.move_on(timedelta(days=1))
        yield council


def open_steps(council):
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        return sorted(work.session.scalars(
            select(Task.element).where(Task.status == TaskStatus.OPEN)
        ))


def test_cases_in_flight_go_on_after_an_upgrade(council, database_url):
    assert wrong_with(database_url, audit_key=KEY) == []
    before = open_steps(council)

    council.do("wilma", "initiate_pep")
    council.do("wilma", "visit")
    council.do("tara", "agree")
    council.do("tara", "complete_education_sections")

    opened, done = Counter(open_steps(council)), Counter(before)
    assert (done - opened).keys() == {"initiate_pep", "visit", "agree",
                                      "complete_education_sections"}
    assert (opened - done).keys() >= {"allocate_caseworker", "file"}
    assert "File the visit" in council.sign_in("vera").visitor.open("/tasks").text
    assert wrong_with(database_url, audit_key=KEY) == []


def test_timers_and_messages_of_before_an_upgrade_fire_and_leave(council, database_url):
    left = []
    council.clock.move_on(timedelta(days=8))

    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        due = set(work.session.scalars(select(Timer.id).where(may_fire(council.clock.now()))))
        waiting = list(work.session.scalars(
            select(Outbox.id).where(Outbox.sent_at.is_(None)).order_by(Outbox.created_at)
        ))
    assert len(due) > 5
    assert len(waiting) == 17
    Embedded(council.installation, left.append).one_round()

    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        fired = set(work.session.scalars(
            select(Timer.id).where(Timer.status == TimerStatus.FIRED)
        ))
    assert due <= fired
    assert set(waiting) <= {message.id for message in left}
    assert len(left) == len({message.id for message in left})
    assert wrong_with(database_url, audit_key=KEY) == []
