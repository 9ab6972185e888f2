"""Several `pepway serve` that start at the same moment, on a PostgreSQL that is empty or old."""

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from alembic import command
from alembic.config import Config
from postgres import free_port
from sqlalchemy import select, text

from engine.store import schema
from engine.store.database import Database
from engine.store.models import Release

PEPWAY = str(Path(sys.executable).with_name("pepway"))


@pytest.fixture
def database(postgres):
    """An empty one."""
    url = postgres.new_database()
    database = Database(url)
    yield database
    database.engine.dispose()
    postgres.drop(url)


@pytest.fixture
def start(database, tmp_path):
    """Starts a command on the database; what still runs at the end is killed."""
    running = []
    url = database.engine.url.render_as_string(hide_password=False)
    settings = {"PEPWAY_SECRET_KEY": "s" * 32, "PEPWAY_AUDIT_KEY": "a" * 32,
                "PEPWAY_DATABASE_URL": url}

    def start(*words, **more):
        clean = {name: value for name, value in os.environ.items() if name[:7] != "PEPWAY_"}
        with (tmp_path / "said").open("ab") as said:
            running.append(subprocess.Popen(
                [PEPWAY, *words], cwd=tmp_path, stdout=said, stderr=said,
                env={**clean, **settings, **more},
            ))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


def test_on_an_empty_database_one_makes_the_tables_and_loads_and_all_serve(
    start, database, tmp_path
):
    ports = [free_port() for _ in range(3)]
    serving = [start("serve", "--port", str(port)) for port in ports]

    until(lambda: all(is_ready(port) for port in ports), serving, tmp_path)

    with database.transaction(writing=False) as session:
        loaded = session.execute(select(Release.procedure, Release.number, Release.state)).all()
    assert sorted(map(tuple, loaded)) == [
        (name, 1, "live") for name in ("initial-pep", "reopened-plan", "review-pep")
    ]


def test_on_an_old_database_one_upgrades_and_the_others_find_it_done(start, database, tmp_path):
    with database.engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(schema.MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")

    with database.engine.begin() as connection:
        connection.execute(text("LOCK TABLE alembic_version"))
        upgrading = [start("migrate") for _ in range(3)]
        until(lambda: waiting(database) == 3, upgrading, tmp_path)

    assert [each.wait(60) for each in upgrading] == [0, 0, 0], (tmp_path / "said").read_text()
    assert schema.is_current(database)


def is_ready(port):
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False


def waiting(database):
    """How many are held up by someone else's lock."""
    held_up = ("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
               "AND datname = current_database()")
    with database.engine.connect() as connection:
        return connection.scalar(text(held_up))


def until(happened, running, folder, within=90):
    until = time.monotonic() + within
    while not happened():
        all_live = all(process.poll() is None for process in running)
        assert all_live, (folder / "said").read_text()
        assert time.monotonic() < until, (folder / "said").read_text()
        time.sleep(0.2)
