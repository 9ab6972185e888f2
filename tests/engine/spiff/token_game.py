"""BPMN's rules as a game with tokens: a second opinion that knows nothing of SpiffWorkflow.

`draw` invents diagrams (choices, forks, loops, timers on steps, one in the other), `Game` plays
them by the book. A choice takes the way that the last completed step named.
"""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from walking import arrow, ask, choice, drawn, end, parallel, reminder, start, step, wait

WAYS = ("red", "amber", "green")


@dataclass
class Net:
    kinds: dict[str, str] = field(default_factory=dict)
    arrows: list[tuple[str, str, str]] = field(default_factory=list)
    """From, to, and the way that it is taken on; "" for the default or the only one."""
    reminders: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """Host, and whether it stops the host."""

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


@dataclass
class Activity:
    element: str
    reminders: set[str]


class Game:
    def __init__(self, net: Net) -> None:
        self.net = net
        self.tokens: Counter[tuple[str, str, str]] = Counter()
        self.active: list[Activity] = []
        self._leave(next(name for name, kind in net.kinds.items() if kind == "start"))
        self._settle("")

    @property
    def open(self) -> list[str]:
        return sorted(a.element for a in self.active if self.net.kinds[a.element] == "task")

    @property
    def waiting(self) -> list[str]:
        timers = [a.element for a in self.active if self.net.kinds[a.element] == "timer"]
        return sorted(timers + [each for a in self.active for each in a.reminders])

    @property
    def over(self) -> bool:
        return not self.active and not +self.tokens

    def complete(self, element: str, way: str) -> None:
        self.active.remove(next(a for a in self.active if a.element == element))
        self._leave(element)
        self._settle(way)

    def fire(self, element: str, way: str) -> None:
        if element in self.net.reminders:
            host = next(a for a in self.active if element in a.reminders)
            host.reminders.discard(element)
            if self.net.reminders[element][1]:
                self.active.remove(host)
        else:
            self.active.remove(next(a for a in self.active if a.element == element))
        self._leave(element)
        self._settle(way)

    def _leave(self, element: str) -> None:
        for each in self._out(element):
            self.tokens[each] += 1

    def _out(self, element: str) -> list[tuple[str, str, str]]:
        return [each for each in self.net.arrows if each[0] == element]

    def _settle(self, way: str) -> None:
        while any([self._arrive(each, way) for each in list(+self.tokens)]):
            pass

    def _arrive(self, token: tuple[str, str, str], way: str) -> bool:
        target = token[1]
        kind = self.net.kinds[target]
        incoming = [each for each in self.net.arrows if each[1] == target]
        needed = incoming if kind == "and" else [token]
        if not all(self.tokens[each] for each in needed):
            return False
        self.tokens.subtract(needed)
        if kind in ("task", "timer"):
            armed = {e for e, (host, _) in self.net.reminders.items() if host == target}
            self.active.append(Activity(target, armed))
        elif kind == "terminate":
            self.tokens.clear()
            self.active.clear()
        elif kind == "xor":
            ways = {each[2]: each for each in self._out(target)}
            self.tokens[ways.get(way, ways[""])] += 1
        elif kind == "and":
            self._leave(target)
        return True
