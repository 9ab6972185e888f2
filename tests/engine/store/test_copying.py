"""A copy of SQLite's database is one moment of it, whoever writes meanwhile, or there is none."""

import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest
from diagrams import two_signatures
from plain_domain import ANN, BEN, CHILD, PlainDomain
from sqlalchemy import select

from engine.cases import open_case
from engine.clock import FixedClock
from engine.domain import SYSTEM
from engine.errors import Refused
from engine.releases import load_folder
from engine.store import copying
from engine.store.copying import back_up
from engine.store.database import Database
from engine.store.models import Case, Event, Task
from engine.store.restoring import restore
from engine.tampering import find_tampering
from engine.tasks import complete_task
from engine.work import Installation

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WRITERS = 20


@pytest.fixture
def file(sqlite_template, tmp_path):
    """The file of a database with all tables and no rows."""
    file = tmp_path / "pepway.db"
    file.write_bytes(sqlite_template.read_bytes())
    return file


@pytest.fixture
def opened():
    """Opens a file as a Pepway with a plain domain would."""
    databases = []

    def open_it(file):
        databases.append(Database(f"sqlite:///{file}"))
        return Installation(databases[-1], FixedClock(NOW), PlainDomain(), b"test key")

    yield open_it
    for database in databases:
        database.engine.dispose()


@pytest.fixture
def letters(file, opened):
    """An installation on the file that runs letters, each of which wants two signatures."""
    installation = opened(file)
    load_folder(installation.acting(ANN), "letter", two_signatures())
    return installation


@pytest.fixture
def in_small_steps(monkeypatch):
    """So that twenty writers come between, as they do in a database of many gigabytes."""
    monkeypatch.setattr(copying, "PAGES_AT_ONCE", 1)


def nothing(_done, _of):
    """Nobody watches."""


def write_letter(installation):
    """Three transactions: the case is opened, the letter written, the teacher has signed."""
    case = open_case(installation.acting(ANN), "letter", CHILD)
    complete_task(installation.acting(ANN), open_task(installation, case, "write"),
                  {"letter_text": "Dear all"})
    complete_task(installation.acting(BEN), open_task(installation, case, "sign_teacher"), {})
    return case


def open_task(installation, case, element):
    wanted = (Task.case_id == case, Task.element == element, Task.status == "open")
    with installation.acting(ANN).begin(writing=False) as work:
        return work.session.scalars(select(Task.id).where(*wanted)).one()


def wait_for_more(acknowledged, number):
    """Until the writers have finished so many more; the copying must not hold them up."""
    until, had = time.monotonic() + 60, len(acknowledged)
    while len(acknowledged) < had + number:
        assert time.monotonic() < until, "nobody can write"
        time.sleep(0.01)


def cases_of(installation):
    """By case: its state, its tasks and its events."""
    with installation.acting(ANN).begin(writing=False) as work:
        tasks = work.session.scalars(select(Task)).all()
        events = work.session.scalars(select(Event).order_by(Event.seq)).all()
        return {
            case.id: (
                case.state,
                {(task.element, task.status) for task in tasks if task.case_id == case.id},
                [event.kind for event in events if event.case_id == case.id],
            )
            for case in work.session.scalars(select(Case))
        }


def events_of(installation):
    """In the order in which they were committed: SQLite has one writer at a time."""
    with installation.acting(ANN).begin(writing=False) as work:
        return list(work.session.scalars(select(Event.id).order_by(Event.seq)))


@contextmanager
def twenty_writers(*installations):
    """Twenty who write letters until the end; gives the cases that they have finished."""
    finished, stop = [], threading.Event()

    def write(installation):
        while not stop.is_set():
            finished.append(write_letter(installation))

    writers = [threading.Thread(target=write, args=(installations[number % len(installations)],))
               for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        yield finished
    finally:
        stop.set()
        for writer in writers:
            writer.join()


def test_a_copy_under_twenty_writers_is_one_moment(
    letters, file, opened, tmp_path, in_small_steps
):
    before = {write_letter(letters) for _ in range(30)}
    at_first = []

    with twenty_writers(opened(file), opened(file)) as finished:
        wait_for_more(finished, 3)
        before |= set(finished)

        def watch(_done, _of):
            if not at_first:
                at_first.extend(events_of(letters))
                wait_for_more(finished, 3)

        back_up(file, tmp_path / "copy.db", watch)

    copied = opened(tmp_path / "copy.db")
    of_copy, of_now = events_of(copied), events_of(letters)
    assert before <= cases_of(copied).keys()
    assert of_copy == of_now[:len(of_copy)], "the copy holds more than one moment"
    assert len(of_copy) <= len(at_first) < len(of_now), "the copy is not of when it began"
    assert_every_case_is_whole(cases_of(copied), cases_of(letters))


def assert_every_case_is_whole(copy, now):
    for case, (_, tasks, events) in copy.items():
        completed = [status for _, status in tasks if status == "completed"]
        assert len(completed) == events.count("task_completed")
        if events == now[case][2]:
            assert copy[case] == now[case]


def test_a_case_goes_on_in_the_restored_copy_and_its_seals_hold(letters, opened, file, tmp_path):
    case = write_letter(letters)
    back_up(file, tmp_path / "copy.db", nothing)
    as_it_stood = cases_of(letters)
    complete_task(letters.acting(ANN), open_task(letters, case, "sign_social_worker"), {})
    letters.database.engine.dispose()

    restored = restore(tmp_path / "copy.db", file, NOW, nothing)

    again = opened(file)
    assert cases_of(again) == as_it_stood
    assert find_tampering(again.acting(SYSTEM)).findings == []
    done = complete_task(again.acting(ANN), open_task(again, case, "sign_social_worker"), {})
    assert [task.element for task in done.next_tasks] == ["check"]
    assert restored.kept.name == "pepway-until-20260302T090000.db"
    assert ("sign_social_worker", "completed") in cases_of(opened(restored.kept))[case][1]


def test_a_copy_is_one_file_that_only_its_owner_reads(letters, file, tmp_path):
    write_letter(letters)
    folder = tmp_path / "backups"
    folder.mkdir()

    copied = back_up(file, folder / "copy.db", nothing)

    assert list(folder.iterdir()) == [copied.file]
    assert copied.file.stat().st_mode & 0o777 == 0o600
    assert copied.bytes == copied.file.stat().st_size


@pytest.mark.parametrize("stopped_by", [KeyboardInterrupt, SystemExit, MemoryError])
def test_a_copy_that_is_broken_off_leaves_nothing(
    letters, file, tmp_path, in_small_steps, stopped_by
):
    folder = tmp_path / "backups"
    folder.mkdir()

    def half_way(done, of):
        if done > of / 2:
            raise stopped_by

    with pytest.raises(stopped_by):
        back_up(file, folder / "copy.db", half_way)

    assert list(folder.iterdir()) == []


def test_a_copy_that_is_broken_off_leaves_the_one_before(letters, file, tmp_path):
    copy = tmp_path / "copy.db"
    back_up(file, copy, nothing)
    whole = copy.read_bytes()

    def at_once(_done, _of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(file, copy, at_once, replace=True)

    assert copy.read_bytes() == whole


def test_a_damaged_database_is_not_kept_as_a_good_copy(letters, file, tmp_path):
    letters.database.engine.dispose()
    _damage(file)

    with pytest.raises(Refused, match="damaged"):
        back_up(file, tmp_path / "copy.db", nothing)

    assert not (tmp_path / "copy.db").exists()


def test_a_row_that_refers_to_nothing_is_not_kept_as_a_good_copy(letters, file, tmp_path):
    write_letter(letters)
    with closing(sqlite3.connect(file)) as rows, rows:
        rows.execute("DELETE FROM release")

    with pytest.raises(Refused, match="refers to one that is not there"):
        back_up(file, tmp_path / "copy.db", nothing)

    assert not (tmp_path / "copy.db").exists()


def test_a_damaged_database_is_replaced_and_kept_with_all_its_parts(letters, file, tmp_path):
    case = write_letter(letters)
    back_up(file, tmp_path / "copy.db", nothing)
    letters.database.engine.dispose()
    file.write_bytes(b"rubbish" * 1000)
    file.with_name("pepway.db-wal").write_bytes(b"its log")

    restored = restore(tmp_path / "copy.db", file, NOW, nothing)

    assert restored.kept.read_bytes() == b"rubbish" * 1000
    assert restored.kept.with_name(f"{restored.kept.name}-wal").read_bytes() == b"its log"
    with closing(sqlite3.connect(file)) as again:
        assert again.execute('SELECT id FROM "case"').fetchall() == [(case.hex,)]


def test_what_was_in_the_log_of_a_killed_process_is_in_the_copy(letters, file, tmp_path, opened):
    """A raw copy with its log beside, as a killed process leaves it."""
    case = write_letter(letters)
    left = tmp_path / "left"
    left.mkdir()
    for name in ("pepway.db", "pepway.db-wal"):
        (left / name).write_bytes(file.with_name(name).read_bytes())

    back_up(left / "pepway.db", tmp_path / "copy.db", nothing)

    assert case in cases_of(opened(tmp_path / "copy.db"))


def test_a_database_that_someone_has_open_is_not_replaced(letters, file, tmp_path, monkeypatch):
    monkeypatch.setattr("engine.store.restoring.PATIENCE_SECONDS", 0.1)
    write_letter(letters)
    back_up(file, tmp_path / "copy.db", nothing)

    with letters.acting(ANN).begin(writing=False) as work:
        work.session.scalars(select(Case)).all()
        with pytest.raises(Refused, match="Another program has"):
            restore(tmp_path / "copy.db", file, NOW, nothing)

    assert sorted(tmp_path.glob("*.db")) == [tmp_path / "copy.db", file]
    assert list(tmp_path.glob(".*")) == []


def _damage(file):
    """Cut rows out of the middle of a page, as a failing disk does."""
    with closing(sqlite3.connect(file)) as rows:
        page, size = rows.execute(
            "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_schema "
            "WHERE name = 'release_file'"
        ).fetchone()
    whole = bytearray(file.read_bytes())
    begins = (page - 1) * size
    whole[begins:begins + 64] = bytes(64)
    file.write_bytes(whole)
