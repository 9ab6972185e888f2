"""Whoever follows the events misses none, though transactions commit in another order."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest

from engine.domain import SYSTEM
from engine.sealer import seal_committed_rows


@pytest.fixture
def child_id(council, program):
    case_id = council.start_case()
    return program("vera").get(f"/cases/{case_id}").body["child"]


def happens(council, kind):
    with council.installation.acting(SYSTEM).begin() as work:
        work.event(None, kind)


class Slow:
    """Somebody who has taken a number, and commits later."""

    def __init__(self, council):
        self._has_number, self._may_end = Event(), Event()
        self._thread = Thread(target=self._write, args=(council,))
        self._thread.start()
        assert self._has_number.wait(10)

    def _write(self, council):
        with council.installation.acting(SYSTEM).begin() as work:
            work.event(None, "came_late")
            work.write()
            self._has_number.set()
            self._may_end.wait(10)

    def commit(self):
        self._may_end.set()
        self._thread.join()


def followed(program, after):
    items = program.get(f"/events?after={after}&limit=200").body["items"]
    kinds = [each["kind"] for each in items]
    return kinds, items[-1]["seq"] if items else after


def test_what_commits_late_is_not_skipped(council, program, child_id, store):
    vera = program("vera")
    _, last = followed(vera, 0)
    slow = Slow(council)
    with ThreadPoolExecutor() as beside:
        later = beside.submit(happens, council, "came_soon")
        if store == "postgresql":  # on SQLite one waits for the other
            later.result(10)
            kinds, last = followed(vera, last)
            assert kinds == []
        slow.commit()
        later.result(10)

    kinds, _ = followed(vera, last)

    assert kinds == ["came_late", "came_soon"]


def test_nobody_who_writes_for_long_keeps_back_what_is_in_the_chain(council, program, child_id):
    vera = program("vera")
    kinds, last = followed(vera, 0)
    seal_committed_rows(council.installation.acting(SYSTEM))
    slow = Slow(council)

    again, _ = followed(vera, 0)
    slow.commit()

    assert again == kinds
    assert followed(vera, last)[0] == ["came_late"]


def test_what_one_has_done_oneself_is_there_at_once(council, program):
    council.home_visit()
    wilma, task = program("wilma"), council.task("wilma", "visit")
    _, last = followed(wilma, 0)

    done = wilma.post(f"/tasks/{task}/complete", {"answers": {
        "met": "The foster carers", "strengths": "Drawing", "hours": 25, "seen_on": "2026-03-24",
        "mood": "good", "needed": ["bed"], "told": True, "heating": "cold",
        "promises": [{"promise": "A desk by Easter", "promise_by": "2026-04-03"}]}})

    assert done.status == 200

    assert "task_completed" in followed(wilma, last)[0]
