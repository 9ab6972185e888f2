"""BPMN's rules as a game with tokens: a second opinion that knows nothing of SpiffWorkflow.

`draw` invents diagrams (choices, forks, loops, timers on steps, one in the other), `net_of` reads
real ones with the processes that they call, `Game` plays them by the book. What a choice takes is
the player's to say.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

from walking import arrow, ask, choice, drawn, end, parallel, reminder, start, step, wait

from engine.spiff.elements import Element

WAYS = ("red", "amber", "green")


@dataclass
class Net:
    kinds: dict[str, str] = field(default_factory=dict)
    arrows: list[tuple[str, str, str]] = field(default_factory=list)
    """From, to, and the way that it is taken on; "" for the default or the only one."""
    reminders: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """Host, and whether it stops the host."""
    calls: dict[str, "Net"] = field(default_factory=dict)
    """What goes on inside a step that calls another process."""

    def add(self, kind: str) -> str:
        name = f"{kind}{len(self.kinds)}"
        self.kinds[name] = kind
        return name

    def join(self, source: str, target: str, way: str = "") -> None:
        self.arrows.append((source, target, way))

    def files(self) -> dict[str, bytes]:
        default = {source: f"{source}_to_{target}" for source, target, way in self.arrows
                   if not way}
        shapes = {
            "start": lambda name: start(name),
            "task": lambda name: step(name, form="f"),
            "timer": lambda name: wait(name, "P1D", "timeDuration"),
            "xor": lambda name: choice(name, default.get(name, "")),
            "and": parallel,
            "end": lambda name: end(name),
            "reminder": lambda name: reminder(
                name, self.reminders[name][0], stops=self.reminders[name][1]
            ),
            "terminate": lambda name: end(name, terminate=True),
        }
        body = "".join(shapes[kind](name) for name, kind in self.kinds.items())
        body += "".join(arrow(source, target, f'way == "{way}"' if way else "")
                        for source, target, way in self.arrows)
        return drawn(body, f=ask({"type": "textfield", "key": "way"}))


KINDS = {
    "startEvent": "start", "userTask": "task", "intermediateCatchEvent": "timer",
    "boundaryEvent": "reminder", "exclusiveGateway": "xor", "parallelGateway": "and",
    "endEvent": "end", "sendTask": "action", "serviceTask": "action", "callActivity": "call",
}


def net_of(elements: Mapping[str, Element], process: str) -> Net:
    """One process of a procedure. The way on an arrow is its own id, where it has a condition."""
    net = Net()
    for each in elements.values():
        if each.process != process:
            continue
        if each.kind == "sequenceFlow":
            net.join(each.from_ or "", each.to_ or "", each.id if each.condition else "")
            continue
        net.kinds[each.id] = "terminate" if each.terminates else KINDS[each.kind]
        if each.attached_to:
            net.reminders[each.id] = (each.attached_to, each.interrupting)
        if each.calls:
            net.calls[each.id] = net_of(elements, each.calls)
    return net


def draw(chance: Random, size: int) -> Net:
    """A diagram that can always end: every part has one way in and one way out."""
    net = Net()
    begun, first = net.add("start"), net.add("task")
    net.join(begun, first)
    into, out = _part(net, chance, size)
    net.join(first, into)
    net.join(out, net.add(chance.choice(("end", "end", "terminate"))))
    return net


def _part(net: Net, chance: Random, size: int) -> tuple[str, str]:
    if size <= 1:
        return _single(net, chance)
    draw_it = chance.choice((_row, _fork, _choose, _loop, _loop))
    return draw_it(net, chance, size)


def _single(net: Net, chance: Random) -> tuple[str, str]:
    if chance.random() < 0.15:
        timer = net.add("timer")
        return timer, timer
    task = net.add("task")
    dice = chance.random()
    if dice < 0.15:
        event, late = net.add("reminder"), net.add("task")
        net.reminders[event] = (task, False)
        net.join(event, late)
        net.join(late, net.add("end"))
    elif dice < 0.3:
        event, merge = net.add("reminder"), net.add("xor")
        net.reminders[event] = (task, True)
        net.join(event, merge)
        net.join(task, merge)
        return task, merge
    return task, task


def _row(net: Net, chance: Random, size: int) -> tuple[str, str]:
    one, other = _part(net, chance, size // 2), _part(net, chance, size - size // 2)
    net.join(one[1], other[0])
    return one[0], other[1]


def _fork(net: Net, chance: Random, size: int) -> tuple[str, str]:
    return _side_by_side(net, chance, size, net.add("and"), net.add("and"), ("", "", ""))


def _choose(net: Net, chance: Random, size: int) -> tuple[str, str]:
    return _side_by_side(net, chance, size, net.add("xor"), net.add("xor"), ("", "red", "amber"))


def _side_by_side(
    net: Net, chance: Random, size: int, fork: str, join: str, ways: tuple[str, ...]
) -> tuple[str, str]:
    for way in ways[: chance.choice((2, 3))]:
        into, out = _part(net, chance, size // 2)
        net.join(fork, into, way)
        net.join(out, join)
    return fork, join


def _loop(net: Net, chance: Random, size: int) -> tuple[str, str]:
    merge, again, (into, out) = net.add("xor"), net.add("xor"), _part(net, chance, size - 1)
    net.join(merge, into)
    net.join(out, again)
    net.join(again, merge, "red")
    leave = net.add("task")
    net.join(again, leave)
    return merge, leave


Choose = Callable[[list[str]], str]
"""Of the ways that leave a choice, the one to take; "" is the default or the only one."""


@dataclass
class Activity:
    element: str
    reminders: set[str]
    inside: "Game | None" = None


class Game:
    def __init__(
        self, net: Net, choose: Choose | None = None, performed: list[str] | None = None
    ) -> None:
        self.net = net
        self.tokens: Counter[tuple[str, str, str]] = Counter()
        self.active: list[Activity] = []
        self.performed = [] if performed is None else performed
        """What was done without a person, here and in what is called, in order."""
        self._leave(next(name for name, kind in net.kinds.items() if kind == "start"))
        self._settle(choose or (lambda _ways: ""))

    @property
    def open(self) -> list[str]:
        return sorted(a.element for game in self._games() for a in game.active
                      if game.net.kinds[a.element] == "task")

    @property
    def waiting(self) -> list[str]:
        timers = [a.element for game in self._games() for a in game.active
                  if game.net.kinds[a.element] == "timer"]
        reminders = [each for game in self._games() for a in game.active for each in a.reminders]
        return sorted(timers + reminders)

    @property
    def over(self) -> bool:
        return not self.active and not +self.tokens

    def complete(self, element: str, choose: Choose) -> None:
        game = next(game for game in self._games()
                    if any(a.element == element for a in game.active))
        game.active.remove(next(a for a in game.active if a.element == element))
        game._leave(element)
        self._settle(choose)

    def fire(self, element: str, choose: Choose) -> None:
        hosts = ((game, a) for game in self._games() for a in game.active
                 if element in a.reminders)
        game, host = next(hosts, (self, None))
        if host is None:
            self.complete(element, choose)
            return
        host.reminders.discard(element)
        if game.net.reminders[element][1]:
            game.active.remove(host)
        game._leave(element)
        self._settle(choose)

    def _games(self) -> Iterator["Game"]:
        yield self
        for each in self.active:
            if each.inside is not None:
                yield from each.inside._games()

    def _leave(self, element: str) -> None:
        for each in self._out(element):
            self.tokens[each] += 1

    def _out(self, element: str) -> list[tuple[str, str, str]]:
        return [each for each in self.net.arrows if each[0] == element]

    def _settle(self, choose: Choose) -> None:
        while any([self._arrive(each, choose) for each in list(+self.tokens)]
                  + [self._return(each, choose) for each in list(self.active)]):
            pass

    def _return(self, activity: Activity, choose: Choose) -> bool:
        """From a called process in which nothing is left to do."""
        if activity.inside is None or activity not in self.active:
            return False
        activity.inside._settle(choose)
        if not activity.inside.over:
            return False
        self.active.remove(activity)
        self._leave(activity.element)
        return True

    def _inside(self, target: str, choose: Choose) -> "Game | None":
        called = self.net.calls.get(target)
        return Game(called, choose, self.performed) if called else None

    def _arrive(self, token: tuple[str, str, str], choose: Choose) -> bool:
        target = token[1]
        kind = self.net.kinds[target]
        incoming = [each for each in self.net.arrows if each[1] == target]
        needed = incoming if kind == "and" else [token]
        if not all(self.tokens[each] for each in needed):
            return False
        self.tokens.subtract(needed)
        if kind in ("task", "timer", "call"):
            armed = {e for e, (host, _) in self.net.reminders.items() if host == target}
            self.active.append(Activity(target, armed, self._inside(target, choose)))
        elif kind == "terminate":
            self.tokens.clear()
            self.active.clear()
        elif kind == "xor":
            ways = {each[2]: each for each in self._out(target)}
            self.tokens[ways[choose(list(ways))]] += 1
        elif kind in ("and", "action"):
            self.performed += [target] if kind == "action" else []
            self._leave(target)
        return True
