"""Two have to sign, and both have to sign again when the plan comes back.

SpiffWorkflow 3.2.0 lets the first signature of a later round pass for both.
"""

from itertools import product

import pytest
from walking import (
    Walk,
    arrow,
    ask,
    begin,
    choice,
    compiled,
    drawn,
    end,
    parallel,
    path,
    shape_of,
    start,
    step,
)

from engine.errors import FlowFailed

SIGNATURES = ("teacher", "worker")
RATING = ask({"type": "textfield", "key": "rating"})

BOTH_SIGN = drawn(
    start() + parallel("sign") + step("teacher") + step("worker") + parallel("signed")
    + step("check", form="check") + choice("checked", "checked_to_done") + end()
    + path("begun", "merge", "sign", "teacher", "signed", "check", "checked", "done")
    + path("sign", "worker", "signed") + choice("merge")
    + arrow("checked", "merge", 'rating == "red"'),
    check=RATING,
)


@pytest.mark.parametrize("orders", list(product([SIGNATURES, SIGNATURES[::-1]], repeat=3)))
def test_one_signature_never_passes_for_two_in_any_order_of_any_round(orders):
    case = begin(BOTH_SIGN)
    for number, (first, second) in enumerate(orders, start=1):
        assert case.open == ["teacher", "worker"]
        case.complete(first)
        assert case.open == [second], f"round {number}"
        case.complete(second)
        assert case.open == ["check"]
        case.complete("check", rating="green" if number == 3 else "red")
    assert case.ended == "done"


def test_three_have_to_come_together():
    case = begin(drawn(
        start() + parallel("fork") + step("a") + step("b") + step("c") + parallel("join")
        + step("after") + end() + path("begun", "fork", "a", "join", "after", "done")
        + path("fork", "b", "join") + path("fork", "c", "join")
    ))
    case.complete("b").complete("c")
    assert case.open == ["a"]
    assert case.complete("a").open == ["after"]


def test_a_branch_may_go_round_by_itself_before_it_comes_to_the_join():
    case = begin(drawn(
        start() + parallel("fork") + choice("again") + step("a", form="a") + choice("enough",
        "enough_to_join") + step("b") + parallel("join") + step("after") + end()
        + path("begun", "fork", "again", "a", "enough", "join", "after", "done")
        + path("fork", "b", "join") + arrow("enough", "again", 'rating == "red"'),
        a=RATING,
    ))
    case.complete("a", rating="red").complete("a", rating="red").complete("b")
    assert case.open == ["a"]
    assert case.complete("a", rating="green").open == ["after"]


def test_a_case_that_can_never_go_on_is_an_incident_and_not_silent():
    """An exclusive choice into a parallel join: only one of its two arrows is ever taken."""
    case = begin(drawn(
        start() + step("a", form="a") + choice("either", "either_to_c") + step("b") + step("c")
        + parallel("join") + end() + path("begun", "a", "either") + path("b", "join", "done")
        + arrow("either", "b", 'rating == "red"') + path("either", "c", "join"),
        a=RATING,
    ))
    case.complete("a", rating="green")
    with pytest.raises(FlowFailed, match="Nothing can happen any more") as failure:
        case.complete("c")
    assert failure.value.element == "join"


def test_a_hundred_rounds_make_the_state_no_larger():
    case = begin(BOTH_SIGN)
    sizes = []
    for _ in range(100):
        case.complete("worker").complete("teacher").complete("check", rating="red")
        sizes.append(len(case.flow.encode()))
    assert case.open == ["teacher", "worker"]
    assert max(sizes) - min(sizes) <= 2
    assert max(sizes) < 1000


def test_parallel_choices_in_a_row_do_not_multiply():
    """Twelve forks in a row made 20,478 steps before anyone had done anything."""
    body, last = start(), "begun"
    for number in range(20):
        fork, join = f"fork{number}", f"join{number}"
        body += parallel(fork) + step(f"a{number}") + step(f"b{number}") + parallel(join)
        body += path(last, fork, f"a{number}", join) + path(fork, f"b{number}", join)
        last = join
    case = begin(drawn(body + end() + path(last, "done")))
    assert case.open == ["a0", "b0"]
    assert len(case.flow.encode()) < 1000


def test_the_parsed_procedure_is_the_same_after_many_cases():
    procedure = compiled(BOTH_SIGN)
    before = shape_of(procedure)
    for _ in range(3):
        case = Walk(procedure).begin()
        case.complete("worker").complete("teacher").complete("check", rating="red")
        case.complete("teacher").complete("worker").complete("check", rating="green")
        assert case.ended == "done"
    assert shape_of(procedure) == before
