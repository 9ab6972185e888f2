"""`pepway worker` and `pepway serve` as real processes: who does the background work, and how."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from postgres import free_port
from test_workers import away

from engine.background.handing_over import living_workers
from engine.clock import SystemClock
from engine.domain import SYSTEM
from engine.store.database import Database
from engine.store.models import Outbox
from engine.work import Installation
from workflows.pep.domain import PepDomain

PEPWAY = str(Path(sys.executable).with_name("pepway"))
SETTINGS = {"PEPWAY_SECRET_KEY": "s" * 32, "PEPWAY_AUDIT_KEY": "a" * 32}


@pytest.fixture
def town(postgres, postgres_template):
    """An installation on PostgreSQL, and its URL."""
    url = postgres.new_database(postgres_template)
    database = Database(url)
    yield Installation(database, SystemClock(), PepDomain(), b"a" * 32).acting(SYSTEM), url
    database.engine.dispose()
    postgres.drop(url)


@pytest.fixture
def processes(tmp_path):
    """Starts `pepway` with these words; what still runs at the end is killed."""
    running = []

    def start(url, *words, **settings):
        clean = {name: value for name, value in os.environ.items() if name[:7] != "PEPWAY_"}
        with (tmp_path / "said").open("ab") as said:
            process = subprocess.Popen(
                [PEPWAY, *words], cwd=tmp_path, stdout=said, stderr=said,
                env={**clean, **SETTINGS, "PEPWAY_DATABASE_URL": url, **settings},
            )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()


def test_on_sqlite_there_is_nothing_for_a_worker_to_do(pepway):
    said = pepway("worker")

    assert said.code == 1
    assert said.is_one_sentence()
    assert "pepway serve does the background work itself" in said.remark


def test_a_worker_does_not_start_on_tables_of_another_version(postgres, processes, tmp_path):
    url = postgres.new_database()

    assert processes(url, "worker").wait(60) == 1

    assert (tmp_path / "said").read_text() == (
        "The database does not have the tables of this version. Run pepway migrate first, on "
        "PostgreSQL with the address of the tables' owner.\n"
    )
    postgres.drop(url)


def test_on_sqlite_serve_cannot_leave_the_background_work_to_others(pepway):
    said = pepway("serve", "--no-worker", "--port", free_port())

    assert said.code == 1
    assert said.is_one_sentence()
    assert "Leave out --no-worker" in said.remark


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_ends_well(town, processes, number):
    by, url = town
    worker = processes(url, "worker")
    until(lambda: living_workers(by, 30) == 1)
    send_message(by)
    until(lambda: unsent(by) == 0)

    worker.send_signal(number)

    assert worker.wait(60) == 0
    assert living_workers(by, 30) == 0


def test_a_worker_says_once_that_the_database_is_away_and_once_that_it_is_back(
    town, processes, postgres, tmp_path
):
    """However often it, and the libraries that it uses, find so."""
    by, url = town
    processes(url, "worker")
    until(lambda: living_workers(by, 30) == 1)
    with away(postgres, by):
        time.sleep(8)
    send_message(by)
    until(lambda: unsent(by) == 0)

    told = (tmp_path / "said").read_text().splitlines()
    gone, back = [line for line in told if not line.startswith("INFO ")]
    assert gone.startswith("ERROR engine.background.outage the database is away or busy: all that")
    assert back == "WARNING engine.background.outage the database is back"


def test_serve_says_that_no_worker_runs_and_is_ready_all_the_same(town, processes):
    by, url = town
    port = free_port()
    processes(url, "serve", "--port", str(port))
    until(lambda: "ready" in readyz(port))
    assert readyz(port) == "ready, but no worker runs: start `pepway worker`\n"
    send_message(by)
    time.sleep(2)
    assert unsent(by) == 1

    worker = processes(url, "worker")
    until(lambda: readyz(port) == "ready\n")
    until(lambda: unsent(by) == 0)

    worker.terminate()
    worker.wait(60)
    assert readyz(port) == "ready, but no worker runs: start `pepway worker`\n"


def test_serve_does_the_background_work_as_well_where_it_is_told_to(town, processes):
    by, url = town
    port = free_port()
    serve = processes(url, "serve", "--worker", "--port", str(port))
    until(lambda: readyz(port) == "ready\n")
    send_message(by)
    until(lambda: unsent(by) == 0)

    serve.terminate()

    assert serve.wait(60) == 0
    assert living_workers(by, 30) == 0


def test_on_sqlite_serve_alone_is_ready_and_works(migrated_file, processes):
    by, url = migrated_file
    port = free_port()
    processes(url, "serve", "--port", str(port))
    until(lambda: readyz(port) == "ready\n")
    send_message(by)

    until(lambda: unsent(by) == 0)


@pytest.fixture
def migrated_file(sqlite_template, tmp_path):
    file = tmp_path / "pepway.db"
    file.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{file}")
    by = Installation(database, SystemClock(), PepDomain(), b"a" * 32).acting(SYSTEM)
    yield by, f"sqlite:///{file}"
    database.engine.dispose()


def send_message(by):
    with by.begin() as work:
        work.tell("news", None)


def unsent(by):
    with by.begin(writing=False) as work:
        return work.session.query(Outbox).filter(Outbox.sent_at.is_(None)).count()


def readyz(port):
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return answer.read().decode()
    except (URLError, OSError):
        return ""


def until(happened, within=90):
    until = time.monotonic() + within
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.1)
