"""Every event and every look at a record is sealed: a row that was altered is found."""

from datetime import timedelta

import pytest
from plain_domain import ANN, BEN, CHILD
from sqlalchemy import func, select, update

from engine.audit import altered_rows, record_view, times_today
from engine.cases import open_case
from engine.store.models import Audit, Event


@pytest.fixture
def letter(council):
    council.load("letter")
    letter = council.case(open_case(council.by(ANN), "letter", CHILD))
    letter.to_check()
    return letter


def count(council, model) -> int:
    with council.by(ANN).begin(writing=False) as work:
        return work.session.scalar(select(func.count()).select_from(model)) or 0


def test_rows_as_they_were_written_are_intact(letter):
    assert count(letter.council, Event) > 5
    assert count(letter.council, Audit) > 3
    assert altered_rows(letter.by(ANN)) == []


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Event, {"actor_id": BEN.id}),
        (Event, {"data": {"element": "something_else"}}),
        (Audit, {"actor_id": BEN.id}),
        (Audit, {"action": "looked_away"}),
        (Audit, {"reason": "because"}),
    ],
)
def test_whoever_changes_a_row_is_found_out(letter, model, change):
    with letter.by(ANN).begin() as work:
        row = work.session.scalars(select(model).order_by(model.seq)).first()
        work.session.execute(update(model).where(model.id == row.id).values(**change))
        changed = row.id

    assert altered_rows(letter.by(ANN)) == [changed]


def test_a_moment_that_was_moved_is_found_out(letter):
    with letter.by(ANN).begin() as work:
        row = work.session.scalars(select(Event)).first()
        row.at += timedelta(seconds=1)
        changed = row.id

    assert altered_rows(letter.by(ANN)) == [changed]


def test_looking_twice_in_a_minute_is_one_row_and_looking_later_another(council):
    look = ("see_case", CHILD, "case:1", "social_worker")
    record_view(council.by(ANN), *look)
    record_view(council.by(ANN), *look)
    record_view(council.by(BEN), *look)
    council.clock.move_on(timedelta(minutes=1))
    record_view(council.by(ANN), *look)

    assert count(council, Audit) == 3


def test_what_is_counted_for_a_day_begins_anew_at_midnight_in_london(council):
    for minute in range(3):
        council.clock.move_on(timedelta(minutes=minute))
        record_view(council.by(ANN), "check_duplicate", None, "check", f"{minute}")
    assert times_today(council.by(ANN), "check_duplicate") == 3
    assert times_today(council.by(BEN), "check_duplicate") == 0

    council.clock.move_on(timedelta(days=1))

    assert times_today(council.by(ANN), "check_duplicate") == 0
