"""Protected rules: what a procedure must keep, whoever edits it (design decision 15)."""

import re
from collections.abc import Iterable, Iterator, Mapping

from engine.checker.report import ERROR, WARNING, Finding
from engine.domain import Asks, Counts, ProtectedRule
from engine.forms.definition import Form
from engine.forms.reading import readable_forms
from engine.spiff.elements import Element, read_elements
from engine.spiff.xml import read_xml

_LATER = r"{fact}\s*(?:,\s*(?!0+\b)\d|\+)"
"""A day after the fact: counted on from it, or a duration added to it."""


def check_protected(
    rules: Iterable[ProtectedRule],
    procedure: str | None,
    elements: Mapping[str, Element],
    forms: Mapping[str, Form],
) -> Iterator[Finding]:
    """Of the whole folder: what it does without, in words that say how to put it back."""
    for rule, lacking in broken(rules, procedure, elements, forms):
        said = f"{rule.text} ({rule.source})."
        if rule.statutory:
            yield Finding("protected-rule", ERROR, None,
                          f"{lacking}, and a child's plan would break a rule that nobody can take "
                          f"out: {said} Put it back.")
        else:
            yield Finding("local-rule", WARNING, None,
                          f"{lacking}, which breaks a rule of the council: {said} Put it back, or "
                          "have the virtual school approve the release without it, with a reason.")


def broken(
    rules: Iterable[ProtectedRule],
    procedure: str | None,
    elements: Mapping[str, Element],
    forms: Mapping[str, Form],
) -> Iterator[tuple[ProtectedRule, str]]:
    """Each rule of this procedure that is not kept, and what is lacking."""
    for rule in rules:
        if rule.procedure == procedure:
            for need in rule.needs:
                if lacking := _lacking(need, elements, forms):
                    yield rule, lacking
                    break


def rules_left_out(
    files: Mapping[str, bytes], rules: Iterable[ProtectedRule], procedure: str
) -> list[ProtectedRule]:
    """Those that this folder, which the check accepts, does without."""
    return [rule for rule, _ in broken(rules, procedure, *_read(files))]


def _read(files: Mapping[str, bytes]) -> tuple[dict[str, Element], dict[str, Form]]:
    elements = {
        identity: element for path, content in files.items() if path.endswith(".bpmn")
        for identity, element in read_elements(read_xml(content)).items()
    }
    return elements, readable_forms(files)


def _lacking(
    need: Asks | Counts, elements: Mapping[str, Element], forms: Mapping[str, Form]
) -> str:
    if isinstance(need, Counts):
        timers = (element.timer for element in elements.values() if element.timer)
        return "" if any(_names(text, need.name) for text in timers) else f"No date {need.what}"
    steps = [step for step in _asking(need, elements, forms)
             if not need.role or step.role == need.role]
    if not steps:
        return f"No step asks {need.what}"
    late = [step.name for step in steps if need.by and not _in_time(step.due or "", need.by)]
    return f"“{late[0]}” may be due too late" if late else ""


def _asking(
    need: Asks, elements: Mapping[str, Element], forms: Mapping[str, Form]
) -> list[Element]:
    return [
        step for step in elements.values()
        if step.kind == "userTask" and (form := forms.get(step.form or "")) is not None
        and any(field.path == need.path for field in form.inputs())
    ]


def _names(expression: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", expression) is not None


def _in_time(due: str, fact: str) -> bool:
    return _names(due, fact) and re.search(_LATER.format(fact=rf"\b{fact}"), due) is None
