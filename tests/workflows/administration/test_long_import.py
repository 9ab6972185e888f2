"""A file of more children than a browser waits for: part by part, whole, and once."""

import logging
from contextlib import contextmanager
from threading import Thread
from uuid import uuid4

import pytest
from from_case_system import CHILDREN, ROW, all_of, counts, csv, how_many
from sqlalchemy import select

from engine.background import Embedded
from engine.background.distributed import Distributed
from engine.domain import SYSTEM
from engine.errors import NotFound
from engine.store.models import Audit, Event, Outbox
from workflows.administration.imports import check_rows, import_rows, long_import
from workflows.administration.imports.long_import import (
    LongImport,
    begin_import,
    get_import,
    go_on_importing,
    is_long_import,
    long_imports,
    stop_import,
)
from workflows.administration.leaving import leave
from workflows.administration.people import take_role_away
from workflows.children import Child
from workflows.people import add_person


def child(number, **more):
    """Without a case, which takes a test's time and changes nothing here."""
    return {**ROW, "number": f"C-{number}", "family name": f"Q{number}", "short breaks": "yes",
            **more}


NAME = "Robin Quennell"
FILE = csv(*(child(n) for n in range(1, 6)))


@pytest.fixture(autouse=True)
def parts_of_two_rows(monkeypatch):
    monkeypatch.setattr(long_import, "ROWS_IN_A_PART", 2)


@pytest.fixture
def ada(small_council):
    return small_council.by("ada")


@pytest.fixture
def sent(ada):
    """The import of `FILE` is with the background."""
    import_id = uuid4()
    begin_import(ada, import_id, "children", FILE)
    return import_id


def go_on(ada):
    return go_on_importing(all_of(ada), lambda: False)


def to_the_end(ada):
    for _ in range(10):
        if not go_on(ada):
            return
    raise AssertionError("it does not come to its end")


def audited(ada, *actions):
    with all_of(ada).begin(writing=False) as work:
        return work.session.execute(
            select(Audit.actor_id, Audit.action, Audit.about, Audit.data)
            .where(Audit.action.in_(actions)).order_by(Audit.seq)).all()


def file_kept(ada):
    with all_of(ada).begin(writing=False) as work:
        return work.session.scalars(select(LongImport.text)).all()


def test_rows_come_in_part_by_part_and_the_page_can_say_how_many(ada, sent):
    assert file_kept(ada) == [FILE]
    for rows in (2, 4, 5):
        assert go_on(ada)
        assert (get_import(ada, sent).done, how_many(ada, Child)) == (rows, rows)
    assert not go_on(ada)

    found = get_import(ada, sent)
    assert (counts(found.came_to), found.because, found.rows) == ((5, 0, 0, 0), "", 5)
    assert found.ended_at is not None
    assert file_kept(ada) == [None]
    rows = audited(ada, "begin_import", "import_children")
    assert [(row.actor_id, row.about) for row in rows] == [
        (ada.actor.id, f"import:{sent}")] * 4
    assert sum(row.data.get("new", 0) for row in rows) == 5
    with all_of(ada).begin(writing=False) as work:
        told = work.session.scalars(select(Outbox).where(Outbox.kind == "import_ended")).all()
    assert [(row.person_id, row.data) for row in told] == [(ada.actor.id, {"imported": str(sent)})]


def test_the_background_of_each_store_takes_them_in(ada, sent, store, small_council):
    adapter = (Embedded if store == "sqlite" else Distributed)(
        small_council.installation, lambda _message: None)
    one_round = adapter.one_round if store == "sqlite" else adapter.hand_over

    one_round()
    assert get_import(ada, sent).done == 2
    assert adapter.pause() == 0
    for _ in range(3):
        one_round()

    assert how_many(ada, Child) == 5
    assert adapter.pause() > 0


class Killed(BaseException):
    """Nothing of Pepway's catches it, as nothing catches a kill."""


@pytest.mark.parametrize("when", ["before the part", "before it is committed", "after it"])
def test_killed_it_goes_on_and_nothing_is_lost_or_doubled(ada, sent, monkeypatch, when):
    go_on(ada)
    events = how_many(ada, Event)
    take_in = long_import.take_in
    dies_at = {
        "before the part": ("_take_in_part", killed),
        "before it is committed": (
            "take_in", lambda *args, **more: (take_in(*args, **more), killed())),
        "after it": ("watched", dying_at_the_end),
    }
    with monkeypatch.context() as dying:
        dying.setattr(long_import, *dies_at[when])
        with pytest.raises(Killed):
            go_on(ada)
    in_by_then = 4 if when == "after it" else 2
    assert (how_many(ada, Child), get_import(ada, sent).done) == (in_by_then, in_by_then)
    assert (how_many(ada, Event) > events) == (when == "after it")

    to_the_end(ada)

    assert how_many(ada, Child) == 5
    assert counts(get_import(ada, sent).came_to) == (5, 0, 0, 0)


def killed(*_args, **_more):
    raise Killed


@contextmanager
def dying_at_the_end():
    yield
    raise Killed


def test_the_same_file_again_writes_nothing(ada, sent):
    to_the_end(ada)
    before = how_many(ada, Event)
    again = uuid4()
    begin_import(ada, again, "children", FILE)
    begin_import(ada, again, "children", FILE)
    to_the_end(ada)

    assert counts(get_import(ada, again).came_to) == (0, 0, 5, 0)
    assert (how_many(ada, Child), how_many(ada, Event)) == (5, before)
    assert len(long_imports(ada)) == 2


def test_two_workers_at_once_take_each_row_in_once(ada, sent, small_council):
    failed = []

    def work():
        try:
            for _ in range(8):
                go_on_importing(small_council.installation.acting(SYSTEM), lambda: False)
        except Exception as fault:
            failed.append(fault)

    workers = [Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    to_the_end(ada)

    assert failed == []
    assert counts(get_import(ada, sent).came_to) == (5, 0, 0, 0)
    assert how_many(ada, Child) == 5


def test_a_row_that_has_become_wrong_ends_it_where_it_stands(ada, sent):
    """Somebody has made the same child known by another number meanwhile."""
    go_on(ada)
    import_rows(ada, CHILDREN, csv(child(99, **{"family name": "Q4"})))
    to_the_end(ada)

    found = get_import(ada, sent)
    assert found.because == "Rows of the file have become wrong since it was checked"
    assert [(each.row, each.column) for each in found.came_to.wrong] == [(5, "family name")]
    assert (found.done, how_many(ada, Child)) == (2, 3)
    assert file_kept(ada) == [None]

    again = uuid4()
    begin_import(ada, again, "children", FILE.replace(";Q4;", ";Q44;"))
    to_the_end(ada)
    assert counts(get_import(ada, again).came_to) == (3, 0, 2, 0)


@pytest.mark.parametrize("who", ["has lost the role", "has left"])
def test_whoever_may_import_no_more_has_nothing_more_imported(ada, small_council, who):
    adam = add_person(ada, "Adam Nettles", "adam@council.example", ["administrator"])
    small_council.people["adam"] = adam
    import_id = uuid4()
    begin_import(small_council.by("adam"), import_id, "children", FILE)
    go_on(ada)
    if who == "has left":
        leave(ada, adam, {"last_day": "2026-03-25"})
    else:
        take_role_away(ada, adam, "administrator")
    to_the_end(ada)

    found = get_import(ada, import_id)
    assert found.because == "Whoever sent the file may import nothing any more"
    assert (found.done, how_many(ada, Child)) == (2, 2)


def test_rows_that_break_it_are_tried_three_times_and_named_in_no_log(
    ada, sent, monkeypatch, caplog
):
    def breaks(*_args, **_more):
        raise ValueError(NAME)

    monkeypatch.setattr(long_import, "take_in", breaks)
    with caplog.at_level(logging.DEBUG):
        for _ in range(4):
            go_on(ada)
    assert not go_on(ada)

    assert "broke down or hung 3 times" in get_import(ada, sent).because
    assert f"rows of import {sent} could not be taken in" in caplog.text
    assert "Quennell" not in caplog.text
    assert "Robin" not in caplog.text


def test_an_administrator_stops_it_and_what_is_in_stays(ada, sent, small_council):
    go_on(ada)
    stop_import(small_council.by("ada"), sent)
    stop_import(small_council.by("ada"), sent)
    to_the_end(ada)

    found = get_import(ada, sent)
    assert (found.because, found.done) == ("An administrator stopped it", 2)
    assert (how_many(ada, Child), file_kept(ada)) == (2, [None])
    assert len(audited(ada, "stop_import")) == 1


def test_what_is_told_of_it_is_gone_in_time(ada, sent, small_council):
    to_the_end(ada)
    small_council.clock.move_on(long_import.KEPT_FOR * 1.1)
    begin_import(ada, uuid4(), "children", FILE)

    assert not is_long_import(ada, sent)
    with pytest.raises(NotFound):
        get_import(ada, sent)


def test_two_rows_of_one_name_and_birthday_are_asked_about(ada):
    """In a part of its own the second would meet the first, who is known by then."""
    twins = child(1), child(2, **{"family name": "Q1"})

    checked = check_rows(ada, CHILDREN, csv(*twins))

    assert [(each.row, each.column) for each in checked.wrong] == [(3, "family name")]
    both = csv(twins[0], {**twins[1], "same as": "new"})
    assert counts(check_rows(ada, CHILDREN, both)) == (2, 0, 0, 0)
