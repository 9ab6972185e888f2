"""By when a request is answered: worked examples from the guidance on the right of access."""

from datetime import date

import pytest

from engine.errors import AnswersInvalid, Refused
from workflows.subject_access.clock import due
from workflows.subject_access.requests import (
    all_requests,
    confirm_identity,
    extend_request,
    get_request,
    open_request,
)


@pytest.mark.parametrize(
    ("received", "confirmed", "extended", "by"),
    [
        (date(2026, 9, 3), date(2026, 9, 3), False, date(2026, 10, 5)),  # the 3rd is a Saturday
        (date(2026, 3, 31), date(2026, 3, 31), False, date(2026, 4, 30)),
        (date(2027, 1, 30), date(2027, 1, 30), False, date(2027, 3, 1)),  # the 28th is a Sunday
        (date(2026, 11, 25), date(2026, 11, 25), False, date(2026, 12, 29)),  # Christmas, Boxing
        (date(2026, 3, 2), date(2026, 3, 10), False, date(2026, 4, 10)),
        (date(2026, 3, 10), date(2026, 3, 2), False, date(2026, 4, 10)),
        (date(2026, 3, 2), date(2026, 3, 2), True, date(2026, 6, 2)),
        (date(2026, 3, 2), None, False, None),
    ],
)
def test_a_month_and_two_more(received, confirmed, extended, by):
    assert due(received, confirmed, extended=extended).on == by


def test_the_clock_waits_for_the_identity_and_can_be_extended_once_in_time(small_council):
    case, iris = small_council.start(), small_council.by("iris")
    request = open_request(iris, case.child_id, asked_by="Robin", received_on=iris.today)
    assert get_request(iris, request).due.on is None

    small_council.move_to("2026-04-02")
    confirm_identity(iris, request, iris.today)
    assert get_request(iris, request).due.on == date(2026, 5, 5)  # the 4th is a bank holiday
    with pytest.raises(Refused, match="confirmed already"):
        confirm_identity(iris, request, iris.today)
    extend_request(iris, request, "There are nine cases")
    assert get_request(iris, request).due.on == date(2026, 7, 2)
    with pytest.raises(Refused, match="extended already"):
        extend_request(iris, request, "Again")
    assert [each.id for each in all_requests(iris)] == [request]


def test_a_month_that_is_over_is_not_extended(small_council):
    case, iris = small_council.start(), small_council.by("iris")
    request = open_request(iris, case.child_id, asked_by="Robin", received_on=iris.today,
                           identity_confirmed_on=iris.today)
    small_council.move_to("2026-04-28")

    with pytest.raises(Refused, match="The month is over"):
        extend_request(iris, request, "Late")


def test_no_day_to_come(small_council):
    case, iris = small_council.start(), small_council.by("iris")

    with pytest.raises(AnswersInvalid) as wrong:
        open_request(iris, case.child_id, asked_by="Robin", received_on=date(2026, 3, 26))

    assert "received_on" in wrong.value.errors
