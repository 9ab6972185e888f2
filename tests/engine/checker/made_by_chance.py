"""Small diagrams made by chance, sound ones and others: steps with reminders, choices, forks and
joins in a row, with arrows added wherever they may lead."""

from collections.abc import Mapping
from random import Random

from walking import arrow, choice, drawn, end, parallel, reminder, start, step

from engine.checker.graph import Graph, check_structure, graphs_of
from engine.checker.loops import check_loops
from engine.spiff.elements import Element, read_elements
from engine.spiff.xml import read_xml

SHAPES = {"task": step, "choice": choice, "parallel": parallel}


def invent(seed: int) -> Mapping[str, bytes]:
    """The folder of a procedure; arrows out of a choice ask for the fact `signed`."""
    chance = Random(seed)
    kinds = {f"n{number}": chance.choices(tuple(SHAPES), (5, 3, 3))[0]
             for number in range(chance.randint(3, 9))}
    names = list(kinds)
    gateways = [name for name in names if kinds[name] != "task"]
    arrows = [*zip(("begun", *names), (*names, "done"), strict=True)]
    for _ in range(chance.randint(0, len(gateways) + 1) if gateways else 0):
        one_more = chance.choice(gateways), chance.choice([*names[1:], "other", "done"])
        if kinds[one_more[0]] == "parallel" or _ways(one_more[0], arrows) < 2:
            arrows.append(one_more)
    reminders = {name: chance.random() < 0.4 for name in names
                 if kinds[name] == "task" and chance.random() < 0.35}
    arrows += [(f"after_{name}", chance.choice([*names[1:], "done", "other"]))
               for name in reminders]
    arrows = list(dict.fromkeys(arrows))
    body = start() + end() + "".join(
        SHAPES[kind](name, **_default(name, arrows) if kind == "choice" else {})
        for name, kind in kinds.items())
    body += "".join(reminder(f"after_{name}", name, stops=stops)
                    for name, stops in reminders.items())
    if any(target == "other" for _, target in arrows):
        body += end("other", terminate=chance.random() < 0.3)
    firsts = [next(each for each in arrows if each[0] == name) for name in names]
    body += "".join(
        arrow(*each, "signed" if kinds.get(each[0]) == "choice" and each not in firsts else "")
        for each in arrows)
    return drawn(body)


def _ways(name, arrows):
    return len({target for source, target in arrows if source == name})


def graph_of(files: Mapping[str, bytes]) -> tuple[Graph, Mapping[str, Element]]:
    elements = read_elements(read_xml(files["case.bpmn"]))
    [graph] = graphs_of(elements).values()
    return graph, elements


def is_well_built(graph: Graph) -> bool:
    return not [*check_structure(graph), *check_loops(graph, frozenset())]


def _default(name, arrows):
    source, target = next(each for each in arrows if each[0] == name)
    return {"default": f"{source}_to_{target}"}
