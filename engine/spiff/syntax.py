"""What a compiled expression consists of, read from the syntax tree that CEL gives out.

CEL has no call that lists the names of an expression, and its text cannot be searched for them:
quotes, comments and the variables of macros all look like names. The tree comes serialised as
`cel.expr.CheckedExpr`; the few message fields that matter here are read without a library.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

_PARTS = {6: (1,), 7: (1, 2), 8: (1, 2), 14: (2,)}
"""Fields of `Type` that hold other types: list, map, function, abstract."""


@dataclass(slots=True)
class Syntax:
    """`names` that are read, `tested` ones inside known("..."), and what makes types unsure."""

    names: set[str] = field(default_factory=set)
    tested: set[str] = field(default_factory=set)
    tests_unnamed: bool = False
    """known() with something else than one text in quotes."""
    has_unsure_type: bool = False
    """Some part has no certain type: dyn(), a list or map of different kinds, a message."""


def read_syntax(serialised: bytes) -> Syntax:
    """Read what `cel.Expression.serialize()` gave for a type-checked expression."""
    syntax = Syntax()
    checked = _only(serialised, 2)
    for number, part in _fields(checked):
        if number == 3:
            syntax.has_unsure_type |= _unsure(_only(part, 2))
        elif number == 4:
            _read(part, frozenset(), syntax)
    return syntax


def _read(expression: bytes, bound: frozenset[str], syntax: Syntax) -> None:
    """One node of the tree; `bound` are the variables of the macros around it."""
    for number, part in _fields(expression):
        if number == 4:
            name = _only(part, 1).decode().removeprefix(".")
            syntax.names |= {name} - bound
        elif number == 6:
            _read_call(part, bound, syntax)
        elif number == 8:
            _read_entries(part, bound, syntax)
        elif number == 9:
            _read_macro(part, bound, syntax)
        elif number in (5, 7):
            for inner in (each for place, each in _fields(part) if place == 1):
                _read(inner, bound, syntax)


def _read_call(call: bytes, bound: frozenset[str], syntax: Syntax) -> None:
    arguments = [part for number, part in _fields(call) if number in (1, 3)]
    if _only(call, 2) == b"known":
        texts = [_only(_only(argument, 3), 6) for argument in arguments]
        syntax.tested |= {text.decode() for text in texts if text}
        syntax.tests_unnamed |= not all(texts)
    for argument in arguments:
        _read(argument, bound, syntax)


def _read_entries(struct: bytes, bound: frozenset[str], syntax: Syntax) -> None:
    for number, part in _fields(struct):
        if number == 1 and part:
            syntax.has_unsure_type = True
        elif number == 2:
            for _, entry in _fields(part):
                _read(entry, bound, syntax)


def _read_macro(comprehension: bytes, bound: frozenset[str], syntax: Syntax) -> None:
    own = {part.decode() for number, part in _fields(comprehension) if number in (1, 3, 8)}
    for number, part in _fields(comprehension):
        if number in (2, 4):
            _read(part, bound, syntax)
        elif number in (5, 6, 7):
            _read(part, bound | own, syntax)


def _unsure(kind: bytes) -> bool:
    """Whether a type is dyn, or is made of one that is."""
    for number, part in _fields(kind):
        if number in (1, 10):
            return True
        if number == 11 and _unsure(part):
            return True
        inner = _PARTS.get(number, ())
        if any(_unsure(each) for place, each in _fields(part) if place in inner):
            return True
    return False


def _only(message: bytes, wanted: int) -> bytes:
    """The field with this number, or nothing."""
    return next((part for number, part in _fields(message) if number == wanted), b"")


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each field that has a length; numbers are passed over."""
    at = 0
    while at < len(message):
        key, at = _number(message, at)
        if key & 7 == 0:
            _, at = _number(message, at)
        elif key & 7 == 2:
            size, at = _number(message, at)
            yield key >> 3, message[at : at + size]
            at += size
        else:
            at += 8 if key & 7 == 1 else 4


def _number(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
