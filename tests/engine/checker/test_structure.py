"""What the structure of a diagram may be, whichever way it is drawn; and that it then runs."""

import pytest
from walking import (
    VOCABULARY,
    arrow,
    begin,
    choice,
    compiled,
    drawn,
    end,
    parallel,
    path,
    reminder,
    start,
    step,
    wait,
    within,
)

from engine.checker import check_files
from engine.checker.graph import LONGEST_WAY, WIDEST_FORK
from engine.errors import FlowFailed

ASKED_AGAIN = arrow("again", "merge", "signed")
AROUND = path("begun", "merge", "inner", "again", "done")
INNER_ENDS = "inner_begun", "inner_done"


def found(body, rule):
    """The shapes that this rule is told about, with its words."""
    reports = check_files(drawn(body), VOCABULARY, procedure="case")
    return {f.element: f.message for each in reports for f in each.findings if f.rule == rule}


def side_by_side(ways, level=""):
    """A fork and a join around these ways, each one step."""
    fork, join = f"fork{level}", f"join{level}"
    body = parallel(fork) + parallel(join)
    for number in range(ways):
        name = f"a{level}_{number}"
        body += step(name) + path(fork, name, join)
    return body, fork, join


def in_a_row(forks, ways=2):
    body, last = start() + end(), "begun"
    for level in range(forks):
        drawn_here, fork, join = side_by_side(ways, f"{level}")
        body, last = body + drawn_here + path(last, fork), join
    return body + path(last, "done")


def test_a_shape_to_which_nothing_leads_is_refused():
    body = start() + step("a") + step("lost") + end() + path("begun", "a", "done")

    assert set(found(body, "unreachable")) == {"lost"}


@pytest.mark.parametrize("host", ["nothing", "a_to_done", "begun"])
def test_a_reminder_that_stands_on_no_step_is_told_and_ends_no_check(host):
    body = (start() + step("a") + reminder("r", host) + end() + end("over")
            + path("begun", "a", "done") + path("r", "over"))

    assert "is not attached to a task or subprocess" in found(body, "arrows")["r"]


# Forks


def test_forks_in_a_row_that_come_together_again_never_multiply():
    body = in_a_row(30)

    assert found(body, "fork-too-wide") == {}
    case = begin(drawn(body))
    for level in range(30):
        assert case.open == [f"a{level}_0", f"a{level}_1"]
        case.complete(f"a{level}_1").complete(f"a{level}_0")
    assert case.ended == "done"


@pytest.mark.parametrize(("ways", "refused"), [(WIDEST_FORK, False), (WIDEST_FORK + 1, True)])
def test_as_many_ways_as_were_measured_stand_side_by_side_and_no_more(ways, refused):
    told = found(in_a_row(1, ways), "fork-too-wide")

    assert bool(told) is refused
    assert all("more than 256 ways would be open side by side" in each for each in told.values())


def test_a_case_stands_as_many_ways_as_the_check_allows():
    case = begin(drawn(in_a_row(1, WIDEST_FORK)))

    assert len(case.open) == WIDEST_FORK
    case.complete("a0_0").complete("a0_255")
    assert len(case.open) == WIDEST_FORK - 2


def test_forks_that_an_exclusive_gateway_brings_together_do_multiply():
    body, last = start() + end(), "begun"
    for level in range(9):
        fork, merge = f"fork{level}", f"merge{level}"
        body += parallel(fork) + choice(merge) + path(last, fork)
        body += arrow(fork, merge) + step(f"a{level}") + path(fork, f"a{level}", merge)
        last = merge

    assert set(found(body + path(last, "done"), "fork-too-wide")) == {"fork8"}


def test_a_fork_in_a_loop_is_counted_once():
    inner, fork, join = side_by_side(200)
    body = (start() + choice("merge") + inner + choice("again", "again_to_done") + end()
            + path("begun", "merge", fork) + path(join, "again", "done") + ASKED_AGAIN)

    assert found(body, "fork-too-wide") == {}


# Length


def chain(length, element="s"):
    names = [f"{element}{number}" for number in range(length - 2)]
    return start() + "".join(map(step, names)) + end() + path("begun", *names, "done")


@pytest.mark.parametrize("depth", [0, 150])
def test_the_longest_way_that_the_check_allows_can_be_run_from_deep_within_a_page(depth):
    def deeper(left):
        return deeper(left - 1) if left else compiled(drawn(chain(LONGEST_WAY)))

    assert found(chain(LONGEST_WAY), "way-too-long") == {}
    assert len(deeper(depth).elements) == 2 * LONGEST_WAY - 1


def test_a_longer_way_is_refused_before_any_case():
    told = found(chain(LONGEST_WAY + 1), "way-too-long")

    assert set(told) == {"done"}
    assert "a way of 351 shapes" in told["done"]


def test_a_long_way_inside_a_step_of_a_long_way_can_be_run():
    body = (start() + "".join(step(f"s{n}") for n in range(340))
            + within("inner", chain(340, "i").replace('"begun"', '"b"').replace('"done"', '"d"'))
            + end() + path("begun", *(f"s{n}" for n in range(340)), "inner", "done"))

    assert found(body, "way-too-long") == {}
    assert compiled(drawn(body))


# Loops


def around(inner):
    """A loop that a case leaves, or goes round once more, with this in it."""
    return (start() + choice("merge") + inner + choice("again", "again_to_done") + end()
            + AROUND + ASKED_AGAIN)


def inside(body="", *between):
    """A subprocess with this body, whose shapes follow each other."""
    first, last = INNER_ENDS
    return within("inner", start(first) + body + end(last) + path(first, *between, last))


def goes_round(body):
    """What a case does that is asked for another round each time."""
    with pytest.raises(FlowFailed, match="goes round without anyone"):
        begin(drawn(body), known_facts={"signed": True})
    return True


@pytest.mark.parametrize(
    "inner",
    [
        inside(),
        inside('<bpmn:serviceTask id="tell" pepway:action="tell"/>', "tell"),
        inside(choice("g", "g_to_inner_done") + step("a") + arrow("g", "a", "signed == false")
               + path("a", "inner_done"), "g"),
        inside(within("deeper", start("x") + end("y") + path("x", "y")), "deeper"),
        inside(parallel("f") + parallel("j") + choice("c") + path("f", "c", "j"), "f", "j"),
    ],
    ids=["empty", "an action", "a choice around the step", "one within another", "a fork"],
)
def test_a_subprocess_without_a_wait_does_not_make_a_loop_wait(inner):
    body = around(inner)

    assert "put a user task or a timer into the loop" in found(body, "loop-without-wait")["again"]
    assert goes_round(body)


@pytest.mark.parametrize(
    "inner",
    [
        inside(step("a"), "a"),
        inside(wait("w", "P1D", "timeDuration"), "w"),
        inside(within("deeper", start("x") + step("a") + end("y") + path("x", "a", "y")), "deeper"),
        inside(parallel("f") + parallel("j") + step("a") + path("f", "a", "j"), "f", "j"),
        inside(parallel("f") + step("a") + end("e") + path("f", "a", "e"), "f"),
    ],
    ids=["a step", "a timer", "one within another", "beside", "beside, to an end of its own"],
)
def test_a_subprocess_in_which_someone_has_something_to_do_does(inner):
    body = around(inner)

    assert found(body, "loop-without-wait") == {}
    case = begin(drawn(body), known_facts={"signed": True})
    assert len(case.open) + len(case.waiting) == 1


def test_an_action_beside_a_step_in_a_loop_waits_for_the_step():
    """The loop leads by the action too, but the join does not."""
    body = around(parallel("inner") + '<bpmn:serviceTask id="tell" pepway:action="tell"/>'
                  + step("a") + parallel("both")).replace(arrow("inner", "again"), "")
    body += path("inner", "tell", "both") + path("inner", "a", "both", "again")

    assert found(body, "loop-without-wait") == {}
    case = begin(drawn(body), known_facts={"signed": True})
    assert case.complete("a").open == ["a"]


def test_a_called_process_without_a_wait_does_not_make_a_loop_wait():
    calls = '<bpmn:callActivity id="inner" calledElement="other"/>'
    for body, refused in ((end("d") + path("b", "d"), {"again"}),
                          (step("a") + end("d") + path("b", "a", "d"), set())):
        files = drawn(around(calls)) | drawn(start("b") + body, key="other")
        reports = check_files(files, VOCABULARY, procedure="case")
        told = {f.element for each in reports for f in each.findings
                if f.rule == "loop-without-wait"}
        assert told == refused


def test_a_name_without_end_does_not_fill_the_sentence_that_names_it():
    body = start() + step("write") + end() + path("begun", "write", "done")
    [diagram] = drawn(body).values()
    named = diagram.replace(b'"Write"', b'"%s"' % (b"a" * 1_000_000))

    [report] = check_files({"case.bpmn": named}, VOCABULARY, procedure="case")

    [said] = [each.message for each in report.findings if each.rule == "due-missing"]
    assert said.startswith(f"“{'a' * 199}…” never becomes late")
    assert all(len(each.message) < 1_000 for each in report.findings)
