"""Conditions in forms: the FEEL subset that the form editor writes, translated to CEL.

The one translator of Pepway; it grows with decision tables.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from engine.domain import ValueType
from engine.errors import Refused
from engine.spiff.expressions import compile_expression

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:\\.|[^"\\])*")|(?P<number>\d+(?:\.\d+)?)|(?P<word>[A-Za-z_]\w*)"""
    r"""|(?P<sign>!=|<=|>=|\.\.|[=<>()\[\],-]))""",
    re.ASCII,
)


class ConditionRefused(Refused):
    """This condition cannot be used in a form."""


def to_cel(feel: str) -> str:
    """CEL that means the same. Raises `ConditionRefused` outside the subset."""
    translation = _Translation(feel)
    cel = translation.disjunction()
    translation.expect_end()
    return cel


def names_in(feel: str) -> frozenset[str]:
    """The names that a condition of the subset reads."""
    words = {m.group("word") for m in _TOKEN.finditer(feel) if m.group("word")}
    return frozenset(words - {"and", "or", "not", "in", "true", "false", "null"})


def holds(feel: str, values: Mapping[str, Any], types: Mapping[str, ValueType]) -> bool:
    """Whether the condition is true for these answers; a name without a value makes it false."""
    names = names_in(feel)
    if any(values.get(name) is None for name in names):
        return _with_missing(feel, values, types)
    expression = compile_expression(to_cel(feel), frozenset({ValueType.BOOL}), types, ())
    return bool(expression.evaluate(values, None))


def _with_missing(
    feel: str, values: Mapping[str, Any], types: Mapping[str, ValueType]
) -> bool:
    """FEEL's null: an unanswered question equals nothing and differs from everything."""
    filled = {name: _empty(types.get(name)) for name in names_in(feel)}
    filled.update({name: value for name, value in values.items() if value is not None})
    expression = compile_expression(to_cel(feel), frozenset({ValueType.BOOL}), types, ())
    return bool(expression.evaluate(filled, None))


_UNANSWERED: Mapping[ValueType, Any] = {
    ValueType.BOOL: False,
    ValueType.INT: -1,
    ValueType.DOUBLE: -1.0,
    ValueType.LIST: [],
    ValueType.DATE: date(1900, 1, 1),
    ValueType.DURATION: timedelta(0),
}
"""A value of each type that no form lets a person give."""


def _empty(kind: ValueType | None) -> Any:
    return _UNANSWERED.get(kind or ValueType.STRING, "")


class _Translation:
    def __init__(self, feel: str) -> None:
        self._feel = feel.strip().removeprefix("=").strip()
        self._tokens = self._split()
        self._at = 0

    def disjunction(self) -> str:
        parts = [self._conjunction()]
        while self._take("word", "or"):
            parts.append(self._conjunction())
        return " || ".join(parts) if len(parts) > 1 else parts[0]

    def expect_end(self) -> None:
        if self._at != len(self._tokens):
            raise self._refused()

    def _conjunction(self) -> str:
        parts = [self._negation()]
        while self._take("word", "and"):
            parts.append(self._negation())
        return " && ".join(f"({part})" for part in parts) if len(parts) > 1 else parts[0]

    def _negation(self) -> str:
        if self._take("word", "not"):
            self._need("(")
            inner = self.disjunction()
            self._need(")")
            return f"!({inner})"
        if self._take("sign", "("):
            inner = self.disjunction()
            self._need(")")
            return f"({inner})"
        return self._comparison()

    def _comparison(self) -> str:
        left = self._value()
        for feel, cel in (("=", "=="), ("!=", "!="), ("<=", "<="), (">=", ">="), ("<", "<"),
                          (">", ">")):
            if self._take("sign", feel):
                return f"{left} {cel} {self._value()}"
        if self._take("word", "in"):
            return self._membership(left)
        return left

    def _membership(self, left: str) -> str:
        if self._take("sign", "["):
            low = self._value()
            if self._take("sign", ".."):
                high = self._value()
                self._need("]")
                return f"({left} >= {low} && {left} <= {high})"
            members = [low]
            while self._take("sign", ","):
                members.append(self._value())
            self._need("]")
        else:
            self._need("(")
            members = [self._value()]
            while self._take("sign", ","):
                members.append(self._value())
            self._need(")")
        return f"{left} in [{', '.join(members)}]"

    def _value(self) -> str:
        negative = "-" if self._take("sign", "-") else ""
        if self._at >= len(self._tokens):
            raise self._refused()
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "sign":
            raise self._refused()
        return negative + text

    def _take(self, kind: str, text: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == (kind, text):
            self._at += 1
            return True
        return False

    def _need(self, sign: str) -> None:
        if not self._take("sign", sign):
            raise self._refused()

    def _split(self) -> list[tuple[str, str]]:
        tokens, at = [], 0
        while at < len(self._feel):
            match = _TOKEN.match(self._feel, at)
            if match is None:
                raise self._refused()
            kind = match.lastgroup or ""
            tokens.append((kind, match.group(kind)))
            at = match.end()
        return tokens

    def _refused(self) -> ConditionRefused:
        return ConditionRefused(
            f"“{self._feel}” is not a condition that a form can have. Compare a field with a "
            'value, for example: has_plan = "yes" and age >= 16.'
        )
