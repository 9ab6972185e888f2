"""Cases that wander: by chance through every arrow of both procedures, never stuck, no incident.

Beside SpiffWorkflow, the token game plays the same diagrams by BPMN's own rules, and some cases
are kept a second time by SpiffWorkflow's own serializer; all must say the same after every step.
"""

import re
from dataclasses import replace
from functools import cache

import pytest
from wandering import Wandering, WanderingTwice

from engine.checker.token_game import net_of
from engine.errors import FlowFailed
from engine.spiff import compile_procedure
from workflows.pep.domain import vocabulary

LEAST, MOST = 120, 2000
"""Cases of a folder: more than the least only until every arrow was taken. Case by case they are
the same each time, for chance begins with the number of the case."""

RARE = {"initial-pep": [606]}
"""Cases that take an arrow that hardly any takes, by folder: here a plan that is ready between the
first letter about its lateness and the second. They come first after the least; where a changed
diagram makes another case of one, chance goes on until somebody finds the next."""

TWICE = 3
"""Cases of a folder that SpiffWorkflow's own serializer keeps beside ours."""

pytestmark = pytest.mark.xdist_group("wandering")  # two tests ask what the same cases did

ENOUGH = 5
"""Cases that went wrong, to say what is to be mended."""


@cache
def wandered(files, name, least=LEAST, most=MOST, kept_twice=TWICE):
    """Every arrow that no case took, as its two ends; and what went wrong, by number of the case.

    `Wandering(procedure, net, number)` is that case again.
    """
    procedure = compile_procedure(dict(files), vocabulary(), name)
    net = net_of(procedure.elements, name)
    never = {each.id: (each.from_, each.to_) for each in procedure.elements.values()
             if each.kind == "sequenceFlow"}
    wrong = {}
    for number in dict.fromkeys([*range(least), *RARE.get(name, []), *range(least, most)]):
        if (number >= least and not never) or len(wrong) == ENOUGH:
            break
        case = (WanderingTwice if number < kept_twice else Wandering)(procedure, net, number)
        try:
            case.to_the_end()
        except (FlowFailed, AssertionError) as problem:
            wrong[number] = f"{getattr(problem, 'element', None) or ''} {problem}"[:300]
        for arrow in case.taken:
            never.pop(arrow, None)
    return set(never.values()), wrong


def test_no_case_is_ever_stuck_or_needs_a_process_owner(folder):
    _, wrong = wandered(_files(folder), folder.name)
    assert wrong == {}


def test_every_arrow_is_taken_by_some_case(folder):
    never, _ = wandered(_files(folder), folder.name)
    assert never == set()


def test_an_arrow_that_no_case_can_take_is_found(review):
    files = _planted(review, 'all_on_track == "no"', 'all_on_track == "perhaps"')
    never, wrong = wandered(files, review.name, 20, 40)
    assert {("on_track", "agree_way_forward"), ("agree_way_forward", "way_is_clear")} <= never
    assert wrong == {}


def test_a_join_that_waits_for_ever_is_found(review):
    files = _planted(review, r'exclusiveGateway( id="way_is_clear".*?)exclusiveGateway>',
                     r"parallelGateway\1parallelGateway>")
    _, wrong = wandered(files, review.name, 20, 20)
    assert any("Nothing can happen any more" in each for each in wrong.values())


def test_a_flow_that_breaks_the_rules_of_tokens_is_found(review):
    procedure = compile_procedure(review.files, vocabulary(), review.name)
    net = net_of(procedure.elements, review.name)
    net.nodes["signed"] = replace(net.nodes["signed"], kind="choice")
    with pytest.raises(AssertionError):
        [Wandering(procedure, net, number).to_the_end() for number in range(20)]


def _files(folder):
    return tuple(sorted(folder.files.items()))


def _planted(folder, pattern, other):
    """The folder's files with a fault in its diagram."""
    diagram = f"{folder.name}.bpmn"
    content, count = re.subn(pattern, other, folder.files[diagram].decode(), flags=re.DOTALL)
    assert count == 1
    return tuple(sorted({**folder.files, diagram: content.encode()}.items()))
