"""Which names surely have a value at each shape: worked out along every path."""

from collections.abc import Mapping

from engine.checker.graph import Graph
from engine.forms.definition import Field, Form


def certain_keys(form: Form) -> frozenset[str]:
    """Answers that a completed form always gives: required ones and checkboxes, never hidden."""
    return frozenset(_certain(form.fields))


def certain_names(
    graphs: Mapping[str, Graph], forms: Mapping[str, Form]
) -> dict[str, frozenset[str]]:
    """Keys of earlier forms that are certain when a case arrives at each shape, by its id.

    At an exclusive merge only what every incoming path brings is certain; at a parallel join
    everything that any incoming path brings.
    """
    everything = frozenset().union(*(certain_keys(form) for form in forms.values()), frozenset())
    at: dict[str, frozenset[str]] = {
        node: everything for graph in graphs.values() for node in graph.nodes
    }
    changed = True
    while changed:
        changed = False
        for graph in graphs.values():
            for node in graph.nodes:
                now = _arriving(graphs, graph, node, at, forms)
                if now != at[node]:
                    at[node], changed = now, True
    return at


def _certain(fields: tuple[Field, ...]) -> set[str]:
    keys: set[str] = set()
    for each in fields:
        if each.hidden_when:
            continue
        if each.kind == "group":
            keys |= _certain(each.fields)
        elif each.is_input and (each.required or each.kind == "checkbox"):
            keys.add(each.key)
    return keys


def _arriving(
    graphs: Mapping[str, Graph],
    graph: Graph,
    node: str,
    at: Mapping[str, frozenset[str]],
    forms: Mapping[str, Form],
) -> frozenset[str]:
    element = graph.nodes[node]
    if element.kind == "boundaryEvent":
        return at.get(element.attached_to or "", frozenset())
    if element.kind == "startEvent":
        return _at_start(graphs, graph, at)
    brought = [_leaving(graphs, graph, source, at, forms) for source in graph.into.get(node, [])]
    if not brought:
        return frozenset()
    if element.kind == "parallelGateway":
        return frozenset().union(*brought)
    return frozenset.intersection(*brought)


def _at_start(
    graphs: Mapping[str, Graph], graph: Graph, at: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """An embedded subprocess begins with what its parent has; a called process with nothing."""
    if any(graph.process in other.nodes for other in graphs.values()):
        return at[graph.process]
    return frozenset()


def _leaving(
    graphs: Mapping[str, Graph],
    graph: Graph,
    node: str,
    at: Mapping[str, frozenset[str]],
    forms: Mapping[str, Form],
) -> frozenset[str]:
    element = graph.nodes[node]
    if element.kind == "userTask" and element.form in forms:
        return at[node] | certain_keys(forms[element.form or ""])
    if element.kind == "subProcess" and node in graphs:
        ends = [at[end.id] for end in graphs[node].of_kind("endEvent")]
        return frozenset.intersection(*ends) if ends else at[node]
    return at[node]
