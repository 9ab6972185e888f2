"""Every look at a record is noted, once a minute, and can be counted."""

from datetime import timedelta

import pytest
from plain_domain import ANN, BEN, CHILD
from sqlalchemy import func, select

from engine.audit import record_view, times_today
from engine.cases import open_case
from engine.store.models import Audit, Case


def count(council, model) -> int:
    with council.by(ANN).begin(writing=False) as work:
        return work.session.scalar(select(func.count()).select_from(model)) or 0


def test_looking_twice_in_a_minute_is_one_row_and_looking_later_another(council):
    look = ("see_case", CHILD, "case:1", "social_worker")
    record_view(council.by(ANN), *look)
    record_view(council.by(ANN), *look)
    record_view(council.by(BEN), *look)
    council.clock.move_on(timedelta(minutes=1))
    record_view(council.by(ANN), *look)

    assert count(council, Audit) == 3


def test_a_look_while_a_page_is_read_is_noted_though_the_page_only_reads(council):
    look = ("see_case", CHILD, "case:1", "social_worker")

    with council.by(ANN).begin(writing=False) as reading:
        record_view(reading, *look)
    with council.by(ANN).begin(writing=False) as reading:
        record_view(reading, *look)

    assert count(council, Audit) == 1


def test_what_writes_is_refused_in_a_transaction_that_only_reads(council):
    council.load("letter")

    with (
        council.by(ANN).begin(writing=False) as reading,
        pytest.raises(RuntimeError, match="open_case writes"),
    ):
        open_case(reading, "letter", CHILD)

    assert count(council, Case) == 0


def test_what_is_counted_for_a_day_begins_anew_at_midnight_in_london(council):
    for minute in range(3):
        council.clock.move_on(timedelta(minutes=minute))
        record_view(council.by(ANN), "check_duplicate", None, "check", f"{minute}")
    assert times_today(council.by(ANN), "check_duplicate") == 3
    assert times_today(council.by(BEN), "check_duplicate") == 0

    council.clock.move_on(timedelta(days=1))

    assert times_today(council.by(ANN), "check_duplicate") == 0
