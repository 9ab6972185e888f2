"""Where the rules of a decision table meet and what they leave out: each rule is a box.

The cells of a column name finitely many values; between two of them all values are alike. So a
column is a few stretches, a rule some stretches of each, and the table a finite space.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise, zip_longest
from typing import Any

from engine.decisions.decision import Decision
from engine.domain import ValueType
from engine.feel.syntax import Literal, operands_in

MOST_STEPS = 200_000
"""Of all that is done to look through one table."""

_DAY = timedelta(days=1)


class TooMany(Exception):
    """The table has too many ways to look through."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is known of a name's values beside its type."""

    options: tuple[str, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Values between which the table does not tell apart; `sample` is one of them."""

    sample: Any
    low: Any = None
    high: Any = None
    """Of numbers and dates; None: without end. Both belong to it but where `is_open`."""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """One name, and the stretches of its values."""

    name: str
    type: ValueType
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Space:
    """A table as boxes: of each rule, and for each axis, the stretches as bits of a number."""

    axes: tuple[Axis, ...]
    boxes: tuple[tuple[int, ...], ...]

    @property
    def whole(self) -> tuple[int, ...]:
        return tuple((1 << len(axis.stretches)) - 1 for axis in self.axes)


Box = tuple[int, ...]


@dataclass(slots=True)
class Patience:
    """How much may still be done to look through one table."""

    left: int = MOST_STEPS

    def spend(self, steps: int) -> None:
        """Raises `TooMany` where nothing is left."""
        self.left -= steps
        if self.left < 0:
            raise TooMany


def space_of(
    decision: Decision,
    types: Mapping[str, ValueType],
    limits: Mapping[str, Limits],
    patience: Patience,
) -> Space:
    """Raises `TooMany`."""
    axes = tuple(
        _axis(decision, name, types[name], limits.get(name, Limits()))
        for name in dict.fromkeys(column.name for column in decision.table.inputs)
    )
    places = {axis.name: place for place, axis in enumerate(axes)}
    held = []
    for cell in decision.cells:
        stretches = axes[places[cell.name]].stretches
        patience.spend(len(stretches))
        held.append(sum(1 << n for n, each in enumerate(stretches) if cell.holds(each.sample)))
    boxes = []
    for _, cells in decision.rules:
        box = [(1 << len(axis.stretches)) - 1 for axis in axes]
        for each in cells:
            box[places[decision.cells[each].name]] &= held[each]
        boxes.append(tuple(box))
    return Space(axes, tuple(boxes))


def meeting(one: Box, other: Box) -> Box | None:
    """What two boxes share, if anything."""
    both = tuple(a & b for a, b in zip(one, other, strict=True))
    return both if all(both) else None


def uncovered(within: Box, boxes: Sequence[Box], patience: Patience) -> Iterator[Box]:
    """Parts of `within` that lie in none of the boxes. Raises `TooMany`."""
    patience.spend(1 + len(boxes) // 10)
    inside = [box for each in boxes if (box := meeting(each, within)) is not None]
    yield from _Search(within, inside, patience).gaps(0, (1 << len(inside)) - 1, ())


class _Search:
    """Goes through the axes; sets of boxes are bits of a number."""

    def __init__(self, within: Box, boxes: Sequence[Box], patience: Patience) -> None:
        self._within = within
        self._patience = patience
        self._over = [
            {stretch: sum(1 << n for n, box in enumerate(boxes) if box[axis] >> stretch & 1)
             for stretch in _bits(chosen)}
            for axis, chosen in enumerate(within)
        ]
        """By axis and stretch: the boxes that lie over it."""
        patience.spend(sum(len(stretches) for stretches in self._over))
        self._full_after = [
            sum(1 << n for n, box in enumerate(boxes) if box[axis:] == within[axis:])
            for axis in range(len(within) + 1)
        ]
        """By axis: the boxes that leave nothing out from there on."""
        self._covered: set[tuple[int, int]] = set()

    def gaps(self, axis: int, boxes: int, before: Box) -> Iterator[Box]:
        """Below this axis, with these boxes still meeting what was chosen before it."""
        if boxes & self._full_after[axis] or (axis, boxes) in self._covered:
            return
        if not boxes:
            yield (*before, *self._within[axis:])
            return
        found = False
        for stretches, still in self._alike(axis, boxes):
            for gap in self.gaps(axis + 1, still, (*before, stretches)):
                found = True
                yield gap
        if not found:
            self._covered.add((axis, boxes))

    def _alike(self, axis: int, boxes: int) -> list[tuple[int, int]]:
        """Stretches of one axis, those together in which the same boxes are left."""
        alike: dict[int, int] = {}
        self._patience.spend(len(self._over[axis]))
        for stretch, over in self._over[axis].items():
            alike[boxes & over] = alike.get(boxes & over, 0) | 1 << stretch
        return [(stretches, still) for still, stretches in alike.items()]


def in_words(space: Space, box: Box) -> str:
    """`age is 5 or less and school is “none”`; "" for the whole space."""
    parts = [
        f"{axis.name} is {' or '.join(_runs(axis, chosen))}"
        for axis, chosen, whole in zip(space.axes, box, space.whole, strict=True)
        if chosen != whole
    ]
    return " and ".join(parts)


def _axis(decision: Decision, name: str, kind: ValueType, limits: Limits) -> Axis:
    cells = [cell for cell in decision.cells if cell.name == name and cell.asks is not None]
    named = {
        each.value for cell in cells for each in operands_in(cell.syntax)
        if isinstance(each, Literal) and each.value is not None
    }
    allowed = [decision.cells[each] for each in decision.allowed]
    stretches = [
        each for each in _stretches(kind, named, limits)
        if all(cell.holds(each.sample) for cell in allowed if cell.name == name)
    ]
    if name in decision.tested:
        stretches.append(Stretch(None))
    return Axis(name, kind, tuple(stretches))


def _stretches(kind: ValueType, named: set[Any], limits: Limits) -> Iterator[Stretch]:
    if kind is ValueType.BOOL:
        yield from (Stretch(True), Stretch(False))
    elif kind is ValueType.STRING:
        options = sorted(named) if limits.options is None else limits.options
        yield from (Stretch(each, each, each) for each in options)
        if limits.options is None:
            yield Stretch("".join(("other", *named)))
    elif kind is ValueType.DOUBLE:
        yield from _between_decimals({float(each) for each in named}, limits)
    else:
        yield from _between_whole(kind, named, limits)


def _between_decimals(named: set[float], limits: Limits) -> Iterator[Stretch]:
    low, high = limits.minimum, limits.maximum
    ends = {end for end in (low, high) if end is not None}
    cuts = sorted(cut for cut in named | ends
                  if (low is None or low <= cut) and (high is None or cut <= high))
    if low is None:
        yield Stretch(cuts[0] - 1 if cuts else 0.0, None, cuts[0] if cuts else None, is_open=True)
    for cut, following in zip_longest(cuts, cuts[1:]):
        yield Stretch(cut, cut, cut)
        if following is not None and cut < (middle := (cut + following) / 2) < following:
            yield Stretch(middle, cut, following, is_open=True)
    if high is None and cuts:
        yield Stretch(cuts[-1] + 1, cuts[-1], None, is_open=True)


def _between_whole(kind: ValueType, named: set[Any], limits: Limits) -> Iterator[Stretch]:
    """Whole numbers or days: every stretch has a first and a last, or goes on for ever."""
    one: Any = _DAY if kind is ValueType.DATE else 1
    low, high = limits.minimum, limits.maximum
    begins = {begin for each in named for begin in _beginnings(each, one)}
    cuts = sorted(each for each in begins
                  if (low is None or low < each) and (high is None or each <= high))
    first: Any = low if low is None else int(-(-low // 1))
    for begin, following in pairwise([first, *cuts, None]):
        end = following - one if following is not None else high if high is None else int(high)
        sample = begin if begin is not None else end if end is not None else _somewhere(kind)
        yield Stretch(sample, begin, end)


def _beginnings(value: Any, one: Any) -> tuple[Any, ...]:
    """Where stretches begin because of a value: with it and behind it; 2.5 only behind 2."""
    if value in (date.min, date.max):
        return ()
    if isinstance(value, float):
        below = int(value // 1)
        return (below, below + 1) if below == value else (below + 1,)
    return (value, value + one)


def _somewhere(kind: ValueType) -> Any:
    return date(2026, 1, 1) if kind is ValueType.DATE else 0


def _runs(axis: Axis, chosen: int) -> Iterator[str]:
    """The chosen stretches in words, neighbours together."""
    ordered = axis.type not in (ValueType.BOOL, ValueType.STRING)
    run: list[Stretch] = []
    for n, each in enumerate(axis.stretches):
        if chosen >> n & 1 and (not run or (ordered and each.sample is not None)):
            run.append(each)
            continue
        if run:
            yield _said(run[0], run[-1], axis)
        run = [each] if chosen >> n & 1 else []
    if run:
        yield _said(run[0], run[-1], axis)


def _said(first: Stretch, last: Stretch, axis: Axis) -> str:
    if first.sample is None:
        return "not known"
    if axis.type is ValueType.BOOL:
        return "yes" if first.sample else "no"
    if axis.type is ValueType.STRING:
        return f"“{first.sample}”" if first.low is not None else "anything else"
    if first.low is not None and first.low == last.high:
        return str(first.low)
    above = f"more than {first.low}" if first.is_open else f"at least {first.low}"
    below = f"less than {last.high}" if last.is_open else f"at most {last.high}"
    sides = [above] * (first.low is not None) + [below] * (last.high is not None)
    return " and ".join(sides) or "anything"


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest
