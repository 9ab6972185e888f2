"""Limits are added up as they come, go and change, and say on any day what each of them says."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select

from engine.domain import SYSTEM
from workflows.board import statutory
from workflows.board.late_soon import WEEK, Which, late_soon_counts
from workflows.board.statutory import Outcome, by_part, statutory_page
from workflows.calendar import months, working_days
from workflows.children import School
from workflows.figures.clocks import NOT_AHEAD, write_clocks
from workflows.figures.limit_counts import write_limits
from workflows.figures.stood_alike import AHEAD
from workflows.figures.tables import Clock, LimitCount

TODAY = date(2026, 3, 25)
DAYS = ("2026-03-25", "2026-03-26", "2026-03-31", "2026-04-01", "2026-04-30", "2026-05-27")
CASES = [UUID(int=number) for number in range(1, 121)]


def a_limit(chance, case, deadline, schools):
    """Of a case that is open, or came to its end, as it pleases."""
    due_on = date.fromisoformat(chance.choice(DAYS))
    if chance.random() < 0.6:
        due_on = TODAY + timedelta(days=chance.randint(-380, 60))

    def some_day():
        return chance.choice([None, due_on, min(TODAY, due_on + timedelta(chance.randint(-9, 9)))])

    return {"case_id": case, "deadline": deadline, "child_id": case, "procedure": "initial-pep",
            "due_on": due_on, "met_on": some_day(), "ended_on": some_day(),
            "explained": chance.random() < 0.3, "school_id": chance.choice(schools),
            "team_id": None, **NOT_AHEAD, "at_pace_on": some_day(), "at_limits_on": some_day()}


def limits_of(chance, cases, schools):
    return [a_limit(chance, case, deadline, schools) for case in cases for deadline in ("T2", "T7")]


def outcome(limit, today):
    """In the words of the page's definitions, limit by limit."""
    late = Outcome.EXPLAINED if limit.explained else Outcome.LATE
    if limit.met_on:
        return Outcome.ON_TIME if limit.met_on <= limit.due_on else late
    if limit.ended_on and limit.ended_on <= limit.due_on:
        return Outcome.NOT_COUNTED
    return Outcome.TO_COME if limit.due_on >= today else late


def one_by_one(work, deadline, key):
    first = months(None, work.today.replace(day=1), -11)
    end = months(None, work.today.replace(day=1), 1)
    found = {}
    for limit in work.session.scalars(select(Clock).where(
            Clock.deadline == deadline, Clock.due_on >= first, Clock.due_on < end)):
        found.setdefault(key(limit), Counter())[outcome(limit, work.today)] += 1
    return found


@pytest.fixture
def with_limits(small_council):
    """A council whose limits were counted, and some of them counted anew as others."""
    chance = Random(20260325)
    with small_council.installation.acting(SYSTEM).begin() as work:
        schools = [None, *work.session.scalars(select(School.id))]
        write_clocks(work, CASES, limits_of(chance, CASES, schools))
        for some in (CASES[:30], CASES[20:50]):
            write_clocks(work, some, limits_of(chance, some, schools))
        write_clocks(work, CASES[110:], [])
    return small_council


@pytest.mark.parametrize("day", DAYS)
def test_on_any_day_the_counts_say_what_the_limits_say_one_by_one(with_limits, monkeypatch, day):
    with_limits.move_to(day)
    monkeypatch.setattr(statutory, "FEW", 999)
    with with_limits.by("vera").begin(writing=False) as work:
        figures = {each.measure.deadline: each for each in statutory_page(work).figures}
        for deadline in ("T2", "T7"):
            by_month = {month: +tally.counts for month, tally in figures[deadline].months.items()
                        if +tally.counts}
            _, schools = by_part(work, deadline)

            assert by_month == one_by_one(work, deadline, lambda each: each.due_on.replace(day=1))
            of_schools = one_by_one(work, deadline, lambda each: each.school_id)
            assert {each.id: +each.tally.counts for each in schools.shown} == {
                school: counts for school, counts in of_schools.items()
                if set(counts) != {Outcome.NOT_COUNTED}}


@pytest.mark.parametrize("day", DAYS)
def test_what_will_be_late_soon_is_added_up_as_it_is_told_limit_by_limit(with_limits, day):
    with_limits.move_to(day)
    with with_limits.by("vera").begin(writing=False) as work:
        ahead, week = (working_days(None, work.today, days) for days in (AHEAD, WEEK))
        still_open = [each for each in work.session.scalars(select(Clock))
                      if each.met_on is None and each.ended_on is None]
        in_time = [each for each in still_open if work.today <= each.due_on]

        assert late_soon_counts(work) == {
            Which.LATE: len(still_open) - len(in_time),
            Which.WEEK: sum(each.due_on <= week for each in in_time),
            Which.RISK: sum(
                each.due_on <= ahead
                and (each.at_pace_on or each.at_limits_on or each.due_on) > each.due_on
                for each in in_time),
        }


def test_what_is_counted_out_again_leaves_no_row(with_limits):
    with with_limits.installation.acting(SYSTEM).begin() as work:
        write_clocks(work, CASES, [])

        assert work.session.scalars(select(LimitCount)).all() == []


def test_counting_what_stands_as_it_stood_changes_nothing(with_limits):
    with with_limits.installation.acting(SYSTEM).begin() as work:
        columns = LimitCount.__table__.columns
        before = set(work.session.execute(select(*columns)))
        limits = [dict(row) for row in work.session.execute(
            select(*Clock.__table__.columns)).mappings()]
        write_clocks(work, CASES, limits)
        write_limits(work, limits, limits)

        assert set(work.session.execute(select(*columns))) == before
