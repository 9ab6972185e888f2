"""BPMN's rules as a game with tokens: a second opinion that knows nothing of SpiffWorkflow.

A token on an arrow moves on by itself until only people and time can move it. Such a rest is a
`Marking`, a plain value: what is under way, and the tokens that wait before a join. `begin`,
`complete` and `fire` give every marking that may come of a move: where two steps look the same
from outside, either may have been meant. What a choice takes, and how often a step is repeated, is
the player's to say.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from engine.spiff.elements import Element

TASK, TIMER, CALL, ACTION = "task", "timer", "call", "action"
CHOICE, PARALLEL, START, END, TERMINATE = "choice", "parallel", "start", "end", "terminate"

_KINDS = {
    "startEvent": START, "endEvent": END, "intermediateCatchEvent": TIMER,
    "userTask": TASK, "serviceTask": ACTION, "sendTask": ACTION, "businessRuleTask": ACTION,
    "callActivity": CALL, "subProcess": CALL, "boundaryEvent": TIMER,
    "exclusiveGateway": CHOICE, "parallelGateway": PARALLEL,
}


class Player(Protocol):
    """Decides what the rules leave open."""

    def way(self, gateway: str, arrows: Sequence[str]) -> str | None:
        """Of the arrows with a condition the one to take, or None for the default."""

    def times(self, step: str) -> int:
        """How often a step that repeats itself is done."""

    def did(self, step: str) -> None:
        """The system has done this step by itself; what conditions ask may be otherwise now."""


@dataclass(frozen=True, slots=True)
class Node:
    kind: str
    into: tuple[str, ...]
    """Arrows that lead here."""
    out: tuple[str, ...]
    conditional: tuple[str, ...]
    """Those of `out` with a condition, in the order of the file."""
    events: tuple[str, ...]
    """Timers on its edge."""
    host: str | None
    """The step on whose edge it stands."""
    interrupting: bool
    repeats: bool
    one_by_one: bool
    inside: "Net | None"
    """What goes on inside a subprocess, or in the process that is called."""


@dataclass(frozen=True, slots=True)
class Net:
    """One process or subprocess: its nodes, and where each arrow leads."""

    start: str
    nodes: Mapping[str, Node]
    targets: Mapping[str, str]


@dataclass(frozen=True, order=True, slots=True)
class Marking:
    """Where a process rests. Two that are equal have the same future."""

    waiting: tuple[str, ...] = ()
    """Arrows on which a token waits before a join, sorted, each as often as there are tokens."""
    active: tuple["Activity", ...] = ()

    @property
    def over(self) -> bool:
        return not self.waiting and not self.active


@dataclass(frozen=True, order=True, slots=True)
class Activity:
    """One token inside a step: what is under way there."""

    step: str
    armed: tuple[str, ...]
    """Timers on its edge that have not fired."""
    instances: tuple[Marking, ...]
    """Of each repetition under way (one, where it does not repeat) where it rests inside; sorted,
    for which of them is which makes no difference."""
    to_come: int = 0
    """Repetitions that begin when the one before is over."""


@dataclass(frozen=True, slots=True)
class Played:
    marking: Marking
    performed: tuple[str, ...]
    """Steps that the system did by itself, in order."""


def net_of(elements: Mapping[str, Element], process: str, *, alone: bool = False) -> Net:
    """One process of a procedure, with all that it contains and calls; none may call itself.

    `alone` it is without: a subprocess or a call is then a step like any other.
    """
    own = [element for element in elements.values() if element.process == process]
    arrows = [element for element in own if element.kind == "sequenceFlow"]
    nodes = [element for element in own if element.kind != "sequenceFlow"]
    return Net(
        start=next(node.id for node in nodes if node.kind == "startEvent"),
        nodes={node.id: _node(node, arrows, elements, alone=alone) for node in nodes},
        targets={arrow.id: arrow.to_ or "" for arrow in arrows},
    )


def begin(net: Net, player: Player) -> Played:
    table = _Table(net, player)
    start = net.nodes[net.start]
    if start.kind == TIMER:
        table.enter(net.start, start)
    else:
        table.leave(net.start)
    return table.settle()


def open_tasks(net: Net, marking: Marking) -> list[str]:
    """Sorted; a task that is open twice is there twice."""
    return sorted(_standing(net, marking, TASK))


def waiting_timers(net: Net, marking: Marking) -> list[str]:
    """Sorted; those on the edges of steps among them."""
    armed = (
        event for _, activity in _everywhere(net, marking) for event in activity.armed
    )
    return sorted([*_standing(net, marking, TIMER), *armed])


def complete(net: Net, marking: Marking, step: str, player: Player) -> set[Played]:
    """An open task is done, or a timer between two steps fires."""
    found = set()
    for place, activity in enumerate(marking.active):
        if activity.step == step and net.nodes[step].inside is None:
            table = _Table(net, player, marking)
            table.end_instance(place, 0)
            found.add(table.settle())
    return found | _inside(net, marking, step, player, complete)


def fire(net: Net, marking: Marking, event: str, player: Player) -> set[Played]:
    """A waiting timer fires."""
    if event in net.nodes and net.nodes[event].host is None:
        return complete(net, marking, event, player)
    found = set()
    for place, activity in enumerate(marking.active):
        if event in activity.armed:
            table = _Table(net, player, marking)
            if net.nodes[event].interrupting:
                del table.active[place]
            else:
                armed = tuple(each for each in activity.armed if each != event)
                table.active[place] = replace(activity, armed=armed)
            table.leave(event)
            found.add(table.settle())
    return found | _inside(net, marking, event, player, fire)


_Move = Callable[[Net, Marking, str, Player], set[Played]]


def _inside(net: Net, marking: Marking, element: str, player: Player, move: _Move) -> set[Played]:
    """The same move in what goes on inside the steps under way."""
    found = set()
    for place, activity in enumerate(marking.active):
        inside = net.nodes[activity.step].inside
        if inside is None:
            continue
        for number, instance in enumerate(activity.instances):
            for played in move(inside, instance, element, player):
                table = _Table(net, player, marking)
                table.performed += played.performed
                instances = list(activity.instances)
                instances[number] = played.marking
                table.active[place] = replace(activity, instances=tuple(instances))
                found.add(table.settle())
    return found


@dataclass(slots=True)
class _Table:
    """A marking on which a move is being made."""

    net: Net
    player: Player
    rest: Marking = Marking()
    tokens: Counter[str] = field(init=False)
    active: list[Activity] = field(init=False)
    performed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens, self.active = Counter(self.rest.waiting), list(self.rest.active)

    def settle(self) -> Played:
        while self._come_back() or any(self._arrive(arrow) for arrow in list(+self.tokens)):
            pass
        active = (replace(each, instances=tuple(sorted(each.instances))) for each in self.active)
        marking = Marking(tuple(sorted(self.tokens.elements())), tuple(sorted(active)))
        return Played(marking, tuple(self.performed))

    def enter(self, name: str, node: Node) -> None:
        times = self.player.times(name) if node.repeats else 1
        if times == 0:
            self.leave(name)
            return
        at_once = 1 if node.one_by_one else times
        instances = tuple(self._instance(name) for _ in range(at_once))
        self.active.append(Activity(name, node.events, instances, times - at_once))

    def leave(self, element: str) -> None:
        self.tokens.update(self.net.nodes[element].out)

    def end_instance(self, place: int, number: int) -> None:
        """One repetition is over; with the last one the step is."""
        activity = self.active[place]
        instances = activity.instances[:number] + activity.instances[number + 1 :]
        to_come = activity.to_come
        if to_come:
            instances, to_come = (*instances, self._instance(activity.step)), to_come - 1
        if instances:
            self.active[place] = replace(activity, instances=instances, to_come=to_come)
        else:
            del self.active[place]
            self.leave(activity.step)

    def _come_back(self) -> bool:
        """From a subprocess or called process in which nothing is left to do."""
        for place, activity in enumerate(self.active):
            if self.net.nodes[activity.step].inside is None:
                continue
            for number, instance in enumerate(activity.instances):
                if instance.over:
                    self.end_instance(place, number)
                    return True
        return False

    def _arrive(self, arrow: str) -> bool:
        """A token on this arrow enters the node that it leads to, where the node lets it."""
        name = self.net.targets[arrow]
        node = self.net.nodes[name]
        needed = node.into if node.kind == PARALLEL else (arrow,)
        if not all(self.tokens[each] for each in needed):
            return False
        self.tokens.subtract(needed)
        if node.kind in (TASK, TIMER, CALL):
            self.enter(name, node)
        elif node.kind == CHOICE:
            self._choose(name, node)
        elif node.kind == TERMINATE:
            self.tokens.clear()
            self.active.clear()
        elif node.kind != END:
            if node.kind == ACTION:
                self.performed.append(name)
                self.player.did(name)
            self.leave(name)
        return True

    def _instance(self, step: str) -> Marking:
        inside = self.net.nodes[step].inside
        if inside is None:
            return Marking()
        played = begin(inside, self.player)
        self.performed += played.performed
        return played.marking

    def _choose(self, name: str, node: Node) -> None:
        taken = self.player.way(name, node.conditional) if node.conditional else None
        if taken is None:
            taken = next(arrow for arrow in node.out if arrow not in node.conditional)
        self.tokens[taken] += 1


def _standing(net: Net, marking: Marking, kind: str) -> Iterator[str]:
    for own, activity in _everywhere(net, marking):
        if own.nodes[activity.step].kind == kind:
            yield from [activity.step] * len(activity.instances)


def _everywhere(net: Net, marking: Marking) -> Iterator[tuple[Net, Activity]]:
    """Everything under way, at whatever depth, with the net that it is in."""
    for activity in marking.active:
        yield net, activity
        inside = net.nodes[activity.step].inside
        if inside is not None:
            for instance in activity.instances:
                yield from _everywhere(inside, instance)


def _node(
    element: Element, arrows: Sequence[Element], elements: Mapping[str, Element], *, alone: bool
) -> Node:
    inner = element.id if element.kind == "subProcess" else element.calls
    out = [arrow for arrow in arrows if arrow.from_ == element.id]
    return Node(
        kind=_kind(element),
        into=tuple(arrow.id for arrow in arrows if arrow.to_ == element.id),
        out=tuple(arrow.id for arrow in out),
        conditional=tuple(arrow.id for arrow in out if arrow.condition),
        events=tuple(sorted(e.id for e in elements.values() if e.attached_to == element.id)),
        host=element.attached_to,
        interrupting=element.interrupting,
        repeats=element.repeat is not None and not alone,
        one_by_one=element.one_by_one,
        inside=net_of(elements, inner) if inner and not alone else None,
    )


def _kind(element: Element) -> str:
    if element.timer and element.kind == "startEvent":
        return TIMER
    return TERMINATE if element.terminates else _KINDS[element.kind]
