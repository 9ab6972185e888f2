"""Whatever may move never sticks: cases of invented diagrams, laid out on changed ones."""

import re
from random import Random

import pytest
from drawing import ANSWERS, COUNTS, WAYS, draw
from made_by_chance import graph_of, invent, is_well_built
from walking import MORNING, VOCABULARY, Walk, arrow, compiled, reminder, step

from engine.checker.graph import graphs_of
from engine.checker.loops import check_loops
from engine.errors import DiagramRefused, FlowFailed
from engine.migration.mapping import map_standing
from engine.migration.plan import CannotMove, Plan
from engine.migration.proof import Proof
from engine.migration.unanswered import Questions
from engine.spiff import Flow

AS_IT_IS = Plan()
MOST_MOVES = 60
ONE_ARROW = re.compile(
    r'<bpmn:sequenceFlow id="([^"]*)" sourceRef="([^"]*)" targetRef="([^"]*)"></bpmn:sequenceFlow>'
)


def moved(case, procedure):
    """The case on another release. Raises `CannotMove`."""
    standing = map_standing(
        case.procedure, procedure, case.flow.standing, AS_IT_IS, 2, MORNING).standing
    again = Walk(procedure, known_facts=case.known_facts)
    try:
        again.flow = Flow.laid_out(procedure, standing, case.flow.outcomes, again)
    except FlowFailed as failure:
        raise CannotMove(failure.message) from failure
    if again.ended is None:
        Proof(procedure).can_end(again.flow.standing)
        Questions(procedure, VOCABULARY, 2).must_all_be_answered(
            again.flow.standing, again.flow.outcomes)
    return again


def is_waited_for(graph):
    """Whether someone or a date is waited for in every loop."""
    return not [*check_loops(graph, frozenset())]


def walk(case, chance, most, ends=False):
    """Chance moves. Where it `ends`, each answer leads out of every loop."""
    for _ in range(most):
        if case.ended is not None:
            return
        element = chance.choice(case.open + case.waiting)
        if element in case.open:
            way = "green" if ends else chance.choice(WAYS)
            case.complete(element, way=way, count=chance.choice(COUNTS))
        else:
            case.fire(element)


def changed(files, chance):
    """One more step, one less, or one more reminder, somewhere in one of the diagrams."""
    path = chance.choice([each for each in sorted(files) if each.endswith(".bpmn")])
    diagram = files[path].decode()
    change = chance.choice((_one_more, _one_more, _one_less, _reminded))
    return {**files, path: change(diagram, chance).encode(), "f.form": ANSWERS}


def _one_more(diagram, chance):
    found = [each for each in ONE_ARROW.finditer(diagram)]
    chosen = chance.choice(found)
    _, source, target = chosen.groups()
    new = step("fresh", form="f") + arrow(source, "fresh") + arrow("fresh", target)
    if f'default="{source}_to_{target}"' in diagram:
        diagram = diagram.replace(f'default="{source}_to_{target}"',
                                  f'default="{source}_to_fresh"')
    return diagram.replace(chosen.group(), new)


def _one_less(diagram, chance):
    tasks = re.findall(r'<bpmn:userTask id="([^"]*)"[^>]*/>', diagram)
    gone = chance.choice(tasks)
    if f'attachedToRef="{gone}"' in diagram:
        return diagram
    into = [each for each in ONE_ARROW.finditer(diagram) if each.group(3) == gone]
    out = [each for each in ONE_ARROW.finditer(diagram) if each.group(2) == gone]
    if len(into) != 1 or len(out) != 1 or f'"{into[0].group(1)}"' in re.findall(
            r"default=(\"[^\"]*\")", diagram):
        return diagram
    diagram = re.sub(rf'<bpmn:userTask id="{gone}"[^>]*/>', "", diagram)
    diagram = diagram.replace(out[0].group(), "")
    return diagram.replace(into[0].group(), arrow(into[0].group(2), out[0].group(3)))


def _reminded(diagram, chance):
    task = chance.choice(re.findall(r'<bpmn:userTask id="([^"]*)"', diagram))
    new = (reminder("fresh_reminder", task) + step("fresh", form="f")
           + '<bpmn:endEvent id="fresh_end"/>' + arrow("fresh_reminder", "fresh")
           + arrow("fresh", "fresh_end"))
    host = f'<bpmn:userTask id="{task}"'
    return diagram.replace(host, new + host)


def story(seed):
    """A drawn diagram and one change to it; whether a case moved from somewhere in its course."""
    chance = Random(seed)
    files = draw(chance, chance.randint(2, 8))
    case = Walk(compiled(files)).begin()
    walk(case, chance, chance.randint(0, 8))
    if case.ended is not None:
        return False
    procedure = compiled(changed(files, chance))
    if any(not is_waited_for(graph) for graph in graphs_of(procedure.elements).values()):
        return False
    again = moved(case, procedure)
    walk(again, chance, MOST_MOVES)
    walk(again, chance, 10 * MOST_MOVES, ends=True)
    # A loop in which nobody is asked which way to go is drawn, too.
    assert again.ended is not None or not again.open, (seed, again.open, again.waiting)
    return True


def test_what_moves_onto_a_changed_diagram_comes_to_its_end():
    outcomes = [_outcome(story, seed) for seed in range(150)]

    assert outcomes.count("moved") > 70
    assert outcomes.count("refused") > 2


def other_story(seed):
    """Two diagrams that have nothing in common but the names of their steps."""
    chance = Random(seed)
    files, others = invent(seed), invent(seed + 10_000)
    if not all(is_well_built(graph_of(each)[0]) for each in (files, others)):
        return False
    case = _somewhere(files, chance)
    if case is None or case.ended is not None:
        return False
    again = moved(case, compiled(others))
    for _ in range(5):
        branch = Walk(again.procedure, known_facts=dict(again.known_facts))
        branch.flow = Flow.decode(again.procedure, again.flow.encode())
        _walk_whatever_is_signed(branch, chance)
    return True


def _somewhere(files, chance):
    """A case in the course of a diagram that may be no good one; None where it has stuck."""
    case = Walk(compiled(files), known_facts={"signed": chance.random() < 0.5})
    try:
        case.begin()
        walk(case, chance, chance.randint(0, 4))
    except FlowFailed:
        return None
    return case


def _walk_whatever_is_signed(case, chance):
    for _ in range(MOST_MOVES):
        if case.ended is not None:
            return
        case.known_facts["signed"] = chance.random() < 0.5
        walk(case, chance, 1)


def test_what_moves_onto_quite_another_diagram_never_sticks():
    outcomes = [_outcome(other_story, seed) for seed in range(400)]

    assert outcomes.count("moved") > 20
    assert outcomes.count("refused") > 20


def _outcome(story, seed):
    try:
        return "moved" if story(seed) else "nothing to move"
    except CannotMove:
        return "refused"
    except DiagramRefused:
        return "not drawn"
    except FlowFailed as stuck:
        pytest.fail(f"{seed}: {stuck.message} {stuck.element}")
