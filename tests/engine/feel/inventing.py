"""Invents FEEL of the subset, and values for its names; knows whether the kinds fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from engine.domain import ValueType

TYPES = {
    "s": ValueType.STRING, "rating": ValueType.STRING, "n": ValueType.INT, "age_in": ValueType.INT,
    "p": ValueType.DOUBLE, "b": ValueType.BOOL, "agreed": ValueType.BOOL, "d": ValueType.DATE,
    "day": ValueType.DATE, "l": ValueType.LIST,
}
NUMBERS = (ValueType.INT, ValueType.DOUBLE)
TEXTS = ("red", "amber", "", "and", "x", 'say "no"', "back\\slash", "l1\nl2", "tab\there", "Zoë",
         "😀")
_FEEL_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


@dataclass(frozen=True)
class Invented:
    text: str
    fits: bool
    """Whether only what is of one kind is compared."""


def value_of(chance: Random, kind: ValueType) -> Any:
    return {
        ValueType.STRING: lambda: chance.choice(TEXTS),
        ValueType.INT: lambda: chance.randint(-4, 7),
        ValueType.DOUBLE: lambda: chance.randint(-8, 14) / 2,
        ValueType.BOOL: lambda: chance.random() < 0.5,
        ValueType.DATE: lambda: date(2026, 2, 26) + timedelta(days=chance.randint(0, 6)),
        ValueType.LIST: lambda: chance.sample(TEXTS, chance.randint(0, 3)),
    }[kind]()


def values_of(chance: Random) -> dict[str, Any]:
    """Of each name a value, or now and then none; but what is ticked or not is always known."""
    return {
        name: value_of(chance, kind) if name in ("b", "l") or chance.random() < 0.8 else None
        for name, kind in TYPES.items()
    }


def written(chance: Random, value: Any) -> str:
    """A value as FEEL writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return f'date("{value}")' if chance.random() < 0.5 else f'@"{value}"'
    if isinstance(value, str):
        return '"' + "".join(_FEEL_ESCAPES.get(letter, letter) for letter in value) + '"'
    return str(value)


def condition(chance: Random, depth: int = 3) -> Invented:
    dice = chance.random()
    if depth and dice < 0.4:
        parts = [condition(chance, depth - 1) for _ in range(chance.randint(2, 3))]
        texts = (p.text if chance.random() < 0.3 and " in " not in p.text else f"({p.text})"
                 for p in parts)
        return _joined(chance.choice((" and ", " or ")).join(texts), parts)
    if depth and dice < 0.55:
        inner = condition(chance, depth - 1)
        return Invented(f"not({inner.text})", inner.fits)
    return _comparison(chance)


def cell(chance: Random, kind: ValueType) -> Invented:
    dice = chance.random()
    if dice < 0.05:
        return Invented("-", fits=True)
    tests = [_test(chance, kind) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    inner = _joined(chance.choice((",", ", ")).join(test.text for test in tests), tests)
    return Invented(f"not({inner.text})", inner.fits) if dice < 0.25 else inner


def _joined(text: str, parts: Sequence[Invented]) -> Invented:
    return Invented(text, all(part.fits for part in parts))


def _comparison(chance: Random) -> Invented:
    kind = chance.choice([kind for kind in ValueType if kind is not ValueType.DURATION])
    dice = chance.random()
    if kind is ValueType.BOOL and dice < 0.4:
        return Invented(chance.choice(("b", "b", "true", "false")), fits=True)
    if kind is ValueType.LIST:
        subject = ValueType.STRING if dice < 0.9 else ValueType.INT
        return Invented(f"{_operand(chance, subject)} in l", subject is ValueType.STRING)
    left = _operand(chance, kind)
    if dice < 0.3:
        test = _test(chance, kind)
        return Invented(f"{left} in ({test.text})", test.fits)
    if dice < 0.5:
        inner = [_other(chance, kind) for _ in range(chance.randint(2, 3))]
        begin, end = chance.choice(("[]", "()"))
        texts = ", ".join(written(chance, value_of(chance, each)) for each in inner)
        return Invented(f"{left} in {begin}{texts}{end}", all(_fit(kind, e) for e in inner))
    if dice < 0.6:
        span = _range(chance, kind)
        return Invented(f"{left} in {span.text}", span.fits)
    sign, right = chance.choice(("=", "!=", "<", "<=", ">", ">=")), _other(chance, kind)
    space = chance.choice(("", " "))
    fits = _fit(kind, right) and (sign in ("=", "!=") or kind is not ValueType.BOOL)
    return Invented(f"{left}{space}{sign}{space}{_operand(chance, right)}", fits)


def _test(chance: Random, kind: ValueType) -> Invented:
    """One of the tests of a cell."""
    dice, other = chance.random(), _other(chance, kind)
    if dice < 0.3:
        return _range(chance, kind)
    sign = chance.choice(("", "<", "<=", ">", ">=")) if dice < 0.7 else ""
    fits = _fit(kind, other) and (not sign or kind is not ValueType.BOOL)
    return Invented(f"{sign} {written(chance, value_of(chance, other))}".strip(), fits)


def _range(chance: Random, kind: ValueType) -> Invented:
    begin, end = chance.choice("[(]"), chance.choice("])[")
    low, high = sorted(value_of(chance, kind) for _ in range(2))
    text = f"{begin}{written(chance, low)}..{written(chance, high)}{end}"
    return Invented(text, kind is not ValueType.BOOL)


def _operand(chance: Random, kind: ValueType) -> str:
    if chance.random() < 0.75:
        return chance.choice([name for name, its in TYPES.items() if its is kind])
    return written(chance, value_of(chance, kind)) if kind is not ValueType.LIST else "l"


def _other(chance: Random, kind: ValueType) -> ValueType:
    """Mostly a kind that fits."""
    if chance.random() < 0.03:
        return chance.choice((ValueType.STRING, ValueType.INT, ValueType.BOOL, ValueType.DATE))
    return chance.choice(NUMBERS) if kind in NUMBERS else kind


def _fit(one: ValueType, other: ValueType) -> bool:
    return one is other or {one, other} <= set(NUMBERS)
