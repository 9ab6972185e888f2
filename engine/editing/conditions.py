"""What an arrow asks: as questions and answers of a form, and as the expression that a diagram
holds. What has another form is changed as the expression that it is.

The forms are data (`ASKING`), so that the editor in the browser reads and writes the same ones.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.domain import ValueType

AND, OR = "and", "or"
_SIGNS = {AND: "&&", OR: "||"}


@dataclass(frozen=True, slots=True)
class Asking:
    """One way to ask, in the order in which it is offered."""

    key: str
    words: str
    expression: str
    """With `{name}` and, where something is compared, `{value}`."""
    types: tuple[ValueType, ...]


_TEXT, _INT, _BOOL, _LIST = ValueType.STRING, ValueType.INT, ValueType.BOOL, ValueType.LIST

ASKING = {
    each.key: each
    for each in (
        Asking("is", "is", "{name} == {value}", (_TEXT, _INT)),
        Asking("is_not", "is not", "{name} != {value}", (_TEXT, _INT)),
        Asking("holds", "yes", "{name}", (_BOOL,)),
        Asking("holds_not", "no", "!{name}", (_BOOL,)),
        Asking("includes", "includes", "{value} in {name}", (_LIST,)),
        Asking("leaves_out", "does not include", "!({value} in {name})", (_LIST,)),
        Asking("less", "is less than", "{name} < {value}", (_INT,)),
        Asking("at_most", "is at most", "{name} <= {value}", (_INT,)),
        Asking("more", "is more than", "{name} > {value}", (_INT,)),
        Asking("at_least", "is at least", "{name} >= {value}", (_INT,)),
        Asking("answered", "has been answered", 'known("{name}")', ()),
        Asking("unanswered", "has not been answered", '!known("{name}")', ()),
    )
}


@dataclass(frozen=True, slots=True)
class Asked:
    name: str
    asking: str
    """One of `ASKING`."""
    value: str | int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    parts: tuple[Asked, ...]
    joined_by: str = AND
    """Whether all of them must hold, or one of them is enough (`OR`)."""


@dataclass(frozen=True, slots=True)
class Question:
    """What may be asked at a choice, with every answer that it may have."""

    name: str
    title: str
    type: ValueType
    answers: tuple[tuple[str, str], ...] = ()
    """Value and label; empty of a number, and of what is yes or no."""


def read_condition(expression: str | None) -> Condition | None:
    """None for what is not written in one of these forms."""
    text = " ".join((expression or "").split())
    for joined_by, sign in _SIGNS.items():
        parts = [_part(each.strip()) for each in _split(text, sign)]
        if parts and all(part is not None for part in parts):
            return Condition(tuple(part for part in parts if part), joined_by)
    return None


def write_condition(condition: Condition) -> str:
    """The expression. `read_condition` gives the same for it again."""
    sign = f" {_SIGNS[condition.joined_by]} "
    return sign.join(
        ASKING[part.asking].expression.format(name=part.name, value=_literal(part.value))
        for part in condition.parts
    )


def condition_in_words(condition: Condition, questions: Mapping[str, Question]) -> str:
    """“Is all on track?” is “No” and ...; names that are no question stand as words."""
    return f" {condition.joined_by} ".join(
        _in_words(part, questions.get(part.name)) for part in condition.parts
    )


def written_askings() -> Sequence[Mapping[str, Any]]:
    """All that reads and writes these, as JSON: the patterns are JavaScript's as well."""
    return [
        {"key": key, "words": each.words, "expression": each.expression,
         "types": [str(kind) for kind in each.types],
         "pattern": _PATTERNS[key].pattern.replace("(?P<", "(?<")}
        for key, each in ASKING.items()
    ]


def _in_words(part: Asked, question: Question | None) -> str:
    title = f"“{question.title}”" if question else f"“{part.name.replace('_', ' ')}”"
    if part.value is None:
        asking = ASKING[part.asking].words
        return f"{title} is {asking}" if part.asking.startswith("holds") else f"{title} {asking}"
    labels = dict(question.answers) if question else {}
    said = labels.get(str(part.value), str(part.value))
    said = said if isinstance(part.value, int) else f"“{said}”"
    return f"{title} {ASKING[part.asking].words} {said}"


def _part(text: str) -> Asked | None:
    for key, pattern in _PATTERNS.items():
        found = pattern.fullmatch(text)
        if found is not None:
            given = found.groupdict()
            value = given.get("value")
            return Asked(given["name"], key, None if value is None else json.loads(value))
    return None


def _split(text: str, sign: str) -> list[str]:
    """At each sign outside quotes and brackets; an expression with both signs is left whole."""
    parts, depth, quoted, begun, at = [], 0, False, 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == '"':
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            if depth == 0 and text.startswith(sign, at):
                parts.append(text[begun:at])
                begun, at = at + len(sign), at + len(sign) - 1
        at += 1
    return [*parts, text[begun:]]


def _literal(value: str | int | None) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _pattern(asking: Asking) -> re.Pattern[str]:
    text = re.escape(asking.expression).replace(r"\ ", " ").replace(r'\"', '"')
    name = r"(?P<name>[a-z][a-z0-9_]*)"
    value = r'(?P<value>"[^"\\]*"|-?[0-9]{1,9})'
    return re.compile(text.replace(r"\{name\}", name).replace(r"\{value\}", value))


_PATTERNS = {key: _pattern(each) for key, each in ASKING.items()}
