"""The board of some of the cases, and of a day that is over: picture, table and names agree."""

from datetime import date, timedelta

from figures_followed import follow_to_the_end
from sqlalchemy import select, update

from engine.domain import SYSTEM
from engine.migration.repair import SKIP, Repair, put_right, standing_of
from engine.store.models import Case
from workflows.board.live_map import boards
from workflows.board.narrowing import Narrowed, narrowed
from workflows.figures.following import count_anew
from workflows.figures.tables import StandingDay
from workflows.sight.restrictions import restrict_record

WATCHED = ("initiate_pep", "allocate_caseworker")


def counts(council, which, name="vera"):
    [initial] = [each for each in boards(council.by(name), which)
                 if each.procedure == "initial-pep"]
    return {step.element: (step.cases, step.late) for step in initial.steps
            if step.element in WATCHED}, initial.running


def oldest(council, which, name="vera"):
    [initial] = [each for each in boards(council.by(name), which)
                 if each.procedure == "initial-pep"]
    return {step.element: (step.since, step.days) for step in initial.steps}


def waiting(council, day):
    """By element, the cases that wait for a date when the day ended."""
    return {(board.procedure, step.element): (step.cases, step.since)
            for board in boards(council.by("vera"), Narrowed(day=day))
            for step in board.steps if step.waits}


def two_days(council):
    """On Wednesday a case begins; on Friday its first step is done and another one begins."""
    council.start_case(family_name="First")
    council.clock.move_on(timedelta(days=2))
    council.do("wilma", "initiate_pep")
    council.start_case(family_name="Second")
    council.clock.move_on(timedelta(days=4))


def test_a_day_that_is_over_is_as_it_was(council):
    two_days(council)
    follow_to_the_end(council.installation)

    first, running = counts(council, Narrowed(day=date(2026, 3, 26)))
    later, _ = counts(council, Narrowed(day=date(2026, 3, 27)))

    assert (first, running) == ({"initiate_pep": (1, 0)}, 1)
    assert later == {"initiate_pep": (1, 0), "allocate_caseworker": (1, 0)}


def test_what_is_counted_day_by_day_is_what_the_tasks_say(council):
    two_days(council)
    by_tasks = [counts(council, Narrowed(day=date(2026, 3, day))) for day in range(25, 31)]

    follow_to_the_end(council.installation)

    assert [counts(council, Narrowed(day=date(2026, 3, day))) for day in range(25, 31)] == by_tasks


def test_what_is_counted_day_by_day_is_read_and_not_counted_again(council):
    two_days(council)
    follow_to_the_end(council.installation)
    with council.installation.acting(SYSTEM).begin() as work:
        work.session.execute(update(StandingDay).values(cases=StandingDay.cases + 40))

    assert counts(council, Narrowed(day=date(2026, 3, 26))) == ({"initiate_pep": (41, 0)}, 41)


def test_a_record_that_is_restricted_now_is_taken_off_the_days_that_were(council):
    two_days(council)
    follow_to_the_end(council.installation)
    with council.by("vera").begin(writing=False) as work:
        _, second = work.session.scalars(select(Case.child_id).order_by(Case.opened_at))

    restrict_record(council.by("mona"), second, {
        "reason": "A relative of staff", "named": [str(council.people["viktor"])]})

    later = counts(council, Narrowed(day=date(2026, 3, 27)))
    assert later == ({"allocate_caseworker": (1, 0)}, 1)
    assert counts(council, Narrowed(day=date(2026, 3, 26))) == ({"initiate_pep": (1, 0)}, 1)


def test_a_number_of_a_past_day_leads_to_the_names_of_that_day(council):
    two_days(council)
    follow_to_the_end(council.installation)

    page = council.sign_in("vera").visitor.open("/board?day=2026-03-26")
    step = page.follow("1 case at Initiate the PEP")

    assert "As it was when Thu 26 Mar 2026 ended." in step.text
    assert "First" in step.text
    assert "Second" not in step.text
    assert "Ended on 27 March 2026" in step.text
    assert step.follow("Board").text.count("As it was when Thu 26 Mar 2026 ended.") == 1


def test_so_many_weeks_ago_is_a_day(council):
    two_days(council)

    page = council.sign_in("vera").visitor.open("/board").fill(
        {"How many weeks ago": "1"}).press("Show")

    assert "As it was when Tue 24 Mar 2026 ended." in page.text
    assert "No case is running here." in page.text


def test_cases_of_children_who_live_elsewhere_alone_are_counted_and_named(council):
    council.start_case(family_name="Near")
    council.start_case(family_name="Far", lives_out_of_area="yes")

    page = council.sign_in("vera").visitor.open("/board").fill(
        {"Where the child lives": "In another council"}).press("Show")
    step = page.follow("1 case at Initiate the PEP")

    assert "Only where the child lives: In another council." in page.text
    assert "Robin Far" in step.text
    assert "Robin Near" not in step.text


def test_what_means_nothing_is_said_and_left_out(council):
    council.start_case()
    asked = narrowed(council.by("vera"), [("school", "nowhere"), ("other", "x")], "not a day")

    assert asked.filters == {}
    assert asked.day is None
    assert len(asked.problems) == 1
    assert counts(council, asked)[0] == {"initiate_pep": (1, 0)}


def test_a_day_to_come_is_now(council):
    assert narrowed(council.by("vera"), [], "2999-01-01").day is None


def test_a_day_that_is_over_says_how_long_the_oldest_had_stood_then(council):
    two_days(council)
    friday = Narrowed(day=date(2026, 3, 29))
    by_tasks = oldest(council, friday)

    follow_to_the_end(council.installation)

    assert oldest(council, friday) == by_tasks
    assert by_tasks["initiate_pep"] == (date(2026, 3, 27), 2)
    page = council.sign_in("vera").visitor.open("/board?day=2026-03-29")
    assert "2 days, since Fri 27 Mar 2026" in page.text


def test_of_a_record_that_is_restricted_now_no_day_says_since_when_it_stood(council):
    two_days(council)
    follow_to_the_end(council.installation)
    with council.by("vera").begin(writing=False) as work:
        _, second = work.session.scalars(select(Case.child_id).order_by(Case.opened_at))
    council.start_case(family_name="Third")
    council.clock.move_on(timedelta(days=1))
    follow_to_the_end(council.installation)

    restrict_record(council.by("mona"), second, {
        "reason": "A relative of staff", "named": [str(council.people["viktor"])]})

    then = oldest(council, Narrowed(day=date(2026, 3, 31)))
    assert then["initiate_pep"] == (date(2026, 3, 31), 0)
    assert then["allocate_caseworker"] == (date(2026, 3, 27), 4)


def test_a_date_that_was_waited_for_is_counted_on_its_days_and_leads_to_its_cases(council):
    council.start_case(family_name="Baby", born_on="2024-04-10")
    council.clock.move_on(timedelta(days=3))
    day = date(2026, 3, 26)
    by_timers = waiting(council, day)

    follow_to_the_end(council.installation)

    [((procedure, element), counted)] = waiting(council, day).items()
    assert by_timers == {(procedure, element): counted} == {
        (procedure, element): (1, date(2026, 3, 25))}
    page = council.sign_in("vera").visitor.open(f"/board?day={day}")
    step = page.visitor.open(f"/board/{procedure}/{element}?day={day}")
    assert "Robin Baby" in step.text


def test_a_date_that_was_put_aside_is_counted_on_the_days_before(council):
    case_id = council.start_case(family_name="Baby", born_on="2024-04-10")
    council.clock.move_on(timedelta(days=2))
    [place] = standing_of(council.by("olga"), case_id).places
    put_right(council.by("olga"), case_id, Repair(SKIP, place.token), "The plan is wanted now")
    council.clock.move_on(timedelta(days=2))
    before, after = date(2026, 3, 26), date(2026, 3, 27)
    waits = ("initial-pep", place.element)
    assert waits not in waiting(council, after)
    by_timers = waiting(council, before)

    count_anew(council.by("olga"))
    follow_to_the_end(council.installation)

    assert waiting(council, before) == by_timers == {waits: (1, date(2026, 3, 25))}
    assert waits not in waiting(council, after)
