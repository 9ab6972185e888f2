"""What is coming to a person: held against cases that then went at the usual pace."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert
from who_does_it import WHO

from workflows.absences.arranging import Planned, enter_absence
from workflows.absences.days import Days
from workflows.calendar import working_days
from workflows.figures.tables import StepTime
from workflows.involvements import start_involvement
from workflows.sight.restrictions import restrict_record
from workflows.workload.coming import WITHIN, coming_to

DAYS = {"initiate_pep": 1, "allocate_caseworker": 2, "complete_social_work_sections": 1,
        "complete_education_sections": 2, "record_child_views": 3, "record_carer_view": 1,
        "convene_meeting": 0, "set_targets_and_actions": 1}


def coming(council, who, by="vera"):
    found = coming_to(council.by(by), council.people[who])
    return {(step.name, step.on) for step in found.steps}


def usual(council, **days):
    with council.by("vera").begin() as work:
        work.session.execute(insert(StepTime), [
            {"procedure": "initial-pep", "element": element, "month": date(2026, 2, 1),
             "measure": "whole", "days": each, "times": 20, "late": 0}
            for element, each in {**DAYS, **days}.items()
        ])
        work.audit("test")


@pytest.mark.parametrize("slowest", ["complete_social_work_sections", "record_child_views"])
def test_at_the_usual_pace_each_step_opens_on_the_day_that_was_said(small_council, slowest):
    days = {**DAYS, slowest: 4}
    usual(small_council, **days)
    case, vera = small_council.start(), small_council.by("vera")
    start_involvement(vera, case.child_id, vera.actor.id, "virtual_school", vera.today)
    last = working_days(None, vera.today, WITHIN)
    said = {who: coming(small_council, who) for who in ("wilma", "tara", "vera")}
    opened = {who: set() for who in said}
    seen = set(case.open())

    while (today := small_council.clock.now().date()) <= last:
        for element, task in case.open().items():
            whose = WHO.get(element)
            if element not in seen and whose in opened:
                opened[whose].add((task.name, task.opened_at.date()))
            seen.add(element)
        ready = [element for element, task in case.open().items() if element in days
                 and working_days(None, task.opened_at.date(), days[element]) <= today]
        for element in ready:
            case.do(element, WHO[element])
        if not ready:
            small_council.move_to((today + timedelta(days=1)).isoformat())

    assert all(said.values())
    assert said == opened


def test_what_comes_to_who_is_away_comes_to_who_covers(small_council):
    usual(small_council)
    small_council.start()
    hers = coming(small_council, "wilma")
    today = small_council.by("vera").today
    assert hers
    assert not coming(small_council, "sven")

    enter_absence(small_council.by("vera"), small_council.people["wilma"], Planned(
        Days(today, None, "leave"), small_council.people["sven"], "none"))

    assert (coming(small_council, "wilma"), coming(small_council, "sven")) == (set(), hers)


def test_what_waits_in_a_queue_comes_to_nobody_in_particular(small_council):
    usual(small_council)
    small_council.start()

    assert not coming(small_council, "viktor")


def test_nothing_is_told_of_a_child_whom_the_reader_must_not_see(small_council):
    usual(small_council)
    case = small_council.start()
    assert coming(small_council, "wilma", by="viktor")

    restrict_record(small_council.by("vera"), case.child_id, {
        "reason": "A relative of staff", "named": [str(small_council.people["vera"])]})

    found = coming_to(small_council.by("viktor"), small_council.people["wilma"])
    assert (found.steps, found.cases) == ([], 0)


def test_what_hangs_on_a_choice_that_nobody_has_made_is_left_out(small_council):
    case = small_council.start()
    case.to_signatures()
    case.do("sign_off_teacher", "tara")
    case.do("sign_off_social_worker", "wilma")
    assert "assure_quality" in case.open()

    for who in ("wilma", "tara"):
        assert not coming(small_council, who), "corrections, should the plan be returned"
