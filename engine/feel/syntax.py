"""What FEEL text consists of, once it is read."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

Value: TypeAlias = bool | int | float | str | date | None


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
