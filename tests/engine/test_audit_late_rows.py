"""On PostgreSQL a row may be committed after one with a higher number, and is sealed."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from time import sleep

import pytest

from engine import settled
from engine.domain import SYSTEM
from engine.sealer import seal_committed_rows
from engine.tampering import find_tampering


@pytest.fixture
def store():
    return "postgresql"


@pytest.fixture
def by(installation):
    return installation.acting(SYSTEM)


@contextmanager
def someone_still_writing(by):
    """A row that has its number and is not committed before this ends."""
    with by.begin() as work:
        work.audit("see_case", about="case:early")
        work.write()
        yield


def note(by, about):
    with by.begin() as work:
        work.audit("see_case", about=about)


def test_a_row_that_comes_late_is_waited_for_and_sealed_in_its_place(by):
    with ThreadPoolExecutor() as beside:
        with someone_still_writing(by):
            note(by, "case:late")
            sealing = beside.submit(seal_committed_rows, by)
            sleep(0.2)
            assert not sealing.done()
        assert sealing.result() == 2

    verdict = find_tampering(by)
    assert (verdict.findings, verdict.unsealed, verdict.batches) == ([], 0, 1)


def test_whoever_takes_long_holds_up_the_sealer_and_nobody_else(by, caplog):
    with someone_still_writing(by):
        note(by, "case:late")
        assert seal_committed_rows(by) == 0
        assert "1 transactions stay open" in caplog.text
        note(by, "case:later")

    assert seal_committed_rows(by) == 3
    assert find_tampering(by).findings == []


def test_whoever_begins_later_is_not_waited_for(by, monkeypatch):
    monkeypatch.setattr(settled, "PATIENCE_SECONDS", 30)
    has_looked = Event()
    monkeypatch.setattr(time, "sleep", lambda seconds: (has_looked.set(), sleep(seconds)))
    note(by, "case:first")
    with ThreadPoolExecutor() as beside:
        with someone_still_writing(by):
            sealing = beside.submit(seal_committed_rows, by)
            assert has_looked.wait(30)
            later = by.begin()
            work = later.__enter__()
            work.audit("see_case", about="case:later")
            work.write()
        assert sealing.result(timeout=20) == 1
        later.__exit__(None, None, None)

    assert seal_committed_rows(by) == 2
    assert find_tampering(by).findings == []


def test_a_number_that_was_never_used_leaves_a_gap_and_no_alarm(by):
    note(by, "case:1")
    with pytest.raises(ZeroDivisionError), someone_still_writing(by):
        raise ZeroDivisionError
    note(by, "case:3")

    assert seal_committed_rows(by) == 2
    assert find_tampering(by).findings == []
