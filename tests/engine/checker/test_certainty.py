"""Which names a diagram may rely on: no condition stops a child's case because no one answered."""

import time

import pytest
from diagrams import radio
from walking import (
    VOCABULARY,
    arrow,
    ask,
    choice,
    drawn,
    end,
    parallel,
    path,
    reminder,
    start,
    step,
    within,
)

from engine.checker import check_files

RATING = ask(radio("rating", "red", "green"))
MAYBE = ask({**radio("rating", "red", "green"), "validate": {}})
AGAIN = ask(
    radio("again", "yes", "no"),
    {**radio("rating", "red", "green"), "conditional": {"hide": '=again != "yes"'}},
)
ON_RED = 'rating == "red"'


def uncertain(body, **forms):
    """Shapes whose expression asks for a name that may have no value there."""
    reports = check_files(drawn(body, **forms), VOCABULARY, procedure="case")
    return {
        each.element for report in reports for each in report.findings
        if each.rule == "name-uncertain"
    }


def asked_behind(*before, shapes="", condition=ON_RED):
    """A choice by the rating, behind these shapes."""
    return (
        start() + shapes + choice("which", "which_to_done") + step("x") + end()
        + path("begun", *before, "which", "done") + arrow("which", "x", condition)
        + path("x", "done")
    )


def test_a_required_answer_is_certain_behind_its_form_and_not_before_it():
    body = asked_behind("rate", shapes=step("rate", form="rate"))
    assert uncertain(body, rate=RATING) == set()
    assert uncertain(body, rate=MAYBE) == {"which_to_x"}
    assert uncertain(asked_behind(), rate=RATING) == {"which_to_x"}


def test_a_later_form_that_may_leave_it_empty_takes_certainty_away():
    shapes = step("rate", form="rate") + step("look", form="look")

    assert uncertain(asked_behind("rate", "look", shapes=shapes), rate=RATING, look=MAYBE) == {
        "which_to_x"
    }
    assert uncertain(asked_behind("look", "rate", shapes=shapes), rate=RATING, look=MAYBE) == set()


def test_so_does_one_on_another_way_of_the_same_fork():
    shapes = (step("rate", form="rate") + parallel("fork") + step("look", form="look")
              + step("other") + choice("inner", "inner_to_join") + step("y") + parallel("join"))
    body = asked_behind("rate", "fork", "look", "join", shapes=shapes) + path(
        "fork", "other", "inner", "join") + path("y", "join") + arrow("inner", "y", ON_RED)

    assert uncertain(body, rate=RATING, look=ask()) == set()
    assert uncertain(body, rate=RATING, look=MAYBE) == {"inner_to_y", "which_to_x"}


def test_so_does_one_beside_the_step_that_asks_for_it():
    shapes = (parallel("fork") + step("rate", form="rate") + step("look", form="look")
              + parallel("join"))
    body = asked_behind("fork", "look", "join", shapes=shapes) + path("fork", "rate", "join")

    assert uncertain(body, rate=RATING, look=ask()) == set()
    assert uncertain(body, rate=RATING, look=MAYBE) == {"which_to_x"}


def test_and_one_inside_a_part_that_a_timer_breaks_off():
    inside = start("b2") + step("look", form="look") + step("on") + end("e2")
    shapes = (step("rate", form="rate")
              + within("part", inside + path("b2", "look", "on", "e2"))
              + reminder("late", "part", stops=True) + end("over"))
    body = asked_behind("late", shapes=shapes).replace(
        arrow("begun", "late"), path("begun", "rate", "part", "over")
    )

    assert uncertain(body, rate=RATING, look=ask()) == set()
    assert uncertain(body, rate=RATING, look=MAYBE) == {"which_to_x"}


def test_and_one_behind_a_reminder_while_the_step_goes_on():
    shapes = (step("rate", form="rate") + within("part", start("b2") + step("wait")
              + choice("inner", "inner_to_e2") + step("y") + end("e2")
              + path("b2", "wait", "inner", "e2") + path("y", "e2") + arrow("inner", "y", ON_RED))
              + reminder("late", "part") + step("look", form="look") + end("noted"))
    body = asked_behind("rate", "part", shapes=shapes) + path("late", "look", "noted")

    assert uncertain(body, rate=RATING, look=ask()) == set()
    assert uncertain(body, rate=RATING, look=MAYBE) == {"inner_to_y", "which_to_x"}


def test_and_one_behind_another_reminder_of_the_same_step():
    body = (
        start() + step("wait") + reminder("early", "wait") + reminder("late", "wait") + end()
        + step("rate", form="rate") + choice("which", "which_to_noted") + step("x") + end("noted")
        + step("look", form="look") + end("looked") + path("begun", "wait", "done")
        + path("early", "rate", "which", "noted") + arrow("which", "x", ON_RED)
        + path("x", "noted") + path("late", "look", "looked")
    )
    assert uncertain(body, rate=RATING, look=ask()) == set()
    assert uncertain(body, rate=RATING, look=MAYBE) == {"which_to_x"}


def test_a_large_diagram_is_followed_in_time():
    names = [f"t{number}" for number in range(250)]
    body = start() + end() + path("begun", *names, "done") + "".join(
        step(name, form="rate") + reminder(f"r{name}", name) + end(f"e{name}")
        + path(f"r{name}", f"e{name}") for name in names
    )
    begun = time.process_time()
    assert uncertain(body, rate=MAYBE) == set()
    assert time.process_time() - begun < 5


def test_and_one_in_a_subprocess_or_a_called_process():
    inside = start("b2") + step("look", form="look") + end("e2") + path("b2", "look", "e2")
    shapes = step("rate", form="rate") + within("part", inside)
    body = asked_behind("rate", "part", shapes=shapes)

    assert uncertain(body, rate=RATING, look=ask()) == set()
    assert uncertain(body, rate=RATING, look=MAYBE) == {"which_to_x"}

    calling = asked_behind(
        "rate", "call", shapes=step("rate", form="rate")
        + '<bpmn:callActivity id="call" calledElement="called"/>'
    )
    called = drawn(inside, key="called")["called.bpmn"]
    for look, found in ((ask(), set()), (MAYBE, {"which_to_x"})):
        files = drawn(calling, rate=RATING, look=look) | {"called.bpmn": called}
        reports = check_files(files, VOCABULARY, procedure="case")
        assert {each.element for report in reports for each in report.findings
                if each.rule == "name-uncertain"} == found


@pytest.mark.parametrize(
    ("condition", "found"),
    [('again == "yes"', set()), ('again == "no"', {"then_to_y"}), ('again != "no"', {"then_to_y"})],
)
def test_an_answer_is_certain_where_an_arrow_says_that_it_was_asked(condition, found):
    body = (
        start() + step("rate", form="rate") + choice("which", "which_to_done") + step("x")
        + choice("then", "then_to_done") + step("y") + end()
        + path("begun", "rate", "which", "done") + arrow("which", "x", condition)
        + path("x", "then", "done") + arrow("then", "y", ON_RED) + path("y", "done")
    )
    assert uncertain(body, rate=AGAIN) == found


def test_but_not_once_the_question_that_showed_it_is_answered_again():
    body = (
        start() + step("rate", form="rate") + step("ask_again", form="ask_again")
        + choice("which", "which_to_done") + step("x")
        + choice("then", "then_to_done") + step("y") + end()
        + path("begun", "rate", "ask_again", "which", "done")
        + arrow("which", "x", 'again == "yes"')
        + path("x", "then", "done") + arrow("then", "y", ON_RED) + path("y", "done")
    )
    assert uncertain(body, rate=AGAIN, ask_again=ask(radio("again", "yes", "no"))) == {"then_to_y"}
