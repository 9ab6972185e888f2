"""Ways that part: side by side, by a question, or to another step."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.domain import Vocabulary
from engine.editing.blocks import Block, block_between, block_from
from engine.editing.editing import LOCAL_PRACTICE, Edited, Editing, EditRefused
from engine.editing.moving import own_block
from engine.editing.steps import Step, arrow_behind, named, put_on, put_step
from engine.editing.taking_out import reached, tidy


@dataclass(frozen=True, slots=True)
class Branch:
    question: str
    condition: str
    """CEL: when the other way is taken."""
    answer: str = "Yes"
    """What is written on that way."""
    otherwise: str = "No"
    """What is written on the way that is taken else."""


def run_side_by_side(
    files: Mapping[str, bytes], path: str, step: str, vocabulary: Vocabulary
) -> Edited:
    """A step and what comes behind it begin together; what follows waits for both.

    Raises `EditRefused`.
    """
    editing = Editing(files, path, vocabulary)
    drawing = editing.drawing
    own = own_block(editing, step)
    if drawing.kind(drawing.target_of(own.exit)) == "endEvent":
        msg = f"{editing.said(step)} is the last step: there is none that could run beside it."
        raise EditRefused(msg)
    other = block_from(drawing, own.exit)
    if other is None:
        msg = (f"What comes behind {editing.said(step)} is no step or part with one way in and "
               "one way out, so it cannot run beside it.")
        raise EditRefused(msg)
    if not _joins_fork(editing, step, own, other):
        _fork(editing, step, own, other)
    return editing.edited(step)


def add_branch(
    files: Mapping[str, bytes], path: str, after: str, branch: Branch, step: Step,
    vocabulary: Vocabulary,
) -> Edited:
    """Behind a step, or on an arrow: one more step that is done only where the condition holds.

    `element` is the new step. Raises `EditRefused`.
    """
    editing = Editing(files, path, vocabulary)
    drawing = editing.drawing
    flow = arrow_behind(editing, after)
    choice = _question(editing, flow, branch)
    [past] = drawing.out_of(choice)
    meeting = put_on(editing, past, "exclusiveGateway", f"after_{choice}")
    way = drawing.connect(choice, meeting, name=branch.answer, condition=branch.condition)
    drawing.document(meeting, LOCAL_PRACTICE)
    return editing.edited(put_step(editing, way, step))


def add_way(
    files: Mapping[str, bytes], path: str, after: str, branch: Branch, to: str,
    vocabulary: Vocabulary,
) -> Edited:
    """Behind a step, or on an arrow: where the condition holds, a case goes to another step.

    `element` is the question. Raises `EditRefused`.
    """
    editing = Editing(files, path, vocabulary)
    _must_be_led_to(editing, to)
    choice = _question(editing, arrow_behind(editing, after), branch)
    editing.drawing.connect(choice, to, name=branch.answer, condition=branch.condition)
    return editing.edited(choice)


def set_condition(
    files: Mapping[str, bytes], path: str, flow: str, name: str, condition: str | None,
    vocabulary: Vocabulary,
) -> Edited:
    """What is asked for a way, and what is written on it. Raises `EditRefused`."""
    editing = Editing(files, path, vocabulary)
    drawing = editing.drawing
    source = _source(editing, flow)
    if condition is not None:
        if drawing.node(source).get("default") == flow:
            msg = ("This way is taken when no other is, so it needs no condition. Change the "
                   "condition of the other way.")
            raise EditRefused(msg)
        drawing.ask(flow, condition.strip() or None)
    drawing.rename(flow, " ".join(name.split()))
    return editing.edited(flow)


def lead_elsewhere(
    files: Mapping[str, bytes], path: str, flow: str, to: str, vocabulary: Vocabulary
) -> Edited:
    """A way ends at another step; what no way leads to any more is removed.

    Raises `EditRefused`.
    """
    editing = Editing(files, path, vocabulary)
    drawing = editing.drawing
    source = _source(editing, flow)
    _must_be_led_to(editing, to)
    if drawing.scope_of(source) is not drawing.scope_of(to):
        msg = f"{editing.said(to)} lies in another part of the diagram. Choose a step beside it."
        raise EditRefused(msg)
    if to == source:
        msg = f"{editing.said(source)} cannot lead to itself. Choose another step."
        raise EditRefused(msg)
    before = reached(drawing)
    drawing.lead(flow, to)
    tidy(editing, before)
    return editing.edited(source if source in drawing.nodes else to)


def _source(editing: Editing, flow: str) -> str:
    drawing = editing.drawing
    if flow not in drawing.elements or flow in drawing.nodes:
        msg = "This way is no longer in the diagram. Go back to the list and choose another."
        raise EditRefused(msg)
    return drawing.source_of(flow)


def _must_be_led_to(editing: Editing, to: str) -> None:
    if editing.step(to).kind in ("startEvent", "boundaryEvent"):
        msg = f"No way can lead to {editing.said(to)}. Choose the step behind it."
        raise EditRefused(msg)


def _question(editing: Editing, flow: str, branch: Branch) -> str:
    """A choice on an arrow, whose one way so far is the one that is taken else."""
    drawing = editing.drawing
    if not branch.condition.strip():
        msg = "Say when this way is taken"
        raise EditRefused(msg)
    choice = put_on(editing, flow, "exclusiveGateway", branch.question, named(branch.question))
    [past] = drawing.out_of(choice)
    drawing.rename(past, branch.otherwise)
    drawing.choose_default(choice, past)
    drawing.document(choice, LOCAL_PRACTICE)
    return choice


def _joins_fork(editing: Editing, step: str, own: Block, other: Block) -> bool:
    """Where ways run side by side behind it already, the step is one more of them."""
    drawing = editing.drawing
    fork, join = drawing.target_of(own.exit), drawing.source_of(other.exit)
    if (drawing.kind(fork), drawing.kind(join)) != ("parallelGateway", "parallelGateway"):
        return False
    if fork == join or any(
        block_between(drawing, way, each) is None and drawing.target_of(way) != join
        for way in drawing.out_of(fork) for each in _back_from(editing, way, join)
    ):
        return False
    drawing.lead(own.entry, fork)
    drawing.lead(own.exit, join)
    drawing.connect(fork, step)
    return True


def _back_from(editing: Editing, way: str, join: str) -> list[str]:
    """The arrow by which a way of a fork comes to the join, where it is one."""
    drawing = editing.drawing
    found, fresh, arriving = set[str](), [way], list[str]()
    while fresh:
        flow = fresh.pop()
        node = drawing.target_of(flow)
        if node == join:
            arriving.append(flow)
        elif node not in found:
            found.add(node)
            fresh += drawing.out_of(node)
    return arriving if len(arriving) == 1 else [way]


def _fork(editing: Editing, step: str, own: Block, other: Block) -> None:
    drawing = editing.drawing
    first, following = drawing.target_of(own.exit), drawing.target_of(other.exit)
    fork = drawing.add("parallelGateway", f"{step}_and_{first}", beside=step, after=False)
    join = drawing.add("parallelGateway", f"{step}_and_{first}_done",
                       beside=drawing.source_of(other.exit))
    for gateway in (fork, join):
        drawing.document(gateway, LOCAL_PRACTICE)
    drawing.lead(own.entry, fork)
    drawing.connect(fork, first)
    drawing.connect(fork, step)
    drawing.lead(other.exit, join)
    drawing.lead(own.exit, join)
    drawing.connect(join, following)
    drawing.out_of_place.add(step)
