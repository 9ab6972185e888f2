"""Starting a case: the check for a record that exists, and dates that cannot be."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from engine.cases import close_case
from engine.domain import SYSTEM
from engine.errors import AnswersInvalid, Refused
from engine.timers import fire_due_timers
from workflows.case_deadlines import deadlines_of
from workflows.children import Child
from workflows.pep.duplicates import find_duplicate
from workflows.pep.reviews import review_of
from workflows.pep.starting import start_case, start_initial_pep


def test_a_stranger_learns_only_that_the_virtual_school_knows_more(small_council):
    small_council.start(upn="Z123456789012")

    answer = find_duplicate(small_council.by("sven"), upn="z123456789012")

    assert answer.case_id is None
    assert answer.sentence.startswith(
        "This child may already have a record. Ask the virtual school, quoting "
    )


def test_a_surname_needs_the_date_of_birth(small_council):
    case = small_council.start()
    with pytest.raises(AnswersInvalid):
        find_duplicate(small_council.by("wilma"), family_name="Quennell")
    born = small_council.clock.now().date().replace(year=2015, month=5, day=4)

    found = find_duplicate(small_council.by("wilma"), family_name=" quennell ", born_on=born)

    assert found.case_id == case.id


def test_ten_checks_a_day_and_no_more(small_council):
    for _ in range(10):
        find_duplicate(small_council.by("wilma"), upn="Z999999999999")
    with pytest.raises(Refused, match="virtual school"):
        find_duplicate(small_council.by("wilma"), upn="Z999999999999")

    small_council.clock.move_on(timedelta(days=1))

    assert not find_duplicate(small_council.by("wilma"), upn="Z999999999999").found


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"first_placement_on": "2014-01-01"}, "first_placement_on", "before the child was born"),
        ({"born_on": "2027-01-01"}, "born_on", "in the future"),
        ({"born_on": "2005-05-04"}, "born_on", "18 or older"),
        ({"became_looked_after_on": "2026-03-30"}, "first_placement_on",
         "before the child became looked after"),
        ({"became_looked_after_on": "2027-03-30", "first_placement_on": "2027-03-30"},
         "became_looked_after_on", "more than 90 days ahead"),
        ({"born_on": "2015-02-30"}, "born_on", ""),
        ({"upn": "not a number"}, "upn", "UPN of 13 characters"),
        ({"family_name": " "}, "family_name", "Enter the child's family name"),
        ({"school": "00000000-0000-0000-0000-000000000000"}, "school", ""),
    ],
)
def test_what_cannot_be_gets_a_sentence_and_nothing_is_made(small_council, changed, field, says):
    by = small_council.by("wilma")

    with pytest.raises(AnswersInvalid) as problem:
        start_initial_pep(by, small_council.details(**changed))

    assert says in problem.value.errors[field]
    with by.begin(writing=False) as work:
        assert work.session.scalar(select(func.count()).select_from(Child)) == 0


def test_the_same_upn_twice_is_refused(small_council):
    small_council.start(upn="Z123456789012")

    with pytest.raises(AnswersInvalid) as problem:
        small_council.start(upn="Z123456789012", family_name="Other")

    assert "already has a record" in problem.value.errors["upn"]


def test_a_two_year_olds_case_waits_for_the_third_birthday_and_counts_from_there(small_council):
    """The reviews until then need no plan; the first one after it is what the plan is for."""
    case = small_council.start(born_on="2023-09-01")

    assert case.open() == {}
    with small_council.by("wilma").begin(writing=False) as work:
        review = review_of(work.session, case.id)
        assert (review.number, review.limit_on) == (3, date(2027, 1, 24))

    clocks = {row.title: row for row in deadlines_of(small_council.by("wilma"), case.id)}
    assert clocks["Plan prepared within 10 working days"].due_on == date(2026, 9, 15)
    later = clocks["Later reviews at most 6 months apart"]
    assert later.due_on == date(2027, 1, 24)
    assert "Reviews before the third birthday need no plan" in later.because
    assert "First statutory review within 20 working days" not in clocks

    small_council.clock.move_to(datetime(2026, 9, 1, 9, tzinfo=UTC))
    fire_due_timers(small_council.installation.acting(SYSTEM))

    assert set(case.open()) == {"initiate_pep", "hold_first_review"}
    assert case.open()["initiate_pep"].due_on == date(2026, 9, 2)


def test_a_two_year_olds_first_plan_is_started_again_where_its_case_was_closed(small_council):
    case, vera = small_council.start(born_on="2023-09-01"), small_council.by("vera")
    close_case(vera, case.id, "Opened too early")

    with pytest.raises(Refused, match="has not been held"):
        start_case(vera, "review-pep", case.child_id)
    again = start_case(vera, "initial-pep", case.child_id)

    assert review(small_council, again) == (3, date(2027, 1, 24))


def test_the_first_plan_of_a_two_year_old_who_had_no_case_counts_the_reviews_until_then(
    small_council,
):
    case, vera = small_council.start(born_on="2023-09-01"), small_council.by("vera")
    close_case(vera, case.id, "Entered by mistake")
    with vera.begin() as work:
        work.session.delete(review_of(work.session, case.id))

    again = start_case(vera, "initial-pep", case.child_id)

    assert review(small_council, again) == (3, date(2027, 1, 24))


def test_after_a_review_that_was_held_the_plan_for_the_next_one_is_started(small_council):
    case, vera = small_council.start(born_on="2023-09-01"), small_council.by("vera")
    close_case(vera, case.id, "Closed by mistake")
    with vera.begin() as work:
        review_of(work.session, case.id).held_on = date(2027, 1, 20)

    with pytest.raises(Refused, match="has been held"):
        start_case(vera, "initial-pep", case.child_id)
    following = start_case(vera, "review-pep", case.child_id)

    assert review(small_council, following) == (4, date(2027, 7, 20))


def review(council, case_id):
    """Number and limit of the statutory review that the case prepares."""
    with council.by("vera").begin(writing=False) as work:
        found = review_of(work.session, case_id)
        return found.number, found.limit_on
