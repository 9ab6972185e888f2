"""What a move sets off by itself: the check knows of it before the flow's budget stops it."""

from random import Random

import pytest
from drawing import Drawing
from walking import (
    VOCABULARY,
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
    reminder,
    start,
    step,
    wait,
    within,
)

from engine.checker import check_files
from engine.checker.graph import graphs_of
from engine.checker.loops import check_loops, passed_at_once
from engine.checker.unattended import Unattended
from engine.errors import FlowFailed
from engine.spiff.elements import read_elements
from engine.spiff.flow import MOST_STEPS
from engine.spiff.xml import read_xml


def found(files):
    reports = check_files(files, VOCABULARY, procedure="case")
    return {f.element: f.message for each in reports for f in each.findings
            if f.rule == "too-much-at-once"}


def told(name):
    return f'<bpmn:serviceTask id="{name}" pepway:action="tell"/>'


def actions(count, name="tell"):
    """So many in a row, from the first to the last, and the arrows between them."""
    names = [f"{name}{number}" for number in range(count)]
    return "".join(map(told, names)) + path(*names), names[0], names[-1]


def called(name, process):
    return f'<bpmn:callActivity id="{name}" calledElement="{process}"/>'


def in_a_row(count):
    """One step, then so many shapes in which nobody has anything to do."""
    body, first, last = actions(count - 2)
    return drawn(start() + step("sign") + body + end()
                 + path("begun", "sign", first) + path(last, "done"))


def in_a_subprocess(count):
    body, first, last = actions(count - 5)
    inside = within("inner", start("b") + body + end("e") + path("b", first) + path(last, "e"))
    return drawn(start() + step("sign") + inside + end() + path("begun", "sign", "inner", "done"))


def in_a_called_process(count):
    body, first, last = actions(count - 5)
    return drawn(start() + step("sign") + called("inner", "other") + end()
                 + path("begun", "sign", "inner", "done")) | drawn(
                     start("b") + body + end("e") + path("b", first) + path(last, "e"), key="other")


def on_the_way_back(count):
    """The step is in a called process; half of what follows lies in the one that calls it."""
    half = count // 2
    inner, first, last = actions(half - 2, "in")
    outer, onward, at_last = actions(count - half - 2, "out")
    return drawn(start() + called("call", "other") + outer + end()
                 + path("begun", "call", onward) + path(at_last, "done")) | drawn(
                     start("b") + step("sign") + inner + end("e")
                     + path("b", "sign", first) + path(last, "e"), key="other")


def side_by_side(count):
    """Two ways and what is behind both, which happens once."""
    left, l1, l2 = actions((count - 4) // 3, "left")
    right, r1, r2 = actions((count - 4) // 3, "right")
    both, b1, b2 = actions(count - 4 - 2 * ((count - 4) // 3), "both")
    return drawn(start() + step("sign") + parallel("fork") + parallel("join") + left + right + both
                 + end() + path("begun", "sign", "fork", l1) + path(l2, "join", b1)
                 + path("fork", r1) + path(r2, "join") + path(b2, "done"))


def back_to_the_step(count):
    """In a loop, from behind the step round to before it."""
    body, first, last = actions(count - 3)
    return drawn(start() + choice("merge") + body + step("sign")
                 + choice("again", "again_to_done") + end() + path("begun", "merge", first)
                 + path(last, "sign", "again", "done") + arrow("again", "merge", "signed"))


WAYS = [in_a_row, in_a_subprocess, in_a_called_process, on_the_way_back, side_by_side,
        back_to_the_step]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_what_the_budget_would_stop_is_refused_and_nothing_less(way):
    """Of this many shapes one more is refused, and stopped; as many as there may be go through."""
    signed = {"known_facts": {"signed": True}}
    most, too_many = way(MOST_STEPS), way(MOST_STEPS + 1)

    assert found(most) == {}
    begin(most, **signed).complete("sign")

    [said] = found(too_many).values()
    assert said.startswith("When “Sign” is done, up to 301 steps would follow each other")
    assert said.endswith("Put a user task or a timer between them, here or in a process that is "
                         "called.")
    case = begin(too_many, **signed)
    with pytest.raises(FlowFailed):
        case.complete("sign")


def test_what_a_case_begins_with_and_what_a_date_sets_off_are_refused_too():
    body, first, last = actions(MOST_STEPS)
    begun = drawn(start() + body + end() + path("begun", first) + path(last, "done"))
    waited = drawn(start() + wait("w", "P1D", "timeDuration") + body + end()
                   + path("begun", "w", first) + path(last, "done"))
    reminded = drawn(start() + step("sign") + reminder("r", "sign") + body + end() + end("e")
                     + path("begun", "sign", "done") + path("r", first) + path(last, "e"))

    assert "When a case begins at “Begun”" in found(begun)["begun"]
    assert "When “W” is due" in found(waited)["w"]
    assert "When “R” is due" in found(reminded)["r"]


def test_of_a_choice_only_one_way_is_taken():
    left, l1, l2 = actions(200, "left")
    right, r1, r2 = actions(200, "right")
    body = (start() + step("sign") + choice("which", f"which_to_{r1}") + choice("merge") + left
            + right + end() + path("begun", "sign", "which", r1) + path(l2, "merge", "done")
            + arrow("which", l1, "signed") + path(r2, "merge"))

    assert found(drawn(body)) == {}


def test_what_an_exclusive_gateway_brings_together_counts_for_each_way():
    """Two tokens come through it one after the other, and each does all that is behind it."""
    body, first, last = actions(160)
    files = drawn(start() + step("sign") + parallel("fork") + parallel("second")
                  + choice("merge") + body + end() + path("begun", "sign", "fork", "merge", first)
                  + path("fork", "second", "merge") + path(last, "done"))

    assert "up to 327 steps" in found(files)["sign"]
    with pytest.raises(FlowFailed):
        begin(files).complete("sign")


def test_a_join_in_a_loop_that_waits_for_a_step_is_passed_once():
    body = (start() + choice("merge") + parallel("fork") + told("tell_all") + step("a")
            + parallel("both") + choice("again", "again_to_done") + end()
            + path("begun", "merge", "fork", "tell_all", "both")
            + path("fork", "a", "both", "again", "done") + arrow("again", "merge", "signed"))

    assert found(drawn(body)) == {}


@pytest.mark.parametrize("broken", [
    '<bpmn:userTask name="Without an id"/>', start("second"), '<bpmn:boundaryEvent id="b"/>',
    '<bpmn:callActivity id="c"/>', '<bpmn:subProcess id="case"/>', step("sign"),
    arrow("sign", "nowhere"), arrow("done", "begun"), path("join", "fork"), called("c", "case"),
])
def test_a_diagram_that_is_broken_otherwise_is_told_so_and_no_more(broken):
    body = (start() + step("sign") + parallel("fork") + parallel("join") + end()
            + path("begun", "sign", "fork", "join", "done") + path("fork", "join"))

    assert found(drawn(body + broken)) == {}


class Automatic(Drawing):
    """Invented diagrams in which the system does most by itself, and nothing is repeated."""

    def single(self):
        if self.chance.random() < 0.6:
            name = self.named("tell")
            self.body.append(told(name))
            return name, name
        return super().single()

    def repeated(self, shape):
        return shape


def invented(chance):
    """One without a loop in which nobody has anything to do, which is refused for that alone."""
    while True:
        drawing = Automatic(chance)
        main = drawing.process(chance.randint(4, 24))
        files = {**drawing.files, **drawn(main, f=ask({"type": "textfield", "key": "way"}))}
        graphs = graphs_of(elements_of(files))
        if not any(found for graph in graphs.values()
                   for found in check_loops(graph, passed_at_once(graphs))):
            return files


def elements_of(files):
    return {key: value for name, content in files.items() if name.endswith(".bpmn")
            for key, value in read_elements(read_xml(content)).items()}


def counted(files):
    elements = elements_of(files)
    graphs = graphs_of(elements)
    unattended = Unattended(graphs, passed_at_once(graphs))
    return elements, {
        node.id: unattended.steps(graph, node.id)
        for graph in graphs.values() for node in graph.nodes.values()
    }


@pytest.mark.parametrize("seed", range(60))
def test_no_move_of_an_invented_case_ever_sets_off_more_than_was_told(seed):
    chance = Random(seed)
    files = invented(chance)
    elements, most = counted(files)
    case = Walk(compiled(files))

    def passed_at(moved):
        passed = [each for each in case.flow.passed if elements[each].kind != "sequenceFlow"]
        assert len(passed) <= most[moved], (moved, passed)

    case.begin()
    passed_at(next(e.id for e in elements.values()
                   if e.process == "case" and e.kind == "startEvent"))
    for _ in range(40):
        moves = [*((case.complete, each) for each in case.open),
                 *((case.fire, each) for each in case.waiting)]
        if not moves:
            break
        move, moved = chance.choice(moves)
        if move == case.complete:
            case.complete(moved, way=chance.choice(("red", "amber", "green")))
        else:
            case.fire(moved)
        passed_at(moved)
