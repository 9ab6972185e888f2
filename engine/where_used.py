"""Where a procedure's folder uses a form, and where it reads what its questions are answered with.

Read from the files as they are, also where the check refuses them: a word in an expression counts,
whether or not the whole can be worked out.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.decisions.table import Table, TableRefused, read_table
from engine.forms.definition import Field, Form
from engine.forms.reading import readable_forms
from engine.spiff.elements import Element, read_elements
from engine.spiff.xml import Unreadable, read_xml

CONDITION, DUE, TIMER, DECISION, QUESTION = "condition", "due", "timer", "decision", "question"
_TOLD_APART = re.compile(
    r"""known\(\s*["'](\w+)["']\s*\)|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|([A-Za-z_]\w*)""", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Use:
    """One place that reads a name."""

    kind: str
    name: str
    """Of a condition the question and the arrow's answer; of a date its step; else what it is."""
    form: str = ""
    """Of a question that is asked or not: the form that it stands in."""


@dataclass(frozen=True, slots=True)
class WhereUsed:
    steps: Mapping[str, Sequence[Element]]
    """User tasks by the form that they use."""
    asking: Mapping[str, Sequence[Element]]
    """Business rule tasks by the decision that they ask."""
    reads: Mapping[str, Sequence[Use]]
    """By name: an answer's key, a fact, or what a table gives."""


def where_used(files: Mapping[str, bytes]) -> WhereUsed:
    elements = list(_elements(files))
    reads: dict[str, list[Use]] = defaultdict(list)
    for text, use in _texts(elements, list(readable_forms(files).values())):
        for name in names_said(text):
            if use not in reads[name]:
                reads[name].append(use)
    for table in _tables(files):
        for column in table.inputs:
            reads[column.name].append(Use(DECISION, table.title))
    return WhereUsed(_by(elements, "form"), _by(elements, "decision"), dict(reads))


def processes_in(files: Mapping[str, bytes]) -> frozenset[str]:
    return frozenset(each.process for each in _elements(files))


def callers_of(files: Mapping[str, bytes], path: str) -> list[Element]:
    """The steps of other diagrams that run the process of this one."""
    own = processes_in({path: files[path]})
    others = {other: content for other, content in files.items() if other != path}
    return [each for each in _elements(others) if each.calls in own]


def names_said(text: str) -> frozenset[str]:
    """The words of an expression that stand outside quotes, or are asked for by `known`."""
    return frozenset(
        word for found in _TOLD_APART.finditer(text) if (word := found.group(1) or found.group(2))
    )


def _by(elements: Iterable[Element], what: str) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = defaultdict(list)
    for element in elements:
        if name := getattr(element, what):
            found[name].append(element)
    return dict(found)


def _texts(
    elements: Sequence[Element], forms: Sequence[Form]
) -> Iterator[tuple[str, Use]]:
    """Every expression, with what it decides."""
    named = {element.id: element.name for element in elements}
    for each in elements:
        if each.condition:
            asked = named.get(each.from_ or "", "")
            yield each.condition, Use(CONDITION, " ".join(filter(None, (asked, each.name))))
        if each.due:
            yield each.due, Use(DUE, each.name)
        if each.timer:
            yield each.timer, Use(TIMER, each.name)
    for form in forms:
        for field in _fields(form.fields):
            if field.hidden_when:
                yield field.hidden_when, Use(QUESTION, field.label, form.name)


def _fields(fields: Sequence[Field]) -> Iterator[Field]:
    for each in fields:
        yield each
        yield from _fields(each.fields)


def _elements(files: Mapping[str, bytes]) -> Iterator[Element]:
    for path, content in sorted(files.items()):
        if path.endswith(".bpmn"):
            try:
                yield from read_elements(read_xml(content)).values()
            except Unreadable:
                continue


def _tables(files: Mapping[str, bytes]) -> Iterator[Table]:
    for path, content in sorted(files.items()):
        if path.endswith(".dmn"):
            try:
                yield read_table(content)
            except (Unreadable, TableRefused):
                continue
