"""A step or a way is removed, and what it leaves behind is joined again."""

from collections.abc import Mapping

from engine.domain import Vocabulary
from engine.editing.drawing import Drawing
from engine.editing.editing import STEPS, Edited, Editing, EditRefused
from engine.spiff.elements import local_name


def remove_step(
    files: Mapping[str, bytes], path: str, step: str, vocabulary: Vocabulary
) -> Edited:
    """With its reminders; the step before leads on to the step behind. `element` is that one.

    Raises `EditRefused`.
    """
    editing = Editing(files, path, vocabulary)
    kind = editing.step(step).kind
    if kind == "boundaryEvent":
        return editing.edited(_remove_timer(editing, step))
    if kind not in STEPS:
        msg = (f"{editing.said(step)} cannot be removed here: a case begins, ends or divides "
               "there. Remove the steps or the way beside it.")
        raise EditRefused(msg)
    drawing = editing.drawing
    out = drawing.out_of(step)
    if len(out) != 1:
        msg = (f"{editing.said(step)} cannot be removed: {len(out) or 'no'} ways leave it, so "
               "that it is not clear what comes instead.")
        raise EditRefused(msg)
    before = reached(drawing)
    behind = drawing.target_of(out[0])
    join_around(editing, step)
    tidy(editing, before)
    return editing.edited(behind if behind in drawing.nodes else "")


def remove_way(
    files: Mapping[str, bytes], path: str, flow: str, vocabulary: Vocabulary
) -> Edited:
    """One of several ways that part, with all that only it leads to. Raises `EditRefused`."""
    editing = Editing(files, path, vocabulary)
    drawing = editing.drawing
    if flow not in drawing.elements or flow in drawing.nodes:
        msg = "This way is no longer in the diagram. Go back to the list and choose another."
        raise EditRefused(msg)
    source = drawing.source_of(flow)
    if len(drawing.out_of(source)) < 2:
        msg = "It is the only way from there, so a case could not go on. Remove its steps instead."
        raise EditRefused(msg)
    if drawing.node(source).get("default") == flow:
        msg = ("It is the way that is taken when no answer leads another way. Remove the other "
               "way, or make that the usual one first.")
        raise EditRefused(msg)
    before = reached(drawing)
    drawing.drop_flow(flow)
    tidy(editing, before)
    return editing.edited(source if source in drawing.nodes else "")


def join_around(editing: Editing, step: str) -> None:
    """What led to a step leads to what comes behind it, and the step is gone."""
    drawing = editing.drawing
    [out] = drawing.out_of(step)
    behind, arriving = drawing.target_of(out), drawing.into(step)
    waits_for_each = _is_join(drawing, behind)
    if len(arriving) > 1 and waits_for_each:
        meeting = drawing.add("exclusiveGateway", f"before_{behind}", beside=step)
        drawing.connect(meeting, behind)
        behind, waits_for_each = meeting, False
    for flow in arriving:
        twin = any(drawing.target_of(each) == behind
                   for each in drawing.out_of(drawing.source_of(flow)))
        divides = drawing.kind(drawing.source_of(flow)) == "parallelGateway"
        if divides and (waits_for_each or twin):
            drawing.drop_flow(flow)  # nothing is left on this way, and nothing waits for it
        else:
            drawing.lead(flow, behind)
    drawing.drop(step)


def tidy(editing: Editing, before: set[str]) -> None:
    """Take away what no case comes to any more, and gateways at which nothing parts or meets."""
    drawing = editing.drawing
    changed = True
    while changed:
        gone = (before & set(drawing.nodes)) - reached(drawing)
        for node in gone:
            if node in drawing.nodes:
                drawing.drop(node)
        changed = bool(gone) or _dissolve_one(drawing)


def reached(drawing: Drawing) -> set[str]:
    """Every shape that a case may come to, those in subprocesses too."""
    found = {node for node, each in drawing.nodes.items() if local_name(each) == "startEvent"}
    fresh = list(found)
    while fresh:
        node = fresh.pop()
        onward = [drawing.target_of(flow) for flow in drawing.out_of(node)]
        for each in [*onward, *drawing.boundaries_of(node)]:
            if each not in found and each in drawing.nodes:
                found.add(each)
                fresh.append(each)
    return found


def _remove_timer(editing: Editing, timer: str) -> str:
    drawing = editing.drawing
    host = drawing.node(timer).get("attachedToRef", "")
    before = reached(drawing)
    drawing.drop(timer)
    tidy(editing, before)
    return host


def _is_join(drawing: Drawing, node: str) -> bool:
    return drawing.kind(node) == "parallelGateway" and len(drawing.into(node)) > 1


def _dissolve_one(drawing: Drawing) -> bool:
    for node in list(drawing.nodes):
        if drawing.kind(node) not in ("exclusiveGateway", "parallelGateway"):
            continue
        into, out = drawing.into(node), drawing.out_of(node)
        targets = {drawing.target_of(flow) for flow in out}
        if len(targets) != 1 or not into or targets == {node}:
            continue
        [behind] = targets
        is_choice = drawing.kind(node) == "exclusiveGateway"
        if len(into) == 1 and (len(out) == 1 or is_choice) and not _would_meet_twice(
                drawing, into[0], behind, node):
            for flow in out[1:]:
                drawing.drop_flow(flow)
            drawing.lead(into[0], behind)
            drawing.drop(node)
            return True
    return False


def _would_meet_twice(drawing: Drawing, flow: str, behind: str, node: str) -> bool:
    """Whether two arrows would lead from one shape to a join, which waits for one of them only."""
    source = drawing.source_of(flow)
    return drawing.kind(behind) == "parallelGateway" and any(
        drawing.target_of(each) == behind for each in drawing.out_of(source) if each != flow
    ) and node != behind
