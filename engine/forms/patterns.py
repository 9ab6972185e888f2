"""Patterns of answers, matched in linear time whatever they are: by RE2, which comes with CEL.

Python's own tries every way to divide a text among nested repetitions: `(a+)+` would take years
over fifty letters. RE2 knows no look-ahead and no back-references, and refuses them.
"""

from engine.domain import ValueType
from engine.errors import FlowFailed
from engine.spiff.expressions import compile_expression

LONGEST_PATTERN = 500
LONGEST_MATCHED = 1_000
"""Letters of an answer that a pattern looks through: half a second for the worst of patterns."""

_MATCHES = compile_expression(
    "answer.matches(pattern)",
    frozenset({ValueType.BOOL}),
    {"answer": ValueType.STRING, "pattern": ValueType.STRING},
    (),
)


def is_pattern(text: str) -> bool:
    """Whether it is one that can be matched."""
    try:
        _MATCHES.evaluate({"answer": "", "pattern": text}, None)
        matches(text, "")
    except FlowFailed:
        return False
    return len(text) <= LONGEST_PATTERN


def matches(pattern: str, answer: str) -> bool:
    """Whether the whole answer is as the pattern says."""
    return bool(_MATCHES.evaluate({"answer": answer, "pattern": rf"\A(?:{pattern})\z"}, None))
