"""The day that the steps of an initial plan count back from. Today is Wednesday 25 March 2026."""

from datetime import date

import pytest

from engine.store.models import Case
from workflows.pep.deadlines import plan_due
from workflows.pep.facts import fact_in_words

BEFORE_PLACEMENT = ("The plan is due on Thu 9 Apr 2026, the last working day before the planned "
                    "placement of Fri 10 Apr 2026.")
TEN_DAYS = ("The plan is due 10 working days from Thu 9 Apr 2026: Thu 23 Apr 2026.")


def due(case):
    with case.council.by("vera").begin(writing=False) as work:
        row = work.session.get_one(Case, case.id)
        known = work.domain.known(work.session, row, work.today)
        return known.facts(frozenset({"plan_due"}))["plan_due"], fact_in_words(known, "plan_due")


def placed(council, day, entry):
    return council.start(became_looked_after_on=day, first_placement_on=day, entry=entry)


def test_ten_working_days_of_notice_let_the_plan_come_before_the_placement(small_council):
    """Good Friday and Easter Monday lie between: the tenth working day is Friday 10 April."""
    case = placed(small_council, "2026-04-10", "planned")

    assert due(case) == (date(2026, 4, 9), BEFORE_PLACEMENT)


def test_one_day_less_and_ten_working_days_count_from_the_placement(small_council):
    case = placed(small_council, "2026-04-09", "planned")

    assert due(case) == (date(2026, 4, 23), TEN_DAYS)


def test_an_emergency_has_ten_working_days_however_far_ahead_it_is_dated(small_council):
    case = placed(small_council, "2026-04-10", "emergency")

    assert due(case)[0] == date(2026, 4, 24)


@pytest.mark.parametrize(("opened", "due_on"), [
    (date(2026, 1, 5), date(2026, 1, 16)),
    (date(2026, 1, 6), date(2026, 2, 2)),
])
def test_a_placement_on_a_monday_is_prepared_by_the_friday_before(opened, due_on):
    assert plan_due(opened, date(2026, 1, 19), planned=True) == due_on
