"""Conditions in forms: the FEEL subset that the form editor writes, translated to CEL.

The one translator of Pepway; it grows with decision tables.
"""

import re
from collections.abc import Mapping
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


def to_cel(feel: str, missing: frozenset[str] = frozenset()) -> str:
    """CEL that means the same where the names in `missing` are null.

    Raises `ConditionRefused` outside the subset.
    """
    translation = _Translation(feel, missing)
    cel = translation.disjunction()
    translation.expect_end()
    return cel


def names_in(feel: str) -> frozenset[str]:
    """The names that a condition of the subset reads."""
    words = {m.group("word") for m in _TOKEN.finditer(feel) if m.group("word")}
    return frozenset(words - {"and", "or", "not", "in", "true", "false", "null"})


def holds(feel: str, values: Mapping[str, Any], types: Mapping[str, ValueType]) -> bool:
    """Whether the condition is surely true; a name without a value is FEEL's null.

    An unanswered question equals nothing and differs from everything, and is neither smaller nor
    greater than a number: so a fact that is not known hides no question by its size.
    """
    names = names_in(feel)
    missing = frozenset(name for name in names if values.get(name) is None)
    cel = to_cel(feel, missing)
    if cel in ("true", "false"):
        return cel == "true"
    read = {name: types[name] for name in names - missing}
    expression = compile_expression(cel, frozenset({ValueType.BOOL}), read, ())
    return bool(expression.evaluate(values, None))


class _Translation:
    """A reader from left to right. What is neither true nor false, because a value is missing,
    is written as false, and inside not() as true: so that it never makes the whole true."""

    def __init__(self, feel: str, missing: frozenset[str]) -> None:
        self._feel = feel.strip().removeprefix("=").strip()
        self._missing = missing
        self._unsure = "false"
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
            self._turn()
            inner = self.disjunction()
            self._turn()
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
                return self._compared(left, cel, self._value())
        if self._take("word", "in"):
            return self._membership(left)
        return "false" if left in self._missing else left

    def _compared(self, left: str, sign: str, right: str) -> str:
        absent = [side in self._missing for side in (left, right)]
        if not any(absent):
            return f"{left} {sign} {right}"
        if sign in ("==", "!="):
            return str(all(absent) == (sign == "==")).lower()
        return self._unsure

    def _membership(self, left: str) -> str:
        if self._take("sign", "["):
            low = self._value()
            if self._take("sign", ".."):
                high = self._value()
                self._need("]")
                if self._missing & {left, low, high}:
                    return self._unsure
                return f"({left} >= {low} && {left} <= {high})"
            return self._one_of(left, [low], "]")
        if self._take("sign", "("):
            return self._one_of(left, [self._value()], ")")
        several = self._name()
        return "false" if self._missing & {left, several} else f"{left} in {several}"

    def _one_of(self, left: str, members: list[str], end: str) -> str:
        while self._take("sign", ","):
            members.append(self._value())
        self._need(end)
        if left in self._missing:
            return "false"
        members = [member for member in members if member not in self._missing]
        return f"{left} in [{', '.join(members)}]" if members else "false"

    def _name(self) -> str:
        """The name of a list, such as the boxes that are ticked."""
        if self._at < len(self._tokens) and self._tokens[self._at][0] == "word":
            return self._value()
        raise self._refused()

    def _turn(self) -> None:
        self._unsure = "true" if self._unsure == "false" else "false"

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
