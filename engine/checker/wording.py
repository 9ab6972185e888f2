"""What a form asks badly: said of its words beside the editor, and never a reason to refuse it.

It is no part of the check, which everything must pass: whether a question is asked well is a
judgement, and its author's. Which words are jargon is declared: those of plain English here,
those of the field by the domain.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from engine.checker.report import NOTE, WARNING, Finding
from engine.domain import Vocabulary
from engine.forms.definition import Field, Form

PLAIN_ENGLISH: Mapping[str, str] = {
    "N/A": "Write “not applicable”, or do not ask where it does not apply",
    "utilise": "Write “use”",
    "ascertain": "Write “find out”",
    "commence": "Write “begin”",
    "prior to": "Write “before”",
    "subsequent to": "Write “after”",
    "in respect of": "Write “about”",
    "with regard to": "Write “about”",
    "pursuant to": "Write “under”",
    "in the event that": "Write “if”",
    "facilitate": "Write “help”",
    "endeavour": "Write “try”",
    "herewith": "Leave it out",
    "aforementioned": "Say which",
    "TBC": "Write “to be confirmed”",
    "TBA": "Write “to be announced”",
}
"""What to do instead, by the word."""

AS_THE_EDITOR_NAMES_IT = frozenset({
    "text field", "text area", "number", "date", "time", "radio group", "checkbox group",
    "checkbox", "select", "group", "dynamic list", "value", "question",
})
LONGEST_LABEL = 130
LONGEST_OPTION = 110
_SHOUTED = re.compile(r"\b[A-Z]{5,}\b")
_ALL_CAPITALS = re.compile(r"[A-Z][^a-z]*[A-Z][^a-z]*\s[^a-z]*[A-Z]{2}[^a-z]*")
_ASKS = (r"(?:who|what|when|where|which|why|how|is|are|was|were|do|does|did|has|have|can|will|"
         r"should)")
_TWO = (
    re.compile(r"\?.*\?", re.DOTALL),
    re.compile(r"\band/or\b", re.IGNORECASE),
    re.compile(rf"^{_ASKS}\b.*\band (?:if (?:so|not),? )?{_ASKS}\b", re.IGNORECASE | re.DOTALL),
)
_A_DATE = re.compile(r"\bdate\b|^(?:on )?(?:what|which) day\b|^when\b", re.IGNORECASE)
_QUOTED = re.compile("“[^”]*”")
_WHO = re.compile(r"who\b", re.IGNORECASE)
_NONE = re.compile(r"(?:none|no|not|nothing|nobody|never|neither|other|another|something else)\b",
                   re.IGNORECASE)
MOST_IN_ANY_CASE = 2
"""Of so few boxes at least one may always be right."""


def check_wording(form: Form, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Sentences that name the field; of the cells of lists as well."""
    words = {**PLAIN_ENGLISH, **vocabulary.jargon}
    for each in _all(form.fields):
        yield from _jargon(each, words)
        if each.kind != "note":
            yield from _label(each)
        if each.is_input:
            yield from _options(each)
    for each in form.inputs():
        if each.path.startswith(f"forms.{form.name}.") and not each.read_only:
            yield Finding("form-unbound", NOTE, each.key, f"The answer to “{each.label}” is kept "
                          f"as {each.path}, for this form alone. If it belongs to the record, "
                          "say where: pepway.path.")


def _all(fields: tuple[Field, ...]) -> Iterator[Field]:
    for each in fields:
        yield each
        yield from _all(each.fields)


def _jargon(each: Field, words: Mapping[str, str]) -> Iterator[Finding]:
    said = " ".join((each.label, each.hint, *(f"{o.label} {o.hint}" for o in each.options)))
    for word, instead in words.items():
        if _pattern(word).search(said) and f"({word})" not in said:  # said in full before it
            yield _finding("form-jargon", WARNING, each, f"says “{word}”, which not everybody "
                           f"understands. {instead}.")


@lru_cache(maxsize=512)
def _pattern(word: str) -> re.Pattern[str]:
    """An abbreviation as it is written; any other word also inflected, and in any letters."""
    if word.isupper():
        return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    stem = re.escape(word.removesuffix("e"))
    return re.compile(rf"(?<!\w){stem}(?:e|es|ed|d|s|ing|ation)?(?!\w)", re.IGNORECASE)


def _label(each: Field) -> Iterator[Finding]:
    """A label says what is wanted, in small letters and not at length."""
    label = each.label.strip()
    if label.lower() in AS_THE_EDITOR_NAMES_IT:
        yield _finding("form-question", WARNING, each, "still has the name that the editor gave "
                       "it. Write what you want to know.")
    if _ALL_CAPITALS.fullmatch(label) or _SHOUTED.search(label):
        yield _finding("form-question", WARNING, each, "is written in CAPITALS, which is hard to "
                       "read and is read aloud letter by letter. Use small letters.")
    if len(label) > LONGEST_LABEL:
        yield _finding("form-question", NOTE, each, f"has {len(label)} characters. Ask in at most "
                       f"{LONGEST_LABEL}, and put the rest into the hint.")
    if each.is_input:
        yield from _question(each, label)


def _question(each: Field, label: str) -> Iterator[Finding]:
    if any(two.search(_QUOTED.sub("", label)) for two in _TWO):
        severity = NOTE if each.kind == "textarea" else WARNING  # free words may say both
        yield _finding("form-question", severity, each, "asks two things at once, so that one "
                       "answer cannot say which it is for. Ask them as two questions.")
    elif each.kind == "text" and _A_DATE.search(label):
        yield _finding("form-question", WARNING, each, "asks for a date as text, which no deadline "
                       "can count from. Ask for it as a date.")


def _options(each: Field) -> Iterator[Finding]:
    labels = [option.label.strip().lower() for option in each.options]
    values = [option.value for option in each.options]
    if len(set(labels)) < len(labels) or len(set(values)) < len(values):
        yield _finding("form-options", WARNING, each, "offers the same option twice. Remove one of "
                       "them.")
    if len(labels) == 1:
        yield _finding("form-options", WARNING, each, "offers one option only, so there is nothing "
                       "to choose. Add another, or ask for a tick.")
    if _has_no_way_out(each, labels):
        yield _finding("form-options", NOTE, each, "must be answered, but has no option for those "
                       "whom none of them fits. Add “None of these”.")
    long = next((o.label for o in each.options if len(o.label) > LONGEST_OPTION), None)
    if long:
        yield _finding("form-options", NOTE, each, f"has the option “{long[:40]}…” of {len(long)} "
                       f"characters. Use at most {LONGEST_OPTION}.")


def _has_no_way_out(each: Field, labels: list[str]) -> bool:
    """Of boxes only: two radios say the one or the other."""
    return (each.kind == "checkboxes" and each.required and len(labels) > MOST_IN_ANY_CASE
            and not _WHO.match(each.label)
            and not any(_NONE.match(label) for label in labels))


def _finding(rule: str, severity: str, each: Field, said: str) -> Finding:
    name = each.label.strip() or each.key
    return Finding(rule, severity, each.key, f"“{name[:LONGEST_LABEL]}” {said}")
