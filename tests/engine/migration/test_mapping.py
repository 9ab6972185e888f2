"""Steps that are put into a subprocess or taken out of one, and steps that are repeated."""

import pytest
from drawing import REPEATS
from walking import (
    MORNING,
    Walk,
    arrow,
    compiled,
    drawn,
    end,
    parallel,
    path,
    reminder,
    start,
    step,
    within,
)

from engine.migration.mapping import map_standing
from engine.migration.plan import AS_DONE, CannotMove, Plan
from engine.spiff import Flow

A_THEN_B = step("a") + step("b") + path("begun", "a", "b", "done")
PLAIN = drawn(start() + end() + A_THEN_B)
INSIDE = drawn(
    start() + end() + within("sub", start("in") + step("a") + step("b") + end("out")
                             + path("in", "a", "b", "out"))
    + reminder("late", "sub") + step("hurry") + end("hurried") + path("late", "hurry", "hurried")
    + path("begun", "sub", "done"))
CALLED = drawn(
    start() + end() + '<bpmn:callActivity id="call" calledElement="other"></bpmn:callActivity>'
    + path("begun", "call", "done")
) | drawn(start("in") + step("a") + step("b") + end("out") + path("in", "a", "b", "out"),
          key="other")


def times(count, *, one_by_one="false"):
    return drawn(
        start() + end() + step("a").replace(
            "/>", ">" + REPEATS.format(one_by_one=one_by_one, times=count) + "</bpmn:userTask>")
        + step("b") + path("begun", "a", "b", "done"))


def moved(case, files, plan=Plan()):  # noqa: B008 - it is never changed
    procedure = compiled(files)
    mapped = map_standing(case.procedure, procedure, case.flow.standing, plan, 2, MORNING)
    again = Walk(procedure)
    again.flow = Flow.laid_out(procedure, mapped.standing, case.flow.outcomes, again)
    again.notes = mapped.notes
    return again


def case_of(files):
    return Walk(compiled(files)).begin()


@pytest.mark.parametrize("files", [INSIDE, CALLED], ids=["subprocess", "called process"])
def test_a_step_that_is_put_inside_another_goes_on_there(files):
    case = case_of(PLAIN)
    [task] = case.flow.open_tasks

    again = moved(case, files)

    assert [each.token for each in again.flow.open_tasks] == [task.token]
    assert again.notes[0].startswith("“A” is inside “")
    assert again.complete("a").complete("b").ended is not None


def test_what_watches_the_step_around_it_begins():
    again = moved(case_of(PLAIN), INSIDE)

    assert again.waiting == ["late"]
    again.fire("late").complete("a").complete("b").complete("hurry")
    assert again.ended is not None


@pytest.mark.parametrize("files", [INSIDE, CALLED], ids=["subprocess", "called process"])
def test_a_step_that_is_taken_out_goes_on_outside(files):
    case = case_of(files).complete("a")

    again = moved(case, PLAIN)

    assert (again.open, again.waiting) == (["b"], [])
    assert again.complete("b").ended == "done"


def test_two_ways_that_are_put_inside_one_step_meet_in_it():
    fork = parallel("fork") + parallel("join")
    ways = (arrow("fork", "a") + arrow("fork", "b") + arrow("a", "join") + arrow("b", "join")
            + step("a") + step("b"))
    outside = drawn(start() + end() + fork + ways + path("begun", "fork") + path("join", "done"))
    inside = drawn(start() + end() + within(
        "sub", start("in") + end("out") + fork + ways + path("in", "fork") + path("join", "out"))
        + path("begun", "sub", "done"))
    case = case_of(outside).complete("a")

    again = moved(case, inside)

    assert again.open == ["b"]
    assert again.complete("b").ended == "done"


def test_of_a_step_that_is_done_several_times_each_is_carried():
    case = case_of(times(3)).complete("a")

    again = moved(case, times(5))

    assert again.open == ["a", "a"]
    assert again.complete("a").complete("a").open == ["b"]


def test_of_a_step_that_is_done_one_by_one_as_many_are_to_come_as_were():
    case = case_of(times(3, one_by_one="true")).complete("a")

    again = moved(case, times(9, one_by_one="true"))

    assert again.complete("a").complete("a").open == ["b"]


@pytest.mark.parametrize("other", [PLAIN, times(3, one_by_one="true")], ids=["once", "one by one"])
def test_what_is_done_several_times_is_not_moved_to_where_it_is_repeated_otherwise(other):
    with pytest.raises(CannotMove, match="is being done several times"):
        moved(case_of(times(3)), other)


def test_what_is_done_several_times_does_not_count_as_done():
    procedure = compiled(times(3))
    case = case_of(times(3))
    token = case.flow.open_tasks[0].token

    with pytest.raises(CannotMove, match="several times"):
        map_standing(procedure, procedure, case.flow.standing,
                     Plan({"a": AS_DONE}, token=token), 1, MORNING)


def test_inside_a_step_that_is_gone_the_words_say_so():
    case = case_of(INSIDE)
    other = drawn(start() + end() + step("c") + path("begun", "c", "done"))

    with pytest.raises(CannotMove) as refused:
        moved(case, other)
    assert refused.value.message == (
        "the step “A” stands inside “sub”, which release 2 no longer has; choose where it goes on")
    assert moved(case, other, Plan({"a": "c"})).open == ["c"]


def test_a_process_that_is_called_twice_takes_no_case_that_says_not_where():
    twice = drawn(
        start() + end() + "".join(
            f'<bpmn:callActivity id="call{each}" calledElement="other"></bpmn:callActivity>'
            for each in (1, 2)) + path("begun", "call1", "call2", "done")
    ) | drawn(start("in") + step("a") + end("out") + path("in", "a", "out"), key="other")

    with pytest.raises(CannotMove, match="calls from several places"):
        moved(case_of(PLAIN), twice)
