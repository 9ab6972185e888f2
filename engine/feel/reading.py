"""Reads FEEL from left to right: conditions, cells of decision tables, single values."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import NoReturn

from engine.errors import Refused
from engine.feel.syntax import (
    ANYTHING,
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
    Value,
)

LONGEST = 2000
LARGEST = 2**53
"""Beyond it a number with decimals no longer tells one whole number from the next."""
DEEPEST = 20
"""Brackets inside each other: CEL stops at 32 levels, and a step of ours takes at most one."""

_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:"""
    r"""(?P<date>date[ ]*\([ ]*"(?P<in_date>[^"\\\n]*)"[ ]*\)|@"(?P<at_date>[^"\\\n]*)")"""
    r"""|(?P<text>"(?:\\.|[^"\\\n\r])*")|(?P<number>-?\d+(?:\.\d+)?)(?![A-Za-z_])"""
    r"""|(?P<word>[A-Za-z_]\w*)|(?P<sign>!=|<=|>=|\.\.|[=<>()\[\],]))""",
    re.ASCII,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_CONSTANTS = {"true": True, "false": False, "null": None}
_RESERVED = frozenset(
    {"and", "or", "not", "in", "if", "then", "else", "for", "return", "some", "every", "satisfies",
     "between", "instance", "of", "function", "external"}
)
_SIGNS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_ABOVE = {"[": ">=", "(": ">", "]": ">"}
_BELOW = {"]": "<=", ")": "<", "[": "<"}


class FeelRefused(Refused):
    """This is not FEEL as Pepway reads it."""


@lru_cache(maxsize=4096)
def read_condition(text: str) -> Syntax:
    """A condition of a form: `has_plan = "yes" and age >= 16`. Raises `FeelRefused`."""
    reader = _Reader(
        text.strip().removeprefix("="),
        "a condition that a form can have. Compare a field with a value, for example: "
        'has_plan = "yes" and age >= 16.',
    )
    return reader.whole(reader.some)


def read_cell(text: str, name: str) -> Syntax:
    """What a cell asks of the name that its column is about. Raises `FeelRefused`.

    `-` or nothing asks nothing; `"a", "b"` one of these; `not(...)` none of these.
    """
    if text.strip() in ("", "-"):
        return ANYTHING
    reader = _Reader(
        text,
        'a cell that Pepway reads. Write a value in full ("red", 5, true, date("2026-03-25")), '
        'several ("red", "amber"), a comparison (>= 5), a range ([3..6]), not("red"), or - for '
        "anything.",
        Name(name),
    )
    return reader.whole(reader.cell)


def read_value(text: str) -> Value:
    """One value as a cell writes it; None for null or nothing. Raises `FeelRefused`."""
    return read_values(text)[0] if text.strip() else None


def read_values(text: str) -> tuple[Value, ...]:
    """Values with commas between them. Raises `FeelRefused`."""
    reader = _Reader(
        text, 'a value that Pepway reads. Write "red", 5, true or date("2026-03-25").'
    )
    return tuple(reader.values())


class _Reader:
    """Holds one text and how far it is read; `subject` is what a cell is about."""

    def __init__(self, text: str, wanted: str, subject: Name | None = None) -> None:
        self._text = text.strip()
        self._wanted = wanted
        self._subject = subject
        self._depth = self._at = 0
        self._tokens = self._split()

    def whole(self, part: Callable[[], Syntax]) -> Syntax:
        syntax = part()
        if self._at != len(self._tokens):
            self._refuse()
        return syntax

    def some(self) -> Syntax:
        parts = [self._all()]
        while self._take("word", "or"):
            parts.append(self._all())
        return Some(tuple(parts)) if len(parts) > 1 else parts[0]

    def cell(self) -> Syntax:
        subject = self._subject or self._refuse()
        if self._take("word", "not"):
            self._need("(")
            inner = self._tests(subject)
            self._need(")")
            return Not(inner)
        return self._tests(subject)

    def values(self) -> Iterator[Value]:
        yield self._literal().value
        while self._take("sign", ","):
            yield self._literal().value
        if self._at != len(self._tokens):
            self._refuse()

    def _all(self) -> Syntax:
        parts = [self._single()]
        while self._take("word", "and"):
            parts.append(self._single())
        return All(tuple(parts)) if len(parts) > 1 else parts[0]

    def _single(self) -> Syntax:
        negated = self._take("word", "not")
        if negated:
            self._need("(")
        elif not self._take("sign", "("):
            return self._comparison()
        self._depth += 1
        if self._depth > DEEPEST:
            msg = f"There are more than {DEEPEST} brackets inside each other. Write it flatter."
            raise FeelRefused(msg)
        inner = self.some()
        self._depth -= 1
        self._need(")")
        return Not(inner) if negated else inner

    def _comparison(self) -> Syntax:
        left = self._operand()
        for feel, cel in _SIGNS.items():
            if self._take("sign", feel):
                return Compared(left, cel, self._operand())
        if self._take("word", "in"):
            return self._membership(left)
        return Truth(left)

    def _membership(self, subject: Operand) -> Syntax:
        begun = self._at
        if self._is_range():
            found: Syntax = self._range(subject)
        elif self._take("sign", "["):
            found = self._one_of(subject)
            self._need("]")
        elif self._take("sign", "("):
            found = self._tests(subject)
            self._need(")")
            if ("sign", ",") in self._tokens[begun : self._at]:
                return found
        else:
            several = self._operand()
            found = InList(subject, several) if isinstance(several, Name) else self._refuse()
        self._refuse_what_could_go_on()
        return found

    def _refuse_what_could_go_on(self) -> None:
        """`a in [1, 2] or b`: the editor's FEEL takes all from the list on for what `in` is about.

        Only a list in round brackets clearly ends.
        """
        if self._tokens[self._at : self._at + 1] in ([("word", "and")], [("word", "or")]):
            raise FeelRefused(
                f"“{self._text}” can be read in two ways: put what belongs to “in” into brackets, "
                'for example: (school_year in [7..9]) or has_plan = "yes".'
            )

    def _tests(self, subject: Operand) -> Syntax:
        """What stands in one cell: values become one comparison, the rest one each."""
        tests = [self._test(subject)]
        while self._take("sign", ","):
            tests.append(self._test(subject))
        members = tuple(
            test.right for test in tests if isinstance(test, Compared) and test.sign == "=="
        )
        if len(members) == len(tests) > 1:
            return OneOf(subject, members)
        return Some(tuple(tests)) if len(tests) > 1 else tests[0]

    def _test(self, subject: Operand) -> Syntax:
        if self._is_range():
            return self._range(subject)
        for sign in ("<=", ">=", "<", ">"):
            if self._take("sign", sign):
                return Compared(subject, sign, self._member())
        return Compared(subject, "==", self._member())

    def _one_of(self, subject: Operand) -> Syntax:
        members = [self._member()]
        while self._take("sign", ","):
            members.append(self._member())
        return OneOf(subject, tuple(members))

    def _is_range(self) -> bool:
        """Whether an opening bracket, a value and two points come next."""
        next_ones = self._tokens[self._at : self._at + 3]
        return next_ones[2:] == [("sign", "..")] and next_ones[0][1] in _ABOVE

    def _range(self, subject: Operand) -> Syntax:
        begin = self._next()
        low = self._literal()
        self._need("..")
        high = self._literal()
        end = self._next()
        if end not in _BELOW or low.value is None or high.value is None:
            self._refuse()
        if _is_turned_round(low.value, high.value):
            raise FeelRefused(f"“{self._text}”: a range begins with the smaller value.")
        return All((Compared(subject, _ABOVE[begin], low), Compared(subject, _BELOW[end], high)))

    def _member(self) -> Operand:
        """In a cell a value only, so that the table can be looked through for gaps."""
        return self._literal() if self._subject else self._operand()

    def _operand(self) -> Operand:
        if self._at < len(self._tokens):
            kind, text = self._tokens[self._at]
            if kind == "word" and text not in _CONSTANTS and text not in _RESERVED:
                self._at += 1
                return Name(text)
        return self._literal()

    def _literal(self) -> Literal:
        if self._at >= len(self._tokens):
            self._refuse()
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "number":
            number = float(text) if "." in text else int(text)
            if abs(number) > LARGEST:
                raise FeelRefused(f"“{self._text}”: {text} is larger than Pepway counts.")
            return Literal(number)
        if kind == "sign" or (kind == "word" and text not in _CONSTANTS):
            self._refuse()
        if kind == "date":
            return Literal(self._day(text))
        return Literal(_CONSTANTS[text] if kind == "word" else self._unquoted(text))

    def _day(self, text: str) -> date:
        try:
            if len(text) == 10:
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise FeelRefused(f"“{self._text}”: “{text}” is not a real date. Write 2026-03-25.")

    def _unquoted(self, text: str) -> str:
        return _ESCAPE.sub(self._unescaped, text[1:-1])

    def _unescaped(self, escape: re.Match[str]) -> str:
        what = escape.group(1)
        if len(what) == 1:
            return _ESCAPED[what] if what in _ESCAPED else self._refuse()
        number = int(what[1:], 16)
        if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
            self._refuse()
        return chr(number)

    def _next(self) -> str:
        if self._at >= len(self._tokens) or self._tokens[self._at][0] != "sign":
            self._refuse()
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _take(self, kind: str, text: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == (kind, text):
            self._at += 1
            return True
        return False

    def _need(self, sign: str) -> None:
        if not self._take("sign", sign):
            self._refuse()

    def _split(self) -> list[tuple[str, str]]:
        if len(self._text) > LONGEST:
            msg = f"This is longer than {LONGEST} characters. Write it shorter."
            raise FeelRefused(msg)
        tokens, at = [], 0
        while at < len(self._text):
            match = _TOKEN.match(self._text, at) or self._refuse()
            kind = match.lastgroup or ""
            day = match.group("in_date") or match.group("at_date") or ""
            tokens.append((kind, day if kind == "date" else match.group(kind)))
            at = match.end()
        return tokens

    def _refuse(self) -> NoReturn:
        raise FeelRefused(f"“{self._text}” is not {self._wanted}")


def _is_turned_round(low: Value, high: Value) -> bool:
    """What that means is not agreed: some take it for the same range, some for an empty one."""
    numbers = isinstance(low, (int, float)) and isinstance(high, (int, float))
    alike = numbers or type(low) is type(high)
    return alike and low > high  # type: ignore[operator]
