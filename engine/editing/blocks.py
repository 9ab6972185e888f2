"""Parts of a diagram with one way in and one way out: these can be moved as one step can."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.editing.drawing import Drawing


@dataclass(frozen=True, slots=True)
class Block:
    entry: str
    """The arrow into it."""
    exit: str
    nodes: frozenset[str]


def block_between(drawing: Drawing, entry: str, exit_: str) -> Block | None:
    """What lies between two arrows, where nothing else leads into it or out of it."""
    first = drawing.target_of(entry)
    before, behind = drawing.source_of(entry), drawing.target_of(exit_)
    if not _reached(drawing, first, exit_, {before, behind}, timers=False):
        return None
    nodes = _reached(drawing, first, exit_, {before, behind}, timers=True)
    if drawing.source_of(exit_) not in nodes:
        return None
    into = {flow for node in nodes for flow in drawing.into(node)
            if drawing.source_of(flow) not in nodes}
    return Block(entry, exit_, frozenset(nodes)) if into == {entry} else None


def block_from(drawing: Drawing, entry: str) -> Block | None:
    """The smallest that begins with this arrow."""
    exits = _flows(drawing, drawing.target_of(entry), onward=True)
    found = (block_between(drawing, entry, each) for each in exits)
    return next((block for block in found if block), None)


def block_to(drawing: Drawing, exit_: str) -> Block | None:
    """The smallest that ends with this arrow."""
    entries = _flows(drawing, drawing.source_of(exit_), onward=False)
    found = (block_between(drawing, each, exit_) for each in entries)
    return next((block for block in found if block), None)


def _reached(
    drawing: Drawing, first: str, but: str, never: set[str], *, timers: bool
) -> set[str]:
    """All that the first leads to without one arrow; nothing where that comes to what it never
    should, or without timers to an end."""
    found, fresh = {first}, [first]
    while fresh:
        node = fresh.pop()
        if node in never or (not timers and drawing.kind(node) == "endEvent"):
            return set()
        onward = [drawing.target_of(flow) for flow in drawing.out_of(node) if flow != but]
        for each in [*onward, *(drawing.boundaries_of(node) if timers else [])]:
            if each not in found and each in drawing.nodes:
                found.add(each)
                fresh.append(each)
    return found


def _flows(drawing: Drawing, first: str, *, onward: bool) -> Iterator[str]:
    """Arrows ahead or behind, the nearest first."""
    found, fresh = {first}, [first]
    while fresh:
        node = fresh.pop(0)
        for flow in drawing.out_of(node) if onward else drawing.into(node):
            yield flow
            each = drawing.target_of(flow) if onward else drawing.source_of(flow)
            if each not in found and each in drawing.nodes:
                found.add(each)
                fresh.append(each)
