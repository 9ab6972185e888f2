"""How past cases stood and which came late, told of the cases after them."""

from collections import defaultdict
from datetime import date
from random import Random

import pytest
from figures_followed import follow_to_the_end
from sqlalchemy import insert, select

from engine.work import query, verb
from workflows.figures.following import count_anew
from workflows.figures.probability import ALIKE, AMISS, BANDS, PER_MILLE, Verdict
from workflows.figures.stood_alike import (
    Alike,
    Ended,
    how_true,
    quarter_of,
    shares_late,
    write_ended,
)
from workflows.figures.tables import CameTrue, StoodAlike, Variant
from workflows.pep.changes.leaving import cease_to_be_looked_after

AUTUMN, WINTER, SPRING = date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1)


def waits(days_left, element="sign_off_teacher", deadline="T2"):
    return Alike("initial_pep", deadline, element, days_left)


@query
def stood(work, deadline="T2"):
    """By step, at how many working days left cases waited there, and how many came late."""
    found = defaultdict(dict)
    for row in work.session.scalars(select(StoodAlike).where(StoodAlike.deadline == deadline)):
        found[row.element][row.days_left] = (row.cases, row.late)
    return found


@query
def came_true(work):
    return {row.band: (row.cases, row.said, row.late)
            for row in work.session.scalars(select(CameTrue))}


@verb
def tell(work, ended):
    write_ended(work, ended)


@query
def share(work, alike, quarter=WINTER):
    return shares_late(work, {alike}, quarter).get(alike)


@query
def shares_of(work, alike, quarter=SPRING):
    return shares_late(work, alike, quarter)


@verb
def finish(work, cases):
    work.session.execute(insert(Variant).values(
        procedure="initial_pep", year=2026, sha256="0" * 64, steps=[], cases=cases))


def ended(quarter, *days_left, late, times=1):
    return [Ended(quarter, [waits(left) for left in days_left], late)] * times


def by(council):
    return council.by("vera")


def leave_care(council, case, on):
    cease_to_be_looked_after(
        council.by("wilma"), case.id, on=date.fromisoformat(on), outcome="home", reason="At home")
    follow_to_the_end(council.installation)


def test_a_case_counts_where_it_waited_as_each_day_began_until_it_was_prepared(small_council):
    case = small_council.start()
    small_council.move_to("2026-03-31")
    case.to_signatures()
    small_council.move_to("2026-04-09")
    case.to_the_end(until="sign_off_social_worker")
    follow_to_the_end(small_council.installation)
    assert stood(by(small_council)) == {}, "it runs still"

    small_council.move_to("2026-04-13")
    case.to_the_end()
    follow_to_the_end(small_council.installation)

    told = stood(by(small_council))
    assert sorted(told["initiate_pep"]) == [6, 7, 8, 9], "26 to 31 March; due on 10 April"
    assert sorted(told["sign_off_teacher"]) == [1, 2, 3, 4, 5], "1 to 9 April"
    assert "allocate_caseworker" not in told, "it was done on the day on which it came"
    assert "assure_quality" not in told, "it came when the limit was met"
    assert {late for days in told.values() for late in days.values()} == {(1, 0)}


def test_a_case_that_came_late_counts_as_late_until_the_limit_and_no_longer(small_council):
    case = small_council.start()
    case.to_signatures()
    small_council.move_to("2026-04-20")
    case.to_the_end()
    follow_to_the_end(small_council.installation)

    told = stood(by(small_council))["sign_off_teacher"]
    assert told == {left: (1, 1) for left in range(10)}


def test_a_child_who_leaves_care_in_time_says_nothing_of_the_limit(small_council):
    case = small_council.start()
    small_council.move_to("2026-04-10")
    leave_care(small_council, case, "2026-04-10")

    assert stood(by(small_council)) == {}


def test_a_plan_that_a_child_who_leaves_care_should_have_had_by_then_came_late(small_council):
    case = small_council.start()
    small_council.move_to("2026-04-13")
    leave_care(small_council, case, "2026-04-13")

    assert stood(by(small_council))["initiate_pep"] == {left: (1, 1) for left in range(10)}


def test_nothing_is_counted_twice_and_all_of_it_can_be_counted_anew(small_council):
    first, second = small_council.start(), small_council.start(given_names="Sam")
    for case, day in ((first, "2026-03-31"), (second, "2026-04-16")):
        small_council.move_to(day)
        case.to_signatures()
        case.to_the_end(until="sign_off_social_worker")
        follow_to_the_end(small_council.installation)
    small_council.move_to("2026-04-20")
    for case in (first, second):
        case.to_the_end()
        follow_to_the_end(small_council.installation)
    little = stood(by(small_council))
    assert little["initiate_pep"] == {
        **{left: (1, 1) for left in range(6)}, **{left: (2, 1) for left in range(6, 10)}}
    count_anew(by(small_council))
    assert stood(by(small_council)) == {}

    follow_to_the_end(small_council.installation)

    assert stood(by(small_council)) == little


def test_a_share_is_told_from_the_two_years_before_the_quarter(small_council):
    tell(by(small_council), [*ended(AUTUMN, 4, 3, late=False, times=15),
                             *ended(AUTUMN, 3, late=True, times=5)])
    assert share(by(small_council), waits(3)) == (20, 5)
    assert share(by(small_council), waits(4)) is None, f"fewer than {ALIKE} stood so"

    tell(by(small_council), ended(WINTER, 3, late=True, times=50))
    tell(by(small_council), ended(date(2023, 10, 1), 3, late=True, times=50))
    assert share(by(small_council), waits(3)) == (20, 5), "neither its own time nor too long ago"
    assert share(by(small_council), waits(3), SPRING) == (70, 55)
    assert share(by(small_council), waits(3, deadline="T7")) is None
    assert share(by(small_council), waits(3, element="sign_off_social_worker")) is None


def test_what_is_said_of_a_case_is_never_told_from_its_own_time(small_council):
    tell(by(small_council), ended(AUTUMN, 3, late=True, times=25))
    assert came_true(by(small_council)) == {}, "nothing had ended before them"

    tell(by(small_council), ended(WINTER, 3, late=False, times=3))

    assert came_true(by(small_council)) == {4: (3, 3_000, 0)}, "late for sure, it said; none was"


def test_cases_of_two_quarters_counted_at_once_are_told_one_from_the_other(small_council):
    tell(by(small_council), [*ended(WINTER, 3, late=True), *ended(AUTUMN, 3, late=True, times=20)])

    assert came_true(by(small_council)) == {4: (1, 1_000, 1)}


def test_a_case_that_waits_for_days_is_one_check_in_each_band_by_the_first_of_them(small_council):
    tell(by(small_council), [
        *ended(AUTUMN, 4, 3, 2, 1, late=True, times=18), *ended(AUTUMN, 4, 3, late=False, times=7),
        *ended(AUTUMN, 4, late=False, times=20), *ended(AUTUMN, 2, 1, late=False, times=2),
        *ended(AUTUMN, 1, late=False),
    ])

    tell(by(small_council), ended(WINTER, 4, 3, 2, 1, late=True))

    assert came_true(by(small_council)) == {2: (1, 400, 1), 3: (1, 720, 1), 4: (1, 900, 1)}


@pytest.mark.parametrize(("slower", "said"), [(0, Verdict.TRUE), (4, Verdict.UNTRUE)])
def test_whether_it_came_true_of_later_cases(small_council, slower, said):
    chance = Random(1)

    def cases(quarter, slower):
        for _ in range(1_000):
            begins = chance.randrange(10, 20)
            takes = chance.randint(1, 20) + slower
            mornings = range(begins, max(-1, begins - takes), -1)
            yield Ended(quarter, [waits(left) for left in mornings], takes > begins)

    finish(by(small_council), 300)
    tell(by(small_council), list(cases(AUTUMN, 0)))
    assert how_true(by(small_council)).verdict is Verdict.UNCHECKED

    tell(by(small_council), list(cases(WINTER, slower)))

    known = how_true(by(small_council))
    assert sum(each.cases for each in known.bands) > 1_000
    assert known.verdict is said


def many_late(chance, quarter, times):
    """Of cases some of which are five times as slow as others: one step, two side by side, and two
    signatures after which some begin again."""
    for _ in range(times):
        slow, begins = chance.choice([0.5, 1, 2.5]), chance.choice([10, 10, 20])
        now, waited = 0, set()
        ways = [("initiate_pep",), ("complete_education_sections", "complete_social_work_sections"),
                ("hold_pep_meeting",), ("sign_off_teacher", "sign_off_social_worker")]
        while ways:
            done = now
            for element in ways.pop(0):
                takes = round(chance.expovariate(1 / (2 * slow)))
                waited |= {waits(begins - day, element)
                           for day in range(now + 1, min(now + takes, begins) + 1)}
                done = max(done, now + takes)
            now = done
            if not ways and chance.random() < 0.2:
                ways = [("correct_sections",), ("sign_off_teacher",)]
        yield Ended(quarter, sorted(waited, key=lambda each: -each.days_left), now > begins)


def test_where_many_come_late_what_is_said_each_morning_is_within_15_points(small_council):
    chance = Random(1)
    finish(by(small_council), 1_500)
    for quarter in (AUTUMN, WINTER):
        tell(by(small_council), list(many_late(chance, quarter, 700)))
    judged = list(many_late(chance, SPRING, 700))
    said = shares_of(by(small_council), {each for case in judged for each in case.stood})

    bands = defaultdict(list)
    for case in judged:
        for share in (said[each] for each in case.stood if each in said):
            bands[share.band].append((share.per_mille, case.came_late))

    assert how_true(by(small_council)).verdict is Verdict.TRUE
    assert sum(case.came_late for case in judged) > 200
    assert set(bands) == set(range(BANDS))
    for mornings in bands.values():
        told, late = (sum(each) for each in zip(*mornings, strict=True))
        assert abs(late * PER_MILLE - told) < AMISS * len(mornings)


@pytest.mark.parametrize(("day", "first"), [
    (date(2026, 3, 31), WINTER), (date(2026, 4, 1), SPRING), (date(2025, 12, 31), AUTUMN),
])
def test_a_quarter_is_that_of_the_year(day, first):
    assert quarter_of(day) == first
