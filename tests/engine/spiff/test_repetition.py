"""A step that is done for each of several: at once, or one after the other."""

import pytest
from walking import (
    NUMBER,
    Walk,
    ask,
    begin,
    compiled,
    drawn,
    end,
    path,
    reminder,
    start,
    step,
    within,
)

from engine.errors import DiagramRefused, FlowFailed
from engine.spiff import Flow

HOW_MANY = ask({**NUMBER, "key": "count"})


def repeated(shape, times="count", *, one_by_one=False):
    """The shape with a multi-instance marker."""
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(one_by_one).lower()}">'
        f"<bpmn:loopCardinality>{times}</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    if shape.endswith("/>"):
        return f"{shape[:-2]}>{loop}</bpmn:userTask>"
    return shape.replace(">", f">{loop}", 1)


def visits(times="count", *, one_by_one=False, more=""):
    return drawn(
        start() + step("plan", form="plan")
        + repeated(step("visit"), times, one_by_one=one_by_one) + step("meet") + end() + more
        + path("begun", "plan", "visit", "meet", "done"),
        plan=HOW_MANY,
    )


def test_all_at_once_and_on_when_the_last_is_done():
    case = begin(visits()).complete("plan", count=3)
    assert case.open == ["visit"] * 3
    case.complete("visit").complete("visit")
    assert case.open == ["visit"]
    assert case.complete("visit").open == ["meet"]


def test_one_after_the_other():
    case = begin(visits(one_by_one=True)).complete("plan", count=2)
    assert case.open == ["visit"]
    assert case.complete("visit").open == ["visit"]
    assert case.complete("visit").open == ["meet"]


@pytest.mark.parametrize("one_by_one", [False, True])
def test_not_at_all(one_by_one):
    assert begin(visits(one_by_one=one_by_one)).complete("plan", count=0).open == ["meet"]


def test_a_deadline_closes_them_all():
    late = reminder("late", "visit", stops=True) + path("late", "meet")
    case = begin(visits(more=late)).complete("plan", count=3).complete("visit")
    assert case.fire("late").open == ["meet"]


def test_a_whole_subprocess_is_repeated_and_closed_by_its_deadline():
    inside = within("visit", start("v_begun") + step("go") + step("report") + end("v_done")
                    + path("v_begun", "go", "report", "v_done"))
    files = drawn(
        start() + repeated(inside, "2") + step("meet") + end() + step("instead")
        + reminder("late", "visit", stops=True) + path("late", "instead", "done")
        + path("begun", "visit", "meet", "done")
    )
    case = begin(files)
    case.complete("go").complete("go").complete("report")
    assert case.open == ["report"]
    assert case.complete("report").open == ["meet"]
    assert begin(files).complete("go").fire("late").open == ["instead"]


def test_two_cases_do_not_count_each_others():
    procedure = compiled(visits())
    one = Walk(procedure).begin().complete("plan", count=2)
    other = Walk(procedure).begin().complete("plan", count=2)
    one.complete("visit")
    assert other.complete("visit").open == ["visit"]
    assert one.complete("visit").open == ["meet"]


@pytest.mark.parametrize("count", [-1, 101, 100_000])
def test_too_many_is_a_failure_that_names_the_step(count):
    with pytest.raises(FlowFailed, match="at most 100") as failure:
        begin(visits()).complete("plan", count=count)
    assert failure.value.element == "visit"


@pytest.mark.parametrize("times", ["", '"three"', "signed", "__import__('os')", "2.5", "nobody"])
def test_how_often_is_a_whole_number(times):
    with pytest.raises(DiagramRefused):
        compiled(visits(times))


def test_repetitions_inside_repetitions_do_not_multiply_without_end():
    inside = within("visit", start("v_begun") + repeated(step("go")) + end("v_done")
                    + path("v_begun", "go", "v_done"))
    case = begin(drawn(start() + step("plan", form="plan") + repeated(inside) + end()
                       + path("begun", "plan", "visit", "done"), plan=HOW_MANY))
    before = case.flow.encode()
    with pytest.raises(FlowFailed, match="more than 300") as failure:
        case.complete("plan", count=100)
    assert failure.value.element == "go"

    case.flow = Flow.decode(case.procedure, before)
    assert case.complete("plan", count=10).open == ["go"] * 100
