"""How long past cases took from a step to a limit, told of the cases after them."""

from datetime import date
from random import Random

import pytest
from figures_followed import follow_to_the_end
from sqlalchemy import insert, select

from engine.work import query, verb
from workflows.figures.days_to_limits import (
    Ended,
    Way,
    how_true,
    quarter_of,
    shares_late,
    write_ended,
)
from workflows.figures.probability import Verdict
from workflows.figures.tables import CameTrue, DaysToLimit, Variant
from workflows.pep.changes.leaving import cease_to_be_looked_after

SIGN = Way("initial_pep", "T2", "sign_off_teacher")
AUTUMN, WINTER = date(2025, 10, 1), date(2026, 1, 1)
TODAY = date(2026, 3, 25)


@query
def days_to(work, deadline):
    return {element: days for element, days in work.session.execute(
        select(DaysToLimit.element, DaysToLimit.days).where(DaysToLimit.deadline == deadline))}


@query
def came_true(work):
    return {row.band: (row.cases, row.said, row.late)
            for row in work.session.scalars(select(CameTrue))}


@verb
def tell(work, ended):
    write_ended(work, ended)


@query
def share(work, since, left, way=SIGN):
    return shares_late(work, {"it": (way, since, left)})["it"]


@verb
def finish(work, cases):
    work.session.execute(insert(Variant).values(
        procedure="initial_pep", year=2026, sha256="0" * 64, steps=[], cases=cases))


def ended(days, left, quarter, *, times=1):
    return [Ended(SIGN, quarter, days, left, days > left)] * times


def by(council):
    return council.by("vera")


def test_a_case_that_has_ended_tells_how_long_it_took_from_each_step(small_council):
    case = small_council.start()
    small_council.move_to("2026-03-31")
    case.to_signatures()
    follow_to_the_end(small_council.installation)
    assert days_to(by(small_council), "T2") == {}, "it runs still"

    small_council.move_to("2026-04-09")
    case.to_the_end(until="sign_off_social_worker")
    small_council.move_to("2026-04-13")
    case.to_the_end()
    follow_to_the_end(small_council.installation)

    assert case.events("case_ended")
    told = days_to(by(small_council), "T2")
    assert told["initiate_pep"] == 9, "from 25 March to 9 April, without Good Friday and Easter"
    assert told["sign_off_teacher"] == 5
    assert "distribute_copies" not in told, "it came after the limit was met"


def test_a_case_that_ends_before_a_limit_is_met_says_nothing_of_it(small_council):
    case = small_council.start()
    case.do("initiate_pep", "wilma")
    cease_to_be_looked_after(
        small_council.by("wilma"), case.id, on=date(2026, 3, 25), outcome="home", reason="At home"
    )
    follow_to_the_end(small_council.installation)

    assert days_to(by(small_council), "T2") == {}


def test_a_share_is_told_from_the_two_years_before_this_quarter(small_council):
    tell(by(small_council), [*ended(3, 5, AUTUMN, times=15), *ended(8, 5, AUTUMN, times=5)])
    assert share(by(small_council), 0, 5) == (20, 5)
    assert share(by(small_council), 4, 1) is None, "five had stood as long"

    tell(by(small_council), ended(9, 5, quarter_of(TODAY), times=50))
    tell(by(small_council), ended(9, 5, date(2023, 10, 1), times=50))
    assert share(by(small_council), 0, 5) == (20, 5), "neither its own time nor too long ago"
    assert share(by(small_council), 0, 5, SIGN._replace(deadline="T7")) is None


@pytest.mark.parametrize(("left", "said"), [(2, 750), (3, 500), (4, 250), (5, 0)])
def test_what_would_have_been_said_is_by_the_days_that_there_were(small_council, left, said):
    earlier = [each for days in (2, 3, 4, 5) for each in ended(days, 5, AUTUMN, times=10)]
    tell(by(small_council), earlier)

    tell(by(small_council), ended(3, left, WINTER))

    assert list(came_true(by(small_council)).values()) == [(1, said, int(left < 3))]


def test_what_is_said_of_a_case_is_never_told_from_its_own_time(small_council):
    tell(by(small_council), ended(8, 5, AUTUMN, times=25))
    assert came_true(by(small_council)) == {}, "nothing had ended before them"

    tell(by(small_council), ended(2, 5, WINTER, times=3))

    assert came_true(by(small_council)) == {4: (3, 3_000, 0)}, "late for sure, it said; none was"


@pytest.mark.parametrize(("slower", "said"), [(0, Verdict.TRUE), (4, Verdict.UNTRUE)])
def test_whether_it_came_true_of_later_cases(small_council, slower, said):
    chance = Random(1)

    def cases(quarter, slower):
        took = ((chance.randint(1, 20) + slower, chance.randrange(20)) for _ in range(1_000))
        return [Ended(SIGN, quarter, days, left, days > left) for days, left in took]

    finish(by(small_council), 300)
    tell(by(small_council), cases(AUTUMN, 0))
    assert how_true(by(small_council)).verdict is Verdict.UNCHECKED

    tell(by(small_council), cases(WINTER, slower))

    known = how_true(by(small_council))
    assert sum(each.cases for each in known.bands) == 1_000
    assert known.verdict is said
