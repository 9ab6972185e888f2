"""What FEEL text consists of, once it is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from engine.domain import ValueType

Value: TypeAlias = bool | int | float | str | date | None

_KINDS: dict[type, ValueType] = {
    bool: ValueType.BOOL, int: ValueType.INT, float: ValueType.DOUBLE, str: ValueType.STRING,
    date: ValueType.DATE,
}


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value


Operand: TypeAlias = Name | Literal


@dataclass(frozen=True, slots=True)
class Compared:
    left: Operand
    sign: str
    """As CEL writes it: `==`, `!=`, `<`, `<=`, `>`, `>=`."""
    right: Operand


@dataclass(frozen=True, slots=True)
class OneOf:
    subject: Operand
    members: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class InList:
    """Whether a list that has a name, such as the boxes that are ticked, holds this."""

    subject: Operand
    several: Name


@dataclass(frozen=True, slots=True)
class Truth:
    """An operand that stands by itself where something is true or false."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Not:
    inner: "Syntax"


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Syntax", ...]


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple["Syntax", ...]


Syntax: TypeAlias = Compared | OneOf | InList | Truth | Not | All | Some

ANYTHING = Truth(Literal(value=True))
"""The cell `-`."""


def names_in(syntax: Syntax) -> frozenset[str]:
    """The names that it reads."""
    return frozenset(each.name for each in operands_in(syntax) if isinstance(each, Name))


def operands_in(syntax: Syntax) -> Iterator[Operand]:
    """Every name and value, from left to right."""
    match syntax:
        case Not(inner):
            yield from operands_in(inner)
        case All(parts) | Some(parts):
            for part in parts:
                yield from operands_in(part)
        case Compared(left, _, right):
            yield from (left, right)
        case OneOf(subject, members):
            yield from (subject, *members)
        case InList(subject, several):
            yield from (subject, several)
        case Truth(operand):
            yield operand


def comparisons(syntax: Syntax) -> Iterator[Compared]:
    """Every comparison of two, from left to right."""
    match syntax:
        case Not(inner):
            yield from comparisons(inner)
        case All(parts) | Some(parts):
            for part in parts:
                yield from comparisons(part)
        case Compared():
            yield syntax


def kind_of(value: bool | int | float | str | date) -> ValueType:
    return _KINDS[type(value)]
