"""The shapes of one process as a graph, and what its structure gets wrong."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from operator import itemgetter

from engine.checker.report import ERROR, Finding
from engine.spiff.elements import Element

WIDEST_FORK = 256
"""Ways side by side that were measured: each step stays below a fifth of a second."""
LONGEST_WAY = 350
"""Shapes in a row: SpiffWorkflow's parser goes two calls deeper for each, and Python stops it at
a thousand."""


@dataclass(slots=True)
class Graph:
    """One process or embedded subprocess."""

    process: str
    name: str = ""
    """Of an embedded subprocess: what its shape is called."""
    nodes: dict[str, Element] = field(default_factory=dict)
    flows: list[Element] = field(default_factory=list)
    out: dict[str, list[str]] = field(default_factory=dict)
    into: dict[str, list[str]] = field(default_factory=dict)

    def of_kind(self, *kinds: str) -> list[Element]:
        return [node for node in self.nodes.values() if node.kind in kinds]

    def boundaries_of(self, node: str) -> list[str]:
        return [n.id for n in self.of_kind("boundaryEvent") if n.attached_to == node]

    def next_of(self, node: str) -> list[str]:
        """Where a case can go from here: along the arrows, or out by a boundary event."""
        return [*self.out.get(node, []), *self.boundaries_of(node)]


def graphs_of(elements: Mapping[str, Element]) -> dict[str, Graph]:
    """One graph for each process and embedded subprocess, by its id."""
    graphs: dict[str, Graph] = {}
    for element in elements.values():
        graph = graphs.setdefault(element.process, Graph(element.process))
        if element.kind == "sequenceFlow":
            graph.flows.append(element)
        else:
            graph.nodes[element.id] = element
        if element.kind == "subProcess":
            graphs.setdefault(element.id, Graph(element.id)).name = element.name
    for graph in graphs.values():
        for flow in graph.flows:
            if flow.from_ in graph.nodes and flow.to_ in graph.nodes:
                graph.out.setdefault(flow.from_ or "", []).append(flow.to_ or "")
                graph.into.setdefault(flow.to_ or "", []).append(flow.from_ or "")
    return graphs


def check_structure(graph: Graph) -> Iterator[Finding]:
    """Starts, ends, arrows, reachability, forks and length of one process."""
    starts, said = graph.of_kind("startEvent"), f"“{graph.name or graph.process}”"
    if not graph.nodes:
        yield Finding("start-one", ERROR, graph.process, f"Nothing is drawn in {said}, so a "
                      "child's case could not pass it. Draw its steps, or make it a user task.")
        return
    if len(starts) != 1:
        yield Finding("start-one", ERROR, starts[1].id if starts else graph.process,
                      f"{said} has {len(starts) or 'no'} start "
                      f"event{'s' if len(starts) > 1 else ''}. A case must begin in one place: "
                      "give it exactly one.")
    if not graph.of_kind("endEvent"):
        yield Finding("end-missing", ERROR, graph.process, f"{said} has no end event, "
                      "so no child's case would ever be finished. Add one.")
    yield from _arrows(graph)
    if len(starts) == 1:
        yield from _reachable(graph, starts[0].id)
        yield from _forks(graph, starts[0].id)
        yield from _too_long(graph, starts[0].id)


def _arrows(graph: Graph) -> Iterator[Finding]:
    for flow in graph.flows:
        if flow.from_ not in graph.nodes or flow.to_ not in graph.nodes:
            yield Finding("flow-dangling", ERROR, flow.id, f"The arrow “{flow.name or flow.id}” "
                          "does not join two shapes of this process. Draw it again.")
    for node in graph.nodes.values():
        yield from _arrows_of(graph, node)


def _arrows_of(graph: Graph, node: Element) -> Iterator[Finding]:
    out, into = len(graph.out.get(node.id, [])), len(graph.into.get(node.id, []))
    said = f"“{node.name}”"
    leads_on = node.kind in ("startEvent", "boundaryEvent") or into
    if leads_on and node.kind != "endEvent" and not out:
        yield Finding("arrows", ERROR, node.id, f"No arrow leaves {said}: a child's case that "
                      "comes here would stop for ever. Draw an arrow to the next step.")
    if node.kind == "endEvent" and out:
        yield Finding("arrows", ERROR, node.id, f"An arrow leaves the end {said}. Remove it.")
    if out > 1 and not node.kind.endswith("Gateway"):
        yield Finding("arrows", ERROR, node.id, f"{out} arrows leave {said}. Put a gateway behind "
                      "it: an exclusive one for a choice, a parallel one for all at once.")
    sources = graph.into.get(node.id, [])
    if node.kind == "parallelGateway" and len(set(sources)) < len(sources):
        yield Finding("arrows", ERROR, node.id, f"Two arrows lead from one shape to {said}, and "
                      "only one of them would be waited for. Remove one.")
    if node.default and all(flow.id != node.default for flow in graph.flows
                            if flow.from_ == node.id):
        yield Finding("arrows", ERROR, node.id, f"The default arrow of {said} does not leave it. "
                      "Choose one of its own arrows as the default.")
    yield from _arrows_into(graph, node, into)


def _arrows_into(graph: Graph, node: Element, into: int) -> Iterator[Finding]:
    said = f"“{node.name}”"
    if node.kind == "startEvent" and into:
        yield Finding("arrows", ERROR, node.id, f"An arrow leads into the start {said}. "
                      "Lead it to the first step instead.")
    if node.kind != "boundaryEvent":
        return
    attached = graph.nodes.get(node.attached_to or "")
    if attached is None or attached.kind not in ("userTask", "subProcess", "callActivity"):
        yield Finding("arrows", ERROR, node.id, f"The timer {said} is not attached to a task "
                      "or subprocess. Drop it on the edge of one.")
    if into:
        yield Finding("arrows", ERROR, node.id, f"An arrow leads into the boundary timer "
                      f"{said}. Remove it.")


def _reachable(graph: Graph, start: str) -> Iterator[Finding]:
    reached = _closure([start], graph.next_of)
    for node in graph.nodes.values():
        if node.id not in reached:
            yield Finding("unreachable", ERROR, node.id, f"No path leads to “{node.name}”, so no "
                          "child's case would ever come to it. Connect it or remove it.")
    backwards: dict[str, list[str]] = {}
    for node_id in graph.nodes:
        for target in graph.next_of(node_id):
            backwards.setdefault(target, []).append(node_id)
    ends = [node.id for node in graph.of_kind("endEvent")]
    finishing = _closure(ends, lambda node: backwards.get(node, []))
    for node in graph.nodes.values():
        if node.id in reached and node.id not in finishing and graph.out.get(node.id):
            yield Finding("cannot-end", ERROR, node.id, f"From “{node.name}” no path leads to an "
                          "end: a child's case that comes here could never be finished.")


def _forks(graph: Graph, start: str) -> Iterator[Finding]:
    """Ways side by side multiply where forks follow each other and nothing is brought together."""
    ways = {start: Fraction(1)}
    for node in _in_order(graph, start):
        element, width = graph.nodes[node], ways[node]
        if element.kind == "parallelGateway":
            width *= Fraction(len(graph.out.get(node, [])) or 1, len(graph.into[node]) or 1)
        if width > WIDEST_FORK:
            yield Finding("fork-too-wide", ERROR, node, f"Behind “{element.name}” more than "
                          f"{WIDEST_FORK} ways would be open side by side, and each step of a "
                          "child's case would take ever longer. Bring some together by a parallel "
                          "gateway before dividing again.")
            return
        for target in graph.next_of(node):
            ways[target] = max(ways.get(target, Fraction(1)), width)


def _in_order(graph: Graph, start: str) -> list[str]:
    """Every shape that can be reached after all that lead to it, but for arrows back."""
    finished = [node for node, _ in walk(start, graph.next_of)]
    return finished[::-1]


def _too_long(graph: Graph, start: str) -> Iterator[Finding]:
    node, depth = max(walk(start, graph.next_of), key=itemgetter(1))
    if depth > LONGEST_WAY:
        yield Finding("way-too-long", ERROR, node, f"“{graph.nodes[node].name}” stands at the end "
                      f"of a way of {depth:,} shapes, and at most {LONGEST_WAY} can follow each "
                      "other. Put parts of it into processes of their own, and call them.")


def walk(start: str, follow: Callable[[str], Iterable[str]]) -> Iterator[tuple[str, int]]:
    """Every shape when all behind it have been told, with how deep the walk is in it."""
    seen, way = {start}, [(start, iter(follow(start)))]
    while way:
        node, left = way[-1]
        target = next((each for each in left if each not in seen), None)
        if target is None:
            yield node, len(way)
            way.pop()
        else:
            seen.add(target)
            way.append((target, iter(follow(target))))


def check_calls(graph: Graph, graphs: Mapping[str, Graph]) -> Iterator[Finding]:
    """Calls by which a process would come back to itself, by way of others."""
    def called_from(process: str) -> list[str]:
        nodes = graphs[process].nodes.values() if process in graphs else ()
        return [node.calls or node.id for node in nodes if node.calls or node.kind == "subProcess"]

    for node in graph.of_kind("callActivity"):
        if node.calls not in (None, graph.process) and graph.process in _closure(
            [node.calls], called_from
        ):
            yield Finding("call", ERROR, node.id, f"“{node.name}” calls a process that comes back "
                          "to this one, and a child's case would go in ever deeper. Remove one "
                          "of the calls.")


def _closure(begin: Iterable[str], follow: Callable[[str], Iterable[str]]) -> set[str]:
    found, open_nodes = set(begin), list(begin)
    while open_nodes:
        for target in follow(open_nodes.pop()):
            if target not in found:
                found.add(target)
                open_nodes.append(target)
    return found

