"""Invents diagrams by chance: choices, forks, loops, timers, repetitions, subprocesses and calls,
one inside the other. Every part has one way in and one way out, so each can always end.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from walking import (
    NUMBER,
    arrow,
    ask,
    choice,
    drawn,
    end,
    parallel,
    reminder,
    start,
    step,
    wait,
    within,
)

WAYS = ("red", "amber", "green")
COUNTS = (1, 2, 3)
ANSWERS = ask({"type": "textfield", "key": "way"}, {**NUMBER, "key": "count"})
"""What every task asks: which way to go, and how often a step that repeats is to be done."""

REPEATS = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="{one_by_one}"><bpmn:loopCardinality>'
    "{times}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
)


def draw(chance: Random, size: int) -> dict[str, bytes]:
    """The files of a procedure of about so many parts."""
    drawing = Drawing(chance)
    main = drawing.process(size)
    return {**drawing.files, **drawn(main, f=ANSWERS)}


@dataclass
class Drawing:
    chance: Random
    files: dict[str, bytes] = field(default_factory=dict)
    """Of the processes that are called."""
    number: int = 0
    loops: int = 0
    body: list[str] = field(default_factory=list)

    def process(self, size):
        """A body that begins, does something and ends."""
        outer, self.body = self.body, []
        begun, first, done = self.named("start"), self.named("task"), self.named("end")
        terminate = self.chance.random() < 0.3
        self.body += [start(begun), step(first, form="f"), end(done, terminate=terminate)]
        into, out = self.part(size)
        self.join(begun, first, into)
        self.join(out, done)
        inside, self.body = "".join(self.body), outer
        return inside

    def part(self, size):
        if size <= 1:
            return self.single()
        return self.chance.choice(
            (self.row, self.fork, self.fork, self.choose, self.loop, self.loop, self.nested)
        )(size)

    def single(self):
        if self.chance.random() < 0.15:
            timer = self.named("timer")
            self.body.append(wait(timer, "P1D", "timeDuration"))
            return timer, timer
        task = self.named("task")
        return self.with_timers(task, self.repeated(step(task, form="f")))

    def nested(self, size):
        name = self.named("sub")
        if self.chance.random() < 0.5:
            shape = within(name, self.process(size - 1))
        else:
            process = f"called-{name}"
            self.files |= drawn(self.process(size - 1), key=process)
            shape = f'<bpmn:callActivity id="{name}" calledElement="{process}"></bpmn:callActivity>'
        return self.with_timers(name, self.repeated(shape))

    def repeated(self, shape):
        """Sometimes: a step done several times, at once or one after the other."""
        if self.chance.random() < 0.8:
            return shape
        times = ("2", "3", "count") if self.loops else ("0", "2", "3", "count")
        loop = REPEATS.format(
            one_by_one=self.chance.choice(("true", "false")), times=self.chance.choice(times)
        )
        if shape.endswith("/>"):
            return f"{shape[:-2]}>{loop}</bpmn:userTask>"
        return shape.replace(">", f">{loop}", 1)

    def with_timers(self, host, shape):
        """Sometimes a reminder on the edge of a step, sometimes a deadline, sometimes both."""
        self.body.append(shape)
        if self.chance.random() < 0.2:
            event, late, over = self.named("reminder"), self.named("task"), self.named("end")
            self.body += [reminder(event, host), step(late, form="f"), end(over)]
            self.join(event, late, over)
        if self.chance.random() < 0.2:
            event, merge = self.named("deadline"), self.named("xor")
            self.body += [reminder(event, host, stops=True), choice(merge)]
            self.join(event, merge)
            self.join(host, merge)
            return host, merge
        return host, host

    def row(self, size):
        one, other = self.part(size // 2), self.part(size - size // 2)
        self.join(one[1], other[0])
        return one[0], other[1]

    def fork(self, size):
        fork, join = self.named("and"), self.named("and")
        self.body += [parallel(fork), parallel(join)]
        return self.side_by_side(size, fork, join, ("", "", ""))

    def choose(self, size):
        fork, join = self.named("xor"), self.named("xor")
        ways = ("", *WAYS[: self.chance.choice((1, 2))])
        inside = self.side_by_side(size, fork, join, ways)
        default = next(a for a in self.body if f'sourceRef="{fork}"' in a and "condition" not in a)
        self.body += [choice(fork, default.split('"')[1]), choice(join)]
        return inside

    def side_by_side(self, size, fork, join, ways):
        for way in ways[: self.chance.choice((2, 3))]:
            into, out = self.part(size // 2)
            self.body.append(arrow(fork, into, f'way == "{way}"' if way else ""))
            self.join(out, join)
        return fork, join

    def loop(self, size):
        merge, again, leave = self.named("xor"), self.named("xor"), self.named("task")
        self.loops += 1
        into, out = self.part(size - 1)
        self.loops -= 1
        self.body += [choice(merge), choice(again, f"{again}_to_{leave}"), step(leave, form="f"),
                      arrow(again, merge, 'way == "red"')]
        self.join(merge, into)
        self.join(out, again, leave)
        return merge, leave

    def named(self, kind):
        self.number += 1
        return f"{kind}{self.number}"

    def join(self, *names):
        self.body += [arrow(one, other) for one, other in pairwise(names)]
