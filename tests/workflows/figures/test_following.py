"""Figures follow what has happened, each thing once, wherever they are broken off."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from figures_followed import follow_to_the_end
from sqlalchemy import func, select

from engine.domain import SYSTEM
from engine.sealer import seal_committed_rows
from engine.store.models import Event, Task, TaskStatus
from engine.work import LONDON
from workflows.figures import following
from workflows.figures.following import count_anew, follow
from workflows.figures.tables import (
    Clock,
    FiguresPosition,
    StepTime,
)
from workflows.pep.changes.leaving import cease_to_be_looked_after

TABLES = following.COUNTED


def counted(council):
    """Let the figures follow to the end; every row of them."""
    follow_to_the_end(council.installation)
    with council.by("vera").begin(writing=False) as work:
        return {
            table.__tablename__: sorted(
                (tuple(row) for row in work.session.execute(select(*table.__table__.columns))),
                key=repr,
            )
            for table in TABLES
        }


def clocks(council, case):
    counted(council)
    with council.by("vera").begin(writing=False) as work:
        return {row.deadline: row for row in work.session.scalars(
            select(Clock).where(Clock.case_id == case.id)
        )}


def lacking(council, case):
    rows = counted(council)["lacking"]
    return {what: since for child_id, what, since in rows if child_id == case.child_id}


def sign(case):
    case.do("sign_off_teacher", "tara")
    case.do("sign_off_social_worker", "wilma")


def test_what_takes_longer_is_left_until_the_others_had_their_turn(small_council, monkeypatch):
    case = small_council.start()
    seal_committed_rows(small_council.installation.acting(SYSTEM))
    monkeypatch.setattr(following, "SECONDS_IN_A_ROW", 0)

    assert follow(small_council.installation.acting(SYSTEM))

    with small_council.by("vera").begin(writing=False) as work:
        assert not work.session.scalar(select(func.count()).select_from(Clock))
    monkeypatch.undo()
    assert clocks(small_council, case)["T2"].due_on == date(2026, 4, 10)


def test_a_plan_is_counted_as_due_and_then_as_prepared(small_council):
    case = small_council.start()

    assert clocks(small_council, case)["T2"].due_on == date(2026, 4, 10)
    assert clocks(small_council, case)["T2"].met_on is None

    case.to_signatures()
    small_council.move_to("2026-04-09")
    sign(case)

    clock = clocks(small_council, case)["T2"]
    assert (clock.met_on, clock.school_id) == (date(2026, 4, 9), small_council.school)


def test_a_child_without_a_plan_is_told_from_one_whose_plan_is_in_force(small_council):
    case = small_council.start()
    assert lacking(small_council, case) == {"no_plan": date(2026, 4, 10)}

    case.to_signatures()
    sign(case)

    assert lacking(small_council, case) == {"nothing": date(2026, 3, 25)}


def test_a_review_that_is_not_held_by_its_last_day_is_found_by_the_day_alone(small_council):
    case = small_council.start()
    case.to_signatures()
    sign(case)
    limit = clocks(small_council, case)["T3"].due_on

    small_council.clock.move_on(limit - date(2026, 3, 25))
    assert lacking(small_council, case) == {"nothing": date(2026, 3, 25)}
    small_council.clock.move_on(timedelta(days=1))
    assert lacking(small_council, case) == {"review_overdue": limit}


@pytest.mark.parametrize(("changed", "what"), [
    ({"legal_status": "short_breaks"}, "short_breaks"),
    ({"born_on": "2024-05-04"}, "under_three"),
])
def test_a_child_who_needs_no_plan_stands_there_with_the_reason(small_council, changed, what):
    case = small_council.start(**changed)

    assert list(lacking(small_council, case)) == [what]


def test_each_completion_counts_once_with_its_working_days(small_council):
    case = small_council.start()
    small_council.move_to("2026-03-31")
    case.do("initiate_pep", "wilma")
    small_council.move_to("2026-04-01")
    case.do("allocate_caseworker", "vera")

    counted(small_council)
    rows = counted(small_council)["step_time"]

    whole = {row[1]: row[4:] for row in rows if row[3] == "whole"}
    assert whole == {"initiate_pep": (4, 1, 1), "allocate_caseworker": (1, 1, 0)}


def test_the_tables_of_days_say_what_each_day_ended_with(small_council):
    case = small_council.start()
    small_council.move_to("2026-03-27")
    case.do("initiate_pep", "wilma")
    small_council.move_to("2026-03-31")

    rows = counted(small_council)["standing_day"]

    days = {(row[0].day, row[2]): row[3] for row in rows if row[2] in (
        "initiate_pep", "allocate_caseworker")}
    assert days == {
        (25, "initiate_pep"): 1, (26, "initiate_pep"): 1,
        **{(day, "allocate_caseworker"): 1 for day in range(27, 31)},
    }


def test_days_counted_one_by_one_are_those_counted_together(small_council):
    case = small_council.start()
    for element, day in pairwise(("initiate_pep", "2026-03-27", "allocate_caseworker",
                                  "2026-03-31")):
        if element.startswith("2026"):
            continue
        small_council.move_to(day)
        counted(small_council)
        case.do(element, {"initiate_pep": "wilma", "allocate_caseworker": "vera"}[element])
    small_council.move_to("2026-04-02")
    one_by_one = counted(small_council)["standing_day"]
    count_anew(small_council.by("vera"))

    assert counted(small_council)["standing_day"] == one_by_one


def test_what_began_before_midnight_and_came_after_the_count_is_counted_too(small_council):
    small_council.start()
    small_council.move_to("2026-03-27")
    before = counted(small_council)["standing_day"]
    small_council.clock.move_to(datetime(2026, 3, 25, 23, 59, tzinfo=LONDON))
    small_council.start(given_names="Sam")
    small_council.move_to("2026-03-27")

    after = counted(small_council)["standing_day"]
    count_anew(small_council.by("vera"))

    assert [row[3] for row in before if row[2] == "initiate_pep"] == [1, 1]
    assert [row[3] for row in after if row[2] == "initiate_pep"] == [2, 2]
    assert counted(small_council)["standing_day"] == after


@pytest.mark.parametrize("at_once", [1, 7])
def test_what_is_counted_little_by_little_is_what_is_counted_together(
    small_council, monkeypatch, at_once
):
    case, other = small_council.start(), small_council.start(given_names="Sam")
    case.to_signatures()
    small_council.move_to("2026-03-26")
    counted(small_council)
    case.to_the_end()
    other.do("initiate_pep", "wilma")
    monkeypatch.setattr(following, "EVENTS_AT_ONCE", at_once)
    little = counted(small_council)
    monkeypatch.undo()
    count_anew(small_council.by("vera"))

    assert counted(small_council) == little
    with small_council.by("vera").begin(writing=False) as work:
        completed = select(func.count()).select_from(Task)
        done = work.session.scalar(completed.where(Task.status == TaskStatus.COMPLETED))
        times = select(func.sum(StepTime.times)).where(StepTime.measure == "whole")
        assert work.session.scalar(times) == done
    assert little["stood_alike"], "the first case has ended"


def test_a_count_that_is_broken_off_counts_nothing_twice(small_council, monkeypatch):
    case = small_council.start()
    case.to_signatures()

    def dies(*_):
        raise InterruptedError

    monkeypatch.setattr(following, "write_variants", dies)
    with pytest.raises(InterruptedError):
        counted(small_council)
    monkeypatch.undo()
    after = counted(small_council)

    assert sum(row[5] for row in after["step_time"] if row[3] == "whole") == 9


def test_of_two_who_count_at_once_one_does(small_council, monkeypatch):
    case = small_council.start()
    case.do("initiate_pep", "wilma")
    by = small_council.installation.acting(SYSTEM)
    seal_committed_rows(by)
    as_it_was = following.lacking_counted

    def and_another_meanwhile(*given):
        monkeypatch.setattr(following, "lacking_counted", as_it_was)
        follow(by)
        return as_it_was(*given)

    monkeypatch.setattr(following, "lacking_counted", and_another_meanwhile)
    follow(by)

    rows = counted(small_council)["step_time"]
    assert [row[5] for row in rows if row[3] == "whole"] == [1]


def test_what_is_thrown_away_during_a_count_is_counted_from_the_beginning(
    small_council, monkeypatch
):
    case = small_council.start()
    case.do("initiate_pep", "wilma")
    counted(small_council)
    case.do("allocate_caseworker", "vera")
    as_it_was = following.lacking_counted

    def and_all_is_thrown_away_meanwhile(*given):
        monkeypatch.setattr(following, "lacking_counted", as_it_was)
        count_anew(small_council.by("vera"))
        return as_it_was(*given)

    monkeypatch.setattr(following, "lacking_counted", and_all_is_thrown_away_meanwhile)
    rows = counted(small_council)["step_time"]

    assert {row[1] for row in rows} == {"initiate_pep", "allocate_caseworker"}


def test_what_is_not_in_the_chain_yet_is_not_counted(small_council):
    small_council.start()
    by = small_council.installation.acting(SYSTEM)

    follow(by)

    with by.begin(writing=False) as work:
        assert work.session.scalars(select(FiguresPosition.event_seq)).one() == 0
        assert work.session.scalar(select(func.count()).select_from(Event)) > 0


def test_nothing_is_lacking_of_a_child_who_has_left_care(small_council):
    case = small_council.start()
    assert lacking(small_council, case)

    cease_to_be_looked_after(
        small_council.by("wilma"), case.id, on=date(2026, 3, 25), outcome="home", reason="At home"
    )

    assert lacking(small_council, case) == {}


def test_a_case_that_cannot_be_counted_keeps_no_other_from_it(small_council, monkeypatch, caplog):
    broken, sound = small_council.start(), small_council.start(given_names="Sam")
    count = following.clocks_counted

    def fails_for_one(work, case, paces):
        if case.id == broken.id:
            raise RecursionError
        return count(work, case, paces)

    monkeypatch.setattr(following, "clocks_counted", fails_for_one)
    assert clocks(small_council, sound)
    assert clocks(small_council, broken) == {}
    assert f"case {broken.id} could not be counted" in caplog.text
