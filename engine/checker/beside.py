"""What runs beside what: on another way of the same fork, or while a step has a reminder."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from engine.checker.graph import Graph
from engine.spiff.elements import Element


def side_by_side(graph: Graph) -> Iterator[tuple[set[str], set[str]]]:
    """Of each fork and each two of its ways: what lies on the one and not on the other."""
    onward = {node: graph.next_of(node) for node in graph.nodes}
    for fork, ways in _forks(graph):
        behind = [_behind({**onward, fork: graph.out.get(fork, [])}, way, fork) for way in ways]
        for one, other in combinations(behind, 2):
            yield one - other, other - one


def _forks(graph: Graph) -> Iterator[tuple[str, list[str]]]:
    """Where a case goes several ways at once: a parallel gateway, a step with a reminder."""
    reminders: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        if node.kind == "parallelGateway":
            yield node.id, graph.out.get(node.id, [])
        elif _reminds(node) and node.attached_to in graph.nodes:
            reminders.setdefault(node.attached_to, []).append(node.id)
    for host, events in reminders.items():
        yield host, [host, *events]


def _reminds(node: Element) -> bool:
    return node.kind == "boundaryEvent" and not node.interrupting


def _behind(onward: Mapping[str, Sequence[str]], way: str, fork: str) -> set[str]:
    """All that a way leads to, until it comes to the fork again."""
    found, open_nodes = {way}, [way]
    while open_nodes:
        for target in onward.get(open_nodes.pop(), ()):
            if target not in found and target != fork:
                found.add(target)
                open_nodes.append(target)
    return found
