"""By when a plan can be there: held against cases that then went so."""

from datetime import date, timedelta
from random import Random

import pytest
from figures_followed import follow_to_the_end
from sqlalchemy import insert, select
from who_does_it import WHO

from engine.releases import compiled
from engine.store.models import Case
from workflows.board.late_soon import Which, late_soon_page
from workflows.calendar import working_days, working_days_until
from workflows.figures.forecast import at_share, goals_of
from workflows.figures.tables import Clock, StepTime
from workflows.pep.deadlines import Met

LAST = ("sign_off_teacher", "sign_off_social_worker")


def clock_of(council, case, deadline="T2"):
    follow_to_the_end(council.installation)
    with council.by("vera").begin(writing=False) as work:
        return work.session.scalars(
            select(Clock).where(Clock.case_id == case.id, Clock.deadline == deadline)
        ).one()


def usual(council, paces, times=20):
    """As if these steps had been done so often, each in so many working days."""
    follow_to_the_end(council.installation)
    with council.by("vera").begin() as work:
        work.session.execute(insert(StepTime), [
            {"procedure": "initial-pep", "element": element, "month": date(2026, 2, 1),
             "measure": "whole", "days": days, "times": times, "late": 0}
            for element, days in paces.items()
        ])
        work.audit("test")


def go_at(council, case, paces):
    """Each step is done when its usual time is over, no day sooner or later."""
    while not clock_of(council, case).met_on:
        for element, task in case.open().items():
            began = task.opened_at.date()
            today = council.clock.now().date()
            if element in paces and today >= working_days(None, began, paces[element]):
                case.do(element, WHO[element])
        if not any(element in paces and working_days(None, task.opened_at.date(), paces[element])
                   <= council.clock.now().date() for element, task in case.open().items()):
            council.move_to((council.clock.now().date() + timedelta(days=1)).isoformat())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_case_that_goes_at_the_usual_pace_is_ready_on_the_day_that_was_said(small_council, seed):
    chance = Random(seed)
    paces = {element: chance.randrange(4) for element in WHO}
    usual(small_council, paces)
    case = small_council.start()
    said = clock_of(small_council, case).at_pace_on

    go_at(small_council, case, paces)

    assert clock_of(small_council, case).met_on == said


def test_at_their_limits_all_steps_end_by_the_plans_own(small_council):
    case = small_council.start()

    clock = clock_of(small_council, case)

    assert (clock.at_limits_on, clock.due_on) == (date(2026, 4, 10), date(2026, 4, 10))
    assert (clock.at_pace_on, clock.history) == (None, 0)


def test_what_passes_the_plan_on_without_its_rating_is_reckoned_with(small_council):
    """Three working days before the review it goes on as it is: its rating has one day more."""
    case = small_council.start()
    small_council.move_to("2026-04-20")
    case.to_signatures()
    for element in LAST:
        case.do(element, WHO[element])
    rating = case.open()["assure_quality"]

    said = clock_of(small_council, case, "T4")
    small_council.move_to("2026-04-21")

    assert (said.at_limits_on, rating.due_on) == (date(2026, 4, 21), date(2026, 4, 23))
    assert clock_of(small_council, case, "T4").met_on == said.at_limits_on


def test_nineteen_finished_ones_are_not_enough_to_say_what_is_usual(small_council):
    usual(small_council, dict.fromkeys(WHO, 1), times=19)

    clock = clock_of(small_council, small_council.start())

    assert (clock.at_pace_on, clock.history) == (None, 19)


def test_the_step_that_has_been_open_too_long_is_named_with_the_days(small_council):
    usual(small_council, dict.fromkeys(WHO, 1))
    case = small_council.start()
    case.do("initiate_pep", "wilma")
    case.do("allocate_caseworker", "vera")
    for element in ("complete_social_work_sections", "record_child_views", "record_carer_view",
                    "convene_meeting"):
        case.do(element, WHO[element])
    small_council.move_to("2026-04-09")

    clock = clock_of(small_council, case)

    assert clock.decided_by == "complete_education_sections"
    assert clock.longer_by == working_days_until(date(2026, 3, 25), date(2026, 4, 9)) - 1
    assert clock.at_pace_on > clock.due_on
    with small_council.by("vera").begin(writing=False) as work:
        limit = late_soon_page(work, Which.RISK).limits[0]
    assert (limit.deciding.name, limit.deciding.holder) == ("Complete education sections", "Tara")


def test_a_plan_that_can_be_in_time_is_not_said_to_be_late(small_council):
    usual(small_council, dict.fromkeys(WHO, 1))
    small_council.start()
    follow_to_the_end(small_council.installation)

    with small_council.by("vera").begin(writing=False) as work:
        page = late_soon_page(work, Which.RISK)

    assert page.counts[Which.RISK] == 0


def test_what_meets_a_limit_is_told_from_what_a_step_asks(small_council):
    case = small_council.start()
    with small_council.by("vera").begin(writing=False) as work:
        procedure = compiled(work, work.session.get_one(Case, case.id).release_id)

    assert goals_of(procedure, Met.PREPARED) >= set(LAST)
    assert goals_of(procedure, Met.HELD) == {"hold_first_review"}
    assert goals_of(procedure, Met.PASSED_ON)


@pytest.mark.parametrize(("spread", "half", "most"), [
    ([(0, 1)], 0, 0), ([(1, 1), (9, 1)], 1, 9), ([(1, 5), (2, 4), (30, 1)], 1, 2), ([], 0, 0),
])
def test_a_median_is_the_days_within_which_half_were_done(spread, half, most):
    assert (at_share(spread, 0.5), at_share(spread, 0.9)) == (half, most)
