"""Diagrams in which a child's case could stop for ever are refused, with how it comes to that."""

from random import Random

import pytest
from made_by_chance import graph_of, invent, is_well_built
from walking import (
    VOCABULARY,
    Walk,
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
from engine.checker.report import ERROR
from engine.checker.rests import EverMore, Rests, TooMany
from engine.checker.soundness import check_soundness
from engine.checker.token_game import net_of
from engine.errors import FlowFailed
from engine.spiff import compile_procedure

RATING = ask({"type": "textfield", "key": "rating"})


def found(body, **forms):
    """Rule and element of what is found of the whole, and the sentence."""
    [report] = [each for each in check_files(drawn(body, **forms), VOCABULARY)
                if each.file == "case.bpmn"]
    return [(each.rule, each.element, each.message) for each in report.findings
            if each.rule in ("deadlock", "cannot-end", "ever-more", "unreachable")]


def test_one_of_two_ways_and_both_are_waited_for():
    [(rule, element, message)] = found(
        start() + choice("which", "which_to_nurse") + step("nurse") + step("doctor")
        + parallel("both") + step("file") + end()
        + path("begun", "which", "nurse", "both", "file", "done")
        + arrow("which", "doctor", "signed") + path("doctor", "both"))

    assert (rule, element) == ("deadlock", "both")
    assert "can stop before “Both” for ever" in message
    assert "waits there for what comes from “Nurse”" in message
    assert "after: the way to “Doctor” at “Which”, then “Doctor”." in message


def test_a_way_out_of_a_fork_that_never_comes_back_to_its_join():
    [(rule, element, message)] = found(
        start() + parallel("fork") + step("nurse") + step("doctor") + choice("sure", "sure_to_both")
        + parallel("both") + end() + end("given_up")
        + path("begun", "fork", "nurse", "sure", "both", "done") + path("fork", "doctor", "both")
        + arrow("sure", "given_up", "signed"))

    assert (rule, element) == ("deadlock", "both")
    assert "“Nurse”, then the way to “Given up” at “Sure”" in message


def test_a_reminder_that_leads_back_into_the_way():
    [(rule, element, message)] = found(
        start() + step("write") + step("check") + reminder("late", "write") + end()
        + path("begun", "write", "check", "done") + path("late", "write"))

    assert (rule, element) == ("ever-more", "write")
    assert "after: “Late”" in message


def test_a_reminder_that_goes_its_own_way_or_stops_the_step_is_sound():
    body = (start() + step("write") + step("chase") + step("check") + end() + end("chased")
            + path("begun", "write", "check", "done"))
    assert found(body + reminder("late", "write") + path("late", "chase", "chased")) == []
    assert found(body + reminder("late", "write", stops=True) + path("late", "chase", "chased")
                 ) == []


def test_a_loop_beside_a_reminder_of_it_is_sound():
    assert found(
        start() + step("write", form="write") + step("chase") + step("check")
        + choice("good", "good_to_done") + reminder("late", "write") + end() + end("chased")
        + path("begun", "write", "check", "good", "done") + path("late", "chase", "chased")
        + arrow("good", "write", 'rating == "red"'), write=RATING) == []


def test_what_is_wrong_inside_a_subprocess_is_told_of_it():
    inside = (start("in") + parallel("fork") + step("nurse") + step("doctor") + choice("sure",
              "sure_to_both") + parallel("both") + end("out") + end("away")
              + path("in", "fork", "nurse", "sure", "both", "out") + path("fork", "doctor", "both")
              + arrow("sure", "away", "signed"))
    [(rule, element, _)] = found(
        start() + within("visit", inside) + end() + path("begun", "visit", "done"))

    assert (rule, element) == ("deadlock", "both")


def test_a_step_that_an_end_of_everything_always_comes_before():
    [(rule, element, message)] = found(
        start() + parallel("fork") + step("nurse") + end("stop", terminate=True) + end()
        + path("begun", "fork", "nurse", "done") + path("fork", "stop"))

    assert (rule, element) == ("unreachable", "nurse")
    assert "whatever anybody answers and in whatever order" in message


def test_a_step_behind_answers_that_contradict_each_other():
    [(rule, element, _)] = found(
        start() + step("write", form="write") + choice("good", "good_to_done")
        + choice("bad", "bad_to_never") + step("never") + end()
        + path("begun", "write", "good", "done") + path("bad", "never", "done")
        + arrow("good", "bad", 'rating == "red"') + arrow("bad", "done", 'rating == "red"'),
        write=RATING)

    assert (rule, element) == ("unreachable", "never")


def test_of_steps_side_by_side_each_is_looked_at_once():
    names = [f"s{number}" for number in range(128)]
    _, elements = graph_of(drawn(
        start() + parallel("fork") + parallel("join") + end() + "".join(map(step, names))
        + path("begun", "fork") + path("join", "done")
        + "".join(path("fork", name, "join") for name in names)))

    rests = Rests(net_of(elements, "case", alone=True), {}, 300).visit()

    assert len(rests.onward) == 129
    assert rests.stuck() is rests.endless() is None


def test_more_ways_than_can_be_tried_are_told():
    many = [f"s{number}" for number in range(16)]
    body = start() + parallel("fork") + end() + path("begun", "fork") + "".join(
        step(name) + choice(f"c_{name}", f"c_{name}_to_done") + step(f"t_{name}")
        + path("fork", name, f"c_{name}", "done") + arrow(f"c_{name}", f"t_{name}", "signed")
        + path(f"t_{name}", f"j_{name}") + parallel(f"j_{name}")
        + path(f"j_{name}", "done") for name in many)
    graph, elements = graph_of(drawn(body))

    assert [each.rule for each in check_soundness(graph, elements, {})] in ([], ["too-complex"])


def verdict(graph, elements, *, every_order):
    net = net_of(elements, "case", alone=True)
    conditions = {each.id: each.condition or "" for each in graph.flows}
    rests = Rests(net, conditions, 3_000, every_order=every_order).visit()
    return bool(rests.stuck()), bool(rests.stuck() or rests.endless())


def test_one_order_of_what_is_open_finds_what_all_orders_find():
    compared = {True: 0, False: 0}
    for seed in range(3_000):
        graph, elements = graph_of(invent(seed))
        if not is_well_built(graph):
            continue
        try:
            of_all = verdict(graph, elements, every_order=True)
            of_one = verdict(graph, elements, every_order=False)
        except (EverMore, TooMany):
            continue
        assert of_one == of_all, seed
        compared[of_one[1]] += 1

    assert compared[True] > 300
    assert compared[False] > 300


def play_a_hundred(seed):
    """Of a hundred invented diagrams those that are accepted are played by the engine until they
    end. How many; raises `AssertionError` where one does not."""
    played = 0
    for number in range(seed * 100, seed * 100 + 100):
        graph, elements = graph_of(files := invent(number))
        if is_well_built(graph) and not list(check_soundness(graph, elements, {})):
            comes_to_an_end(files, Random(number))
            played += 1
    return played


def comes_to_an_end(files, chance):
    walk = Walk(compile_procedure(files, VOCABULARY))
    walk.known_facts["signed"] = chance.random() < 0.5
    walk.begin()
    for _ in range(400):
        if walk.ended:
            return
        walk.known_facts["signed"] = chance.random() < 0.5
        moves = [*((walk.complete, each) for each in walk.open),
                 *((walk.fire, each) for each in walk.waiting)]
        assert moves, "it is not over, and nobody has anything to do"
        move, element = chance.choice(moves)
        move(element)
    raise AssertionError("it has not ended after 400 moves")


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_accepted_comes_to_an_end_in_the_engine(seed):
    assert play_a_hundred(seed) > 20


def test_a_check_that_overlooks_what_is_stuck_is_caught(monkeypatch):
    monkeypatch.setattr(Rests, "stuck", lambda _rests: None)
    monkeypatch.setattr(Rests, "endless", lambda _rests: None)

    with pytest.raises(FlowFailed, match="Nothing can happen any more"):
        play_a_hundred(0)


def test_every_error_says_what_would_happen_to_a_child():
    for seed in range(400):
        graph, elements = graph_of(invent(seed))
        if is_well_built(graph):
            for each in check_soundness(graph, elements, {}):
                assert each.severity == ERROR
                assert "child's case" in each.message
                assert each.element in elements
