"""What runs beside what: on another way of the same fork, or while a step has a reminder."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from engine.checker.graph import Graph


def side_by_side(graph: Graph) -> Iterator[tuple[set[str], set[str]]]:
    """Of each fork and each two of its ways: what lies on the one and not on the other."""
    for node in graph.nodes.values():
        ways = graph.out.get(node.id, []) if node.kind == "parallelGateway" else []
        running_on = [
            event for event in graph.boundaries_of(node.id) if not graph.nodes[event].interrupting
        ]
        begins = [*ways, *running_on, *([node.id] if running_on else [])]
        behind = [_behind(graph, begin, node.id) for begin in begins]
        for one, other in combinations(behind, 2):
            yield one - other, other - one


def _behind(graph: Graph, begin: str, fork: str) -> set[str]:
    """All that a way leads to, until it comes to the fork again."""
    found, open_nodes = {begin}, [begin]
    while open_nodes:
        for target in _next(graph, open_nodes.pop(), fork):
            if target not in found:
                found.add(target)
                open_nodes.append(target)
    return found


def _next(graph: Graph, node: str, fork: str) -> Iterable[str]:
    onward = graph.out.get(node, []) if node == fork else graph.next_of(node)
    return (target for target in onward if target != fork)
