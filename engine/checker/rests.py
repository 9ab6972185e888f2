"""Every rest that a case can come to in one process, whatever people answer and time brings.

They are found by the token game. Of steps that are open side by side only one is gone on with at
each rest, for what the others do changes nothing for it: were all their orders tried, 20 steps
would have a million rests.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from engine.checker.choices import Choice, Values, read_choice
from engine.checker.token_game import (
    Activity,
    Marking,
    Net,
    Played,
    Player,
    begin,
    complete,
    fire,
)


@dataclass(frozen=True, slots=True)
class Move:
    """What people or time do at a rest: a step is done or a timer fires; and which arrows a case
    then takes at choices."""

    element: str
    taken: tuple[str, ...]


class TooMany(Exception):
    """More rests than are looked at."""


class EverMore(Exception):
    """At `rest` is all that was under way at one before it, and more: so it can go on for ever."""

    def __init__(self, rest: Marking, more: str) -> None:
        super().__init__(more)
        self.rest = rest
        self.more = more
        """The step of which there is more, or before which more waits."""


@dataclass(slots=True)
class Rests:
    net: Net
    conditions: Mapping[str, str]
    """By arrow. What two of them ask in the same words is answered alike until a step is done."""
    most: int
    every_order: bool = False
    """Whether all steps that are open are gone on with at each rest."""
    values: Values = field(default_factory=dict)
    """What names can be, where that is a short list: conditions over one are followed by value."""
    most_played: int | None = None
    """Moves that are tried; None where whoever asks ends it otherwise."""
    onward: dict[Marking, list[Marking]] = field(default_factory=dict)
    _came_by: dict[Marking, tuple[Move, Marking | None]] = field(default_factory=dict)
    """How each was reached first, and from where."""
    _ahead: Mapping[str, int] = field(default_factory=dict)
    _played: int = 0
    _choices: Mapping[str, Choice] = field(init=False)
    """By condition, those over one name whose values are known."""

    def __post_init__(self) -> None:
        read = {text: read_choice(text, self.values) for text in self.conditions.values()}
        self._choices = {text: choice for text, choice in read.items() if choice}

    def visit(self, at: Marking | None = None) -> "Rests":
        """From the beginning, or from where a case rests. Raises `TooMany`, `EverMore`."""
        self._ahead = _shapes_ahead(self.net)
        fresh: deque[Marking] = deque()
        if at is None:
            for taken, marking in self._outcomes(lambda player: [begin(self.net, player)]):
                fresh += self._found(Move(self.net.start, taken), marking, None)
        else:
            fresh += self._found(Move(self.net.start, ()), at, None)
        while fresh:
            rest = fresh.popleft()  # so that the way to each is a short one
            self.onward[rest] = []
            for move, reached in self._moves(rest):
                fresh += self._found(move, reached, rest)
                self.onward[rest].append(reached)
            if len(self.onward) > self.most:
                raise TooMany
        return self

    @property
    def entered(self) -> set[str]:
        """The steps that are open at some rest."""
        return {each.step for rest in self.onward for each in rest.active}

    def stuck(self) -> Marking | None:
        """One at which nobody has anything to do, and which is not the end."""
        return next((rest for rest, onward in self.onward.items()
                     if not onward and not rest.over), None)

    def endless(self) -> Marking | None:
        """One from which no way leads to an end, though there is always something to do."""
        before: dict[Marking, list[Marking]] = {}
        for rest, onward in self.onward.items():
            for reached in onward:
                before.setdefault(reached, []).append(rest)
        ending = {rest for rest in self.onward if rest.over}
        fresh = list(ending)
        while fresh:
            for rest in before.get(fresh.pop(), ()):
                if rest not in ending:
                    ending.add(rest)
                    fresh.append(rest)
        return next((rest for rest in self.onward if rest not in ending), None)

    def way_to(self, rest: Marking) -> list[Move]:
        """The moves by which a case comes there."""
        moves: list[Move] = []
        at: Marking | None = rest
        while at is not None:
            move, at = self._came_by[at]
            moves.append(move)
        return moves[::-1]

    def _found(self, move: Move, marking: Marking, before: Marking | None) -> list[Marking]:
        if marking in self._came_by:
            return []
        self._came_by[marking] = move, before
        self._must_not_grow(marking, before)
        return [marking]

    def _must_not_grow(self, rest: Marking, before: Marking | None) -> None:
        while before is not None:
            if _size(before) < _size(rest) and _holds(rest, before):
                active = Counter(rest.active) - Counter(before.active)
                waiting = Counter(rest.waiting) - Counter(before.waiting)
                more = min(each.step for each in active) if active else (
                    self.net.targets[min(waiting)])
                raise EverMore(rest, more)
            before = self._came_by[before][1]

    def _outcomes(
        self, move: Callable[[Player], Iterable[Played]]
    ) -> Iterator[tuple[tuple[str, ...], Marking]]:
        """Every rest that a move may lead to, with the arrows taken at choices on the way."""
        to_try: list[list[int]] = [[]]
        while to_try:
            told = to_try.pop()
            self._played += 1
            if self.most_played is not None and self._played > self.most_played:
                raise TooMany
            player = _Replaying(self.net, self.conditions, self._choices, told)
            reached = move(player)
            for depth in range(len(told), len(player.ways)):
                as_played = [*told, *[0] * (depth - len(told))]
                to_try += [[*as_played, other] for other in range(1, player.ways[depth])]
            for played in reached:
                yield tuple(player.taken), played.marking

    def _moves(self, rest: Marking) -> Iterator[tuple[Move, Marking]]:
        for activity in self._gone_on_with(rest):
            step = activity.step
            for taken, reached in self._outcomes(partial(complete, self.net, rest, step)):
                yield Move(step, taken), reached
            for event in activity.armed:
                for taken, reached in self._outcomes(partial(fire, self.net, rest, event)):
                    yield Move(event, taken), reached

    def _gone_on_with(self, rest: Marking) -> Sequence[Activity]:
        """What has the least before it, so that reminders are over before a loop begins again."""
        if self.every_order:
            return tuple(dict.fromkeys(rest.active))
        return sorted(rest.active, key=lambda each: (self._ahead[each.step], each))[:1]


@dataclass(slots=True)
class _Replaying:
    """A player that takes the ways that it is told, and the first one from there on."""

    net: Net
    conditions: Mapping[str, str]
    choices: Mapping[str, Choice]
    told: Sequence[int]
    ways: list[int] = field(default_factory=list)
    """At each choice how many ways there were."""
    taken: list[str] = field(default_factory=list)
    _known: "_Answers" = field(default_factory=lambda: _Answers({}, {}))
    """What the ways that were taken have told."""

    def way(self, gateway: str, arrows: Sequence[str]) -> str | None:
        open_ways = list(self._open(gateway, arrows))
        depth = len(self.ways)
        arrow, answers = open_ways[self.told[depth] if depth < len(self.told) else 0]
        self.ways.append(len(open_ways))
        self.taken.append(arrow)
        self._known = answers
        return arrow if arrow in arrows else None

    def times(self, _step: str) -> int:
        return 1

    def did(self, _step: str) -> None:
        self._known = _Answers({}, {})

    def _open(
        self, gateway: str, arrows: Sequence[str]
    ) -> Iterator[tuple[str, "_Answers"]]:
        """The arrows that can be taken, with what the conditions are answered then: the first one
        whose condition holds, or the default where none does. Any, where nothing fits."""
        out = self.net.nodes[gateway].out
        default = [arrow for arrow in out if arrow not in arrows]
        fitting = []
        for number, arrow in enumerate([*arrows, *default]):
            said = [*((each, False) for each in arrows[:number]),
                    *([(arrow, True)] if arrow in arrows else [])]
            answers = self._answers(said)
            if answers is not None:
                fitting.append((arrow, answers))
        yield from fitting or [(arrow, self._known) for arrow in out]

    def _answers(self, said: Sequence[tuple[str, bool]]) -> "_Answers | None":
        """What is known with these as well; None where they contradict each other, or it."""
        answers = self._known
        for arrow, holds in said:
            condition = self.conditions.get(arrow, "")
            further = answers.with_(condition.strip(), holds, self.choices.get(condition))
            if further is None:
                return None
            answers = further
        return answers


@dataclass(frozen=True, slots=True)
class _Answers:
    texts: Mapping[str, bool]
    """By condition: whether it holds."""
    left: Mapping[str, frozenset[object]]
    """By name: the values that it still can have."""

    def with_(self, condition: str, holds: bool, choice: Choice | None) -> "_Answers | None":
        if choice is not None:
            before = self.left.get(choice.name, choice.of)
            left = before & choice.holds_for if holds else before - choice.holds_for
            return _Answers(self.texts, {**self.left, choice.name: left}) if left else None
        asked = condition.removeprefix("!")
        if condition != asked and asked.isidentifier():
            condition, holds = asked, not holds
        if self.texts.get(condition, holds) != holds:
            return None
        return _Answers({**self.texts, condition: holds}, self.left)


def _size(rest: Marking) -> int:
    return len(rest.waiting) + len(rest.active)


def _holds(rest: Marking, other: Marking) -> bool:
    """Whether all of the other is there too."""
    return (Counter(other.waiting) <= Counter(rest.waiting)
            and Counter(other.active) <= Counter(rest.active))


def _shapes_ahead(net: Net) -> Mapping[str, int]:
    """How many shapes can be reached from each."""
    onward = {
        name: [*(net.targets[arrow] for arrow in node.out), *node.events]
        for name, node in net.nodes.items()
    }
    found = {}
    for name in net.nodes:
        seen, fresh = {name}, [name]
        while fresh:
            new = set(onward[fresh.pop()]) - seen
            seen |= new
            fresh += new
        found[name] = len(seen)
    return found
