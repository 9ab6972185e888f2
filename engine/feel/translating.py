"""Writes FEEL as CEL that means the same, where a name without a value is FEEL's null."""

from collections.abc import Mapping
from datetime import date

from engine.domain import ValueType
from engine.feel.reading import FeelRefused
from engine.feel.syntax import (
    All,
    Compared,
    InList,
    Literal,
    Name,
    Not,
    OneOf,
    Operand,
    Some,
    Syntax,
    Truth,
    kind_of,
)

_NUMBERS = frozenset({ValueType.INT, ValueType.DOUBLE})
_ORDERED = _NUMBERS | {ValueType.DATE, ValueType.STRING}
_DATE_AS_TEXT = frozenset({ValueType.DATE, ValueType.STRING})
_WORDS = {
    ValueType.BOOL: "yes or no",
    ValueType.INT: "a number",
    ValueType.DOUBLE: "a number",
    ValueType.STRING: "text",
    ValueType.DATE: "a date",
    ValueType.DURATION: "a duration",
    ValueType.LIST: "a list",
}
_UNSURE_INSIDE_NOT = {"false": "true", "true": "false"}


def to_cel(
    syntax: Syntax, types: Mapping[str, ValueType], missing: frozenset[str] = frozenset()
) -> str:
    """CEL that is true exactly where the FEEL is, with null for the names in `missing`.

    Raises `FeelRefused` where kinds are compared that do not fit each other. A name that `types`
    lacks is left for CEL to refuse.
    """
    return _Translation(types, missing).written(syntax, "false")


class _Translation:
    """FEEL knows a third answer, null. Where a missing value leads to it, `unsure` is written:
    false, and inside not() true, so that it never makes the whole true."""

    def __init__(self, types: Mapping[str, ValueType], missing: frozenset[str]) -> None:
        self._types = types
        self._missing = missing

    def written(self, syntax: Syntax, unsure: str) -> str:
        match syntax:
            case Some(parts):
                return " || ".join(self.written(part, unsure) for part in parts)
            case All(parts):
                return " && ".join(f"({self.written(part, unsure)})" for part in parts)
            case Not(inner):
                return f"!({self.written(inner, _UNSURE_INSIDE_NOT[unsure])})"
            case Compared():
                return self._compared(syntax, unsure)
            case OneOf(subject, members):
                return self._one_of(subject, members)
            case InList(subject, several):
                return self._in_list(subject, several)
            case Truth(operand):
                return self._truth(operand, unsure)

    def _compared(self, syntax: Compared, unsure: str) -> str:
        left, sign, right = syntax.left, syntax.sign, syntax.right
        kinds = self._fitting(left, right)
        if sign not in ("==", "!=") and kinds - _ORDERED:
            raise FeelRefused(f"{self._said(left)} is not more or less than another.")
        absent = [self._is_absent(side) for side in (left, right)]
        if not any(absent):
            return f"{self._operand(left, kinds)} {sign} {self._operand(right, kinds)}"
        if sign in ("==", "!="):
            return str(all(absent) == (sign == "==")).lower()
        return unsure

    def _one_of(self, subject: Operand, members: tuple[Operand, ...]) -> str:
        kinds = self._fitting(subject, *members)
        if self._is_absent(subject):
            return str(any(self._is_absent(member) for member in members)).lower()
        present = [self._operand(m, kinds) for m in members if not self._is_absent(m)]
        return f"{self._operand(subject, kinds)} in [{', '.join(present)}]" if present else "false"

    def _in_list(self, subject: Operand, several: Name) -> str:
        if self._kind(several) not in (None, ValueType.LIST):
            raise FeelRefused(f"{several.name} is {_WORDS[self._types[several.name]]}, not a list.")
        kinds = self._fitting(subject, Literal(""))
        if self._is_absent(subject) or self._is_absent(several):
            return "false"
        return f"{self._operand(subject, kinds)} in {several.name}"

    def _truth(self, operand: Operand, unsure: str) -> str:
        """A box that nobody has ticked or left is one that is not ticked."""
        if self._kind(operand) not in (None, ValueType.BOOL):
            raise FeelRefused(f"{self._said(operand)} is neither true nor false. Compare it.")
        if operand == Literal(None):
            return unsure
        return "false" if self._is_absent(operand) else self._operand(operand, frozenset())

    def _fitting(self, *sides: Operand) -> frozenset[ValueType]:
        """The kinds of these sides, which is one, or whole numbers and others."""
        kinds = frozenset(kind for side in sides if (kind := self._kind(side)) is not None)
        if len(kinds) > 1 and kinds - _NUMBERS:
            other = next(side for side in sides[1:] if self._kind(side) is not self._kind(sides[0]))
            hint = '; write date("2026-03-25")' if kinds == _DATE_AS_TEXT else ""
            raise FeelRefused(
                f"{self._said(sides[0])} cannot be compared with {self._said(other)}{hint}."
            )
        return kinds

    def _operand(self, operand: Operand, together: frozenset[ValueType]) -> str:
        """As CEL: which keeps whole numbers and others apart, where FEEL has but numbers."""
        as_double = ValueType.DOUBLE in together
        if isinstance(operand, Name):
            is_whole = self._kind(operand) is ValueType.INT
            return f"double({operand.name})" if as_double and is_whole else operand.name
        value = operand.value
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str):
            return _quoted(value)
        if isinstance(value, date):
            return f'timestamp("{value.isoformat()}T00:00:00Z")'
        return repr(float(value or 0)) if as_double else str(value)

    def _is_absent(self, operand: Operand) -> bool:
        if isinstance(operand, Name):
            return operand.name in self._missing
        return operand.value is None

    def _kind(self, operand: Operand) -> ValueType | None:
        if isinstance(operand, Name):
            return self._types.get(operand.name)
        return None if operand.value is None else kind_of(operand.value)

    def _said(self, operand: Operand) -> str:
        kind = self._kind(operand)
        words = _WORDS[kind] if kind else "nothing"
        return f"{operand.name} ({words})" if isinstance(operand, Name) else words


def _quoted(text: str) -> str:
    plain = (
        letter if letter.isprintable() and letter not in '"\\' else f"\\U{ord(letter):08x}"
        for letter in text
    )
    return f'"{"".join(plain)}"'
