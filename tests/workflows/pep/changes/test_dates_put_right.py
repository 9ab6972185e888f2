"""A date was entered wrongly: what counts from it follows, an impossible order is refused."""

from datetime import date

import pytest

from engine.errors import AnswersInvalid, NotFound
from workflows.pep.changes.outcome import Group

TYPED = "The day and the month were mixed up"
PLAN = "Plan prepared within 10 working days"
FIRST = "First statutory review within 20 working days"


def test_the_first_placement_put_right_moves_the_plan_and_not_the_review(changing):
    changing.move_to("2026-03-30")
    done = changing.change("wilma", "correct_date", which="first_placement",
                           correct="2026-03-27", reason=TYPED)

    assert changing.deadlines()[PLAN] == date(2026, 4, 14)
    assert changing.deadlines()[FIRST] == date(2026, 4, 24)
    [plan] = [line for line in done.lines if line.what == PLAN]
    assert (plan.group, plan.before, plan.after) == (
        Group.DATES, "Fri 10 Apr 2026", "Tue 14 Apr 2026"
    )
    [told] = changing.case.events("date_corrected")
    assert (told.data["was"], told.data["now"]) == ("2026-03-25", "2026-03-27")
    assert changing.audited("correct_date") == 1


def test_becoming_looked_after_put_right_moves_the_review_and_not_the_plan(changing):
    done = changing.change("mona", "correct_date", which="looked_after", correct="2026-03-20",
                           reason=TYPED)

    assert changing.deadlines()[FIRST] == date(2026, 4, 21)
    assert changing.deadlines()[PLAN] == date(2026, 4, 10)
    moved = {line.what for line in done.of(Group.DATES)}
    assert FIRST in moved
    assert "“Initiate the PEP” is due" not in moved


@pytest.mark.parametrize(
    ("correct", "number", "limit"),
    [
        ("2026-03-20", 3, date(2027, 1, 21)),
        ("2025-09-01", 4, date(2026, 12, 29)),
    ],
)
def test_a_two_year_olds_care_put_right_moves_the_review_that_needs_a_plan(
    begun, correct, number, limit
):
    """Reviews before the third birthday, 1 September 2026, are counted on."""
    changing = begun(born_on="2023-09-01")
    later = "Later reviews at most 6 months apart"
    assert changing.deadlines()[later] == date(2027, 1, 24)

    changing.change("mona", "correct_date", which="looked_after", correct=correct, reason=TYPED)

    assert changing.deadlines()[later] == limit
    assert changing.review().number == number


def test_a_child_who_was_three_when_taken_into_care_after_all_has_the_first_review(begun):
    changing = begun(born_on="2023-03-01", became_looked_after_on="2026-01-05")
    assert changing.review().number == 2

    changing.change("mona", "correct_date", which="looked_after", correct="2026-03-20",
                    reason=TYPED)

    assert changing.review().number == 1
    assert changing.deadlines()[FIRST] == date(2026, 4, 21)


def test_a_review_that_was_held_keeps_its_number_and_its_limit_follows(waiting):
    """The law counts the second from the day on which the first was held."""
    waiting.change("mona", "correct_date", which="looked_after", correct="2026-03-20",
                   reason=TYPED)

    assert waiting.review().number == 2
    assert waiting.review().limit_on == date(2026, 7, 24)
    assert waiting.review(1).limit_on == date(2026, 4, 21)


def test_a_placement_that_began_earlier_lets_what_is_overdue_happen_at_once(changing):
    changing.change("wilma", "correct_date", which="looked_after", correct="2026-03-02",
                    reason=TYPED)
    seen = changing.preview("wilma", "correct_date", which="first_placement",
                            correct="2026-03-02", reason=TYPED)
    assert "explain_delay" not in changing.case.open()

    changing.change("wilma", "correct_date", which="first_placement", correct="2026-03-02",
                    reason=TYPED)

    assert "“Explain the delay”" in {line.what for line in seen.of(Group.TASKS)}
    assert "explain_delay" in changing.case.open()


def test_the_planned_review_put_right_moves_everyones_dates(waiting):
    waiting.move_to("2026-06-15")
    waiting.case.do("confirm_review_date", "rob", planned_review_on="2026-07-07")

    waiting.change("vera", "correct_date", which="planned_review", correct="2026-07-17",
                   reason=TYPED)

    assert waiting.deadlines()["Plan reviewed and passed on before each review"] == date(
        2026, 7, 16
    )
    assert waiting.case.events("due_moved")


@pytest.mark.parametrize(
    ("which", "correct", "says"),
    [
        ("looked_after", "2026-03-26", "The first placement began on Wed 25 Mar 2026."),
        ("looked_after", "2015-05-03", "before they were born"),
        ("looked_after", "2026-03-25", "the date that stands there now"),
        ("first_placement", "2026-03-24", "became looked after on Wed 25 Mar 2026."),
        ("first_placement", "2027-03-25", "Check the year"),
    ],
)
def test_an_order_that_cannot_be_is_refused_with_a_sentence(changing, which, correct, says):
    with pytest.raises(AnswersInvalid) as problem:
        changing.preview("wilma", "correct_date", which=which, correct=correct, reason=TYPED)

    assert says in problem.value.errors["correct"]


def test_a_review_without_a_planned_day_has_none_to_put_right(changing):
    with pytest.raises(AnswersInvalid) as problem:
        changing.preview("wilma", "correct_date", which="planned_review", correct="2026-04-20",
                         reason=TYPED)

    assert problem.value.errors["which"].startswith("No day is planned")


def test_a_planned_review_cannot_be_put_behind_the_law(waiting):
    waiting.move_to("2026-06-15")
    waiting.case.do("confirm_review_date", "rob", planned_review_on="2026-07-07")

    with pytest.raises(AnswersInvalid) as problem:
        waiting.preview("vera", "correct_date", which="planned_review", correct="2026-07-25",
                        reason=TYPED)

    assert "The law gives until Fri 24 Jul 2026" in problem.value.errors["correct"]


def test_a_day_that_the_reviewing_officer_asked_for_is_not_pushed_back_by_others(waiting):
    """Regulation 33(3)(a): they alone ask for it, and they alone take it back."""
    waiting.change("rob", "bring_review_forward", on="2026-05-20", reason="It may break down")

    with pytest.raises(AnswersInvalid) as problem:
        waiting.preview("wilma", "correct_date", which="planned_review", correct="2026-05-29",
                        reason=TYPED)
    waiting.change("wilma", "correct_date", which="planned_review", correct="2026-05-18",
                   reason=TYPED)

    assert problem.value.errors["correct"] == (
        "The reviewing officer asked for it by Wed 20 May 2026 (regulation 33(3)). Enter that day "
        "or an earlier one"
    )
    review = waiting.review()
    assert (review.asked_for_by, review.planned_on) == (date(2026, 5, 20), date(2026, 5, 18))
    assert waiting.deadlines()["Second review within 3 months of the first"] == date(2026, 5, 20)


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("2026-07-25", "The law gives until Fri 24 Jul 2026. Enter that day or an earlier one"),
        ("2026-06-14", "The day of the review is in the past."),
        ("2026-04-24", "The day of the review is in the past."),
    ],
)
def test_a_review_is_not_confirmed_for_a_day_that_cannot_be(waiting, day, says):
    waiting.move_to("2026-06-15")

    with pytest.raises(AnswersInvalid) as problem:
        waiting.case.do("confirm_review_date", "rob", planned_review_on=day)

    assert problem.value.errors["planned_review_on"].startswith(says)
    assert waiting.review().planned_on is None
    assert "confirm_review_date" in waiting.case.open()


def test_the_review_is_confirmed_for_no_later_than_the_officer_asked_for(waiting):
    waiting.change("rob", "bring_review_forward", on="2026-05-20", reason="It may break down")

    with pytest.raises(AnswersInvalid) as problem:
        waiting.case.do("confirm_review_date", "rob", planned_review_on="2026-05-21")

    assert "asked for it by Wed 20 May 2026" in problem.value.errors["planned_review_on"]


def test_a_review_whose_limit_is_past_is_confirmed_for_the_day_on_which_it_can_be(waiting):
    waiting.move_to("2026-07-27")

    waiting.case.do("confirm_review_date", "rob", planned_review_on="2026-07-31")

    assert waiting.review().planned_on == date(2026, 7, 31)


def test_the_teacher_and_a_stranger_cannot_put_dates_right(changing):
    for name in ("tara", "sven", "rob", "max", "olga"):
        with pytest.raises(NotFound):
            changing.preview(name, "correct_date", which="looked_after", correct="2026-03-20",
                             reason=TYPED)
