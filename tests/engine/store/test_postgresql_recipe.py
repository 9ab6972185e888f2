"""What README says of PostgreSQL's backup is run as it stands there, on a server of its own."""

import re
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from diagrams import two_signatures
from plain_domain import ANN, BEN, CAT, CHILD, PlainDomain
from postgres import Postgres
from sqlalchemy import select, text

from engine.cases import open_case
from engine.clock import FixedClock
from engine.domain import SYSTEM
from engine.releases import load_folder
from engine.store.database import Database
from engine.store.models import Case, Task
from engine.store.schema import is_current, is_past_the_wall, may_migrate, migrate
from engine.tampering import find_tampering
from engine.tasks import complete_task
from engine.work import Installation

README = Path(__file__).parents[3] / "web/commands/README.md"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Recipe:
    """The scripts of README's section, in their order, with this server's own folders."""

    def __init__(self, server):
        section = README.read_text().partition("\n### PostgreSQL\n")[2].partition("\n## ")[0]
        scripts = re.findall(r"^```sh\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
        self.logins, self.archive, self.base, self.restore, self.dump, self.load = scripts
        self._server = server

    def run(self, script, moment=None):
        said = script.replace("/srv", f"{self._server.folder}/srv")
        if moment:
            assert "2026-03-25 09:41:00+00" in said
            said = said.replace("2026-03-25 09:41:00+00", moment)
        self._server.shell(said)


@pytest.fixture
def server():
    """A server that is started by its data alone, as README starts it after a recovery."""
    started = Postgres()
    started.start()
    started.shell(
        'psql -d postgres -c "CREATE DATABASE pepway" -c "ALTER SYSTEM SET port = $PGPORT" '
        f"""-c "ALTER SYSTEM SET unix_socket_directories = '{started.folder}'" """
        '-c "ALTER SYSTEM SET fsync = off"; mkdir -p srv/archive srv/backup'
    )
    yield started
    started.stop()


@pytest.fixture
def recipe(server):
    return Recipe(server)


@contextmanager
def pepway_on(server, name="pepway"):
    """A Pepway with a plain domain, from its start to its end."""
    database = Database(server.url(name))
    try:
        migrate(database)
        yield Installation(database, FixedClock(NOW), PlainDomain(), b"test key")
    finally:
        database.engine.dispose()


def do(installation, case, element, actor, **answers):
    wanted = (Task.case_id == case, Task.element == element, Task.status == "open")
    with installation.acting(ANN).begin(writing=False) as work:
        task = work.session.scalars(select(Task.id).where(*wanted)).one()
    return complete_task(installation.acting(actor), task, answers)


def open_steps(installation):
    """By case."""
    with installation.acting(ANN).begin(writing=False) as work:
        rows = work.session.execute(
            select(Case.id, Task.element).join(Task).where(Task.status == "open")
        ).all()
    return {case: {element for id_, element in rows if id_ == case} for case, _ in rows}


def letter(installation):
    return open_case(installation.acting(ANN), "letter", CHILD)


def test_recovery_to_a_moment_has_what_was_there_and_nothing_later(server, recipe):
    recipe.run(recipe.archive)
    with pepway_on(server) as pepway:
        load_folder(pepway.acting(ANN), "letter", two_signatures())
        before = letter(pepway)
        recipe.run(recipe.base)
        after = letter(pepway)
        do(pepway, before, "write", ANN, letter_text="Dear all")
        moment, as_it_stood = now_on(server), open_steps(pepway)
        do(pepway, before, "sign_teacher", BEN)
        do(pepway, after, "write", ANN, letter_text="Too late")
        too_late = letter(pepway)
    server.shell('psql -d postgres -c "SELECT pg_switch_wal()" -c CHECKPOINT')
    wait_for_archive(server)

    server.shell('pg_ctl stop -m immediate; rm -rf "$PGDATA"')
    recipe.run(recipe.restore, moment)

    with pepway_on(server) as pepway:
        assert open_steps(pepway) == as_it_stood
        assert as_it_stood == {before: {"sign_teacher", "sign_social_worker"}, after: {"write"}}
        assert too_late not in as_it_stood
        assert find_tampering(pepway.acting(SYSTEM)).findings == []
        do(pepway, before, "sign_teacher", BEN)
        do(pepway, before, "sign_social_worker", ANN)
        assert do(pepway, before, "check", CAT, rating="green").case_status == "ended"


def test_a_dump_is_loaded_elsewhere(server, recipe):
    with pepway_on(server) as pepway:
        load_folder(pepway.acting(ANN), "letter", two_signatures())
        case = letter(pepway)
        recipe.run(recipe.dump)
        do(pepway, case, "write", ANN, letter_text="Dear all")

    recipe.run(recipe.load)

    with pepway_on(server, "pepway_again") as again:
        assert open_steps(again) == {case: {"write"}}
        assert find_tampering(again.acting(SYSTEM)).findings == []
        do(again, case, "write", ANN, letter_text="Dear all")


def test_one_login_owns_the_tables_and_another_works_on_them(server, recipe):
    server.shell("dropdb pepway")
    recipe.run(recipe.logins)
    address = server.url("pepway")
    owner, works = (Database(address.replace("//pepway@", f"//{name}@"))
                    for name in ("pepway_owner", "pepway_web"))
    assert not may_migrate(works)
    assert not is_current(works)

    migrate(owner)

    assert is_current(works)
    assert not is_past_the_wall(works)
    pepway = Installation(works, FixedClock(NOW), PlainDomain(), b"test key")
    load_folder(pepway.acting(ANN), "letter", two_signatures())
    case = letter(pepway)
    do(pepway, case, "write", ANN, letter_text="Dear all")
    assert open_steps(pepway) == {case: {"sign_teacher", "sign_social_worker"}}
    with works.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM task")) == 0, "nobody says who looks"
    for each in (owner, works):
        each.engine.dispose()


def now_on(server):
    with psycopg.connect(server.url("postgres")) as connection:
        [moment] = connection.execute("SELECT clock_timestamp()::text").fetchone()
    return moment


def wait_for_archive(server):
    """Until the last segment that was filled has left."""
    server.shell(
        'for i in $(seq 300); do test -z "$(ls "$PGDATA"/pg_wal/archive_status/*.ready '
        '2>/dev/null)" && exit 0; sleep 0.1; done; exit 1'
    )
