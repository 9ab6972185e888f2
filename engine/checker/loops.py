"""Loops in which nobody has anything to do: a case would go round until its budget is used up."""

from collections.abc import Iterator, Mapping

from engine.checker.graph import Graph
from engine.checker.report import ERROR, Finding
from engine.spiff.elements import Element

WAITS = frozenset({"userTask", "intermediateCatchEvent"})


def passed_at_once(graphs: Mapping[str, Graph]) -> frozenset[str]:
    """The processes and subprocesses that a case can run to their end without any wait."""
    found: frozenset[str] = frozenset()
    while more := frozenset(
        name for name, graph in graphs.items() if name not in found and _ends_at_once(graph, found)
    ):
        found |= more
    return found


def check_loops(graph: Graph, at_once: frozenset[str]) -> Iterator[Finding]:
    """The first shape that goes round without a person or a date; `at_once` as told above."""
    going = _going_round(graph, at_once)
    for node in sorted(going):
        if _comes_back(graph, node, going):
            yield Finding("loop-without-wait", ERROR, node, f"“{graph.nodes[node].name}” lies in "
                          "a loop in which nobody has anything to do. It would go round without "
                          "end: put a user task or a timer into the loop.")
            return


def waits(node: Element, at_once: frozenset[str]) -> bool:
    """Whether a case surely stays at this shape until someone, or a moment, moves it."""
    if node.kind in ("subProcess", "callActivity"):
        return (node.calls or node.id) not in at_once
    return node.kind in WAITS or bool(node.kind == "startEvent" and node.timer)


def _ends_at_once(graph: Graph, at_once: frozenset[str]) -> bool:
    """A choice needs one way that ends; of ways side by side all have to."""
    ending: set[str] = set()
    starts = graph.of_kind("startEvent")
    passing = [node for node in graph.nodes.values() if not waits(node, at_once)]
    while more := {
        node.id for node in passing if node.id not in ending and _ends(graph, node, ending)
    }:
        ending |= more
    return any(start.id in ending for start in starts)


def _ends(graph: Graph, node: Element, ending: set[str]) -> bool:
    onward = [target in ending for target in graph.out.get(node.id, [])]
    if node.kind == "endEvent":
        return True
    return bool(onward) and (all if node.kind == "parallelGateway" else any)(onward)


def _going_round(graph: Graph, at_once: frozenset[str]) -> set[str]:
    """Shapes that something without a wait leads to again and again.

    A parallel join goes on only where that is so of every arrow into it.
    """
    going = {node.id for node in graph.nodes.values() if not waits(node, at_once)}
    while still := {node for node in going if not _is_led_to(graph, node, going)}:
        going -= still
    return going


def _is_led_to(graph: Graph, node: str, going: set[str]) -> bool:
    into = [source in going for source in graph.into.get(node, [])]
    is_join = graph.nodes[node].kind == "parallelGateway"
    return bool(into) and (all if is_join else any)(into)


def _comes_back(graph: Graph, node: str, going: set[str]) -> bool:
    found: set[str] = set()
    open_nodes = [node]
    while open_nodes:
        onward = {each for each in graph.out.get(open_nodes.pop(), []) if each in going}
        open_nodes += onward - found
        found |= onward
    return node in found
