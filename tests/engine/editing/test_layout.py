"""Every shape and arrow has its place, none lies on another, and what was placed stays."""

from pathlib import Path

import pytest
from drawn_right import faults, without_picture
from made_by_chance import invent

from engine.editing.drawing import Drawing
from engine.editing.layout import laid_out
from engine.editing.picture import Picture

ROOT = Path(__file__).parents[3]
EXPORTS = sorted((ROOT / "tests/engine/checker/exports").glob("*.bpmn"))
DIAGRAMS = sorted((ROOT / "bpmn").glob("*/*.bpmn"))
SOME = [each for each in DIAGRAMS if each.stem in (
    "reopened-plan", "review-pep", "statutory-review", "interim-plan")]


def named(path):
    return path.stem


@pytest.mark.parametrize("path", DIAGRAMS, ids=named)
def test_a_diagram_with_all_its_places_is_not_touched(path):
    assert laid_out(path.read_bytes()) == path.read_bytes()


@pytest.mark.parametrize("path", [*SOME, *EXPORTS], ids=named)
def test_a_diagram_without_places_is_laid_out_whole(path):
    laid = laid_out(without_picture(path.read_bytes()))

    assert faults(laid) == []
    assert laid_out(laid) == laid


@pytest.mark.parametrize("seed", range(40))
def test_invented_diagrams_are_laid_out_without_fault(seed):
    assert faults(laid_out(invent(seed)["case.bpmn"])) == []


def test_what_is_drawn_of_a_step_that_was_added_by_hand_is_all_that_changes():
    path = ROOT / "bpmn/reopened-plan/reopened-plan.bpmn"
    whole = Picture(Drawing(path.read_bytes()))
    drawing = Drawing(path.read_bytes())
    for shape in list(drawing.root.iter("{*}BPMNShape")):
        if shape.get("bpmnElement") == "pass_plan_on":
            shape.getparent().remove(shape)

    again = Picture(Drawing(laid_out(drawing.written())))

    others = whole.boxes.keys() - {"pass_plan_on"}
    assert {each: again.boxes[each] for each in others} == {
        each: whole.boxes[each] for each in others}
    assert faults(laid_out(drawing.written())) == []
