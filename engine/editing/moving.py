"""A step changes places with what comes before or behind it, whole parts as one."""

from collections.abc import Mapping

from engine.domain import Vocabulary
from engine.editing.blocks import Block, block_between, block_from, block_to
from engine.editing.drawing import Drawing
from engine.editing.editing import STEPS, Edited, Editing, EditRefused

LOOKED_THROUGH = 150
"""Of larger diagrams only the move itself finds out, as there is much to look through."""


def move_later(
    files: Mapping[str, bytes], path: str, step: str, vocabulary: Vocabulary
) -> Edited:
    """Raises `EditRefused`."""
    editing = Editing(files, path, vocabulary)
    drawing = editing.drawing
    own = own_block(editing, step)
    behind = drawing.target_of(own.exit)
    if drawing.kind(behind) == "endEvent":
        msg = f"{editing.said(step)} is the last step before the end, so it cannot be done later."
        raise EditRefused(msg)
    other = block_from(drawing, own.exit)
    if other is None:
        raise EditRefused(_stands_where_ways_meet(editing, step, "behind"))
    following = drawing.target_of(other.exit)
    drawing.lead(own.entry, behind)
    drawing.lead(other.exit, step)
    drawing.lead(own.exit, following)
    drawing.change_places(step, [*other.nodes])
    return editing.edited(step)


def move_earlier(
    files: Mapping[str, bytes], path: str, step: str, vocabulary: Vocabulary
) -> Edited:
    """Raises `EditRefused`."""
    editing = Editing(files, path, vocabulary)
    drawing = editing.drawing
    own = own_block(editing, step)
    if drawing.kind(drawing.source_of(own.entry)) == "startEvent":
        msg = f"{editing.said(step)} is the first step already, so it cannot be done earlier."
        raise EditRefused(msg)
    other = block_to(drawing, own.entry)
    if other is None:
        raise EditRefused(_stands_where_ways_meet(editing, step, "before"))
    first, following = drawing.target_of(other.entry), drawing.target_of(own.exit)
    drawing.lead(other.entry, step)
    drawing.lead(own.entry, following)
    drawing.lead(own.exit, first)
    drawing.change_places(step, [*other.nodes])
    return editing.edited(step)


def can_move(drawing: Drawing, step: str) -> tuple[bool, bool]:
    """Whether there may be something earlier, and later, that it could change places with."""
    own = _own(drawing, step)
    if own is None:
        return False, False
    if len(drawing.nodes) > LOOKED_THROUGH:
        return True, True
    return block_to(drawing, own.entry) is not None, block_from(drawing, own.exit) is not None


def own_block(editing: Editing, step: str) -> Block:
    """A step with its reminders. Raises `EditRefused` where more leads into it or out of it."""
    if editing.step(step).kind not in STEPS:
        msg = f"{editing.said(step)} is no step that could stand elsewhere."
        raise EditRefused(msg)
    own = _own(editing.drawing, step)
    if own is None:
        msg = (f"{editing.said(step)} cannot be moved as it is: several ways lead to it, or a "
               "timer on it leads on elsewhere. Remove it and add it where it is to stand.")
        raise EditRefused(msg)
    return own


def _own(drawing: Drawing, step: str) -> Block | None:
    into, out = drawing.into(step), drawing.out_of(step)
    if drawing.kind(step) not in STEPS or len(into) != 1 or len(out) != 1:
        return None
    return block_between(drawing, into[0], out[0])


def _stands_where_ways_meet(editing: Editing, step: str, where: str) -> str:
    return (f"{editing.said(step)} cannot be moved that way: {where} it, ways part or come "
            "together that do not belong to one part of the diagram. Remove it and add it where "
            "it is to stand, or move it in the diagram.")
