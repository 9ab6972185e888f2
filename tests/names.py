"""Everything that a README may name: of the diagrams, the forms, the record, the law, the code."""

import ast
import re
from functools import cache
from pathlib import Path

from engine.forms import read_form
from engine.spiff.elements import read_elements
from engine.spiff.xml import read_xml
from workflows.pep.changes.commands import COMMANDS
from workflows.pep.deadlines import DEADLINES
from workflows.pep.domain import vocabulary
from workflows.pep.record import PLACES
from workflows.pep.rules import protected_rules

ROOT = Path(__file__).parents[1]


def rows(text, columns):
    """The rows of the tables of so many columns, without their headings."""
    found = [[cell.strip() for cell in line.strip("|").split("|")]
             for line in text.splitlines() if line.startswith("| ")]
    return [cells for cells in found if len(cells) == columns]


def named_in(text):
    return re.findall(r"`([^`]+)`", text)


def sentences_of(text):
    """The numbers of the procedure's sentences that a text names: S2b, S19."""
    return set(re.findall(r"\bS\d+[a-d]?\b", text))


@cache
def elements():
    """By process: what its diagram says of each shape."""
    return {path.stem: read_elements(read_xml(path.read_bytes()))
            for path in sorted((ROOT / "bpmn").glob("*/*.bpmn"))}


@cache
def forms():
    """By folder and name of the form."""
    return {(path.parent.name, path.stem): read_form(path.read_bytes(), path.stem)
            for path in sorted((ROOT / "bpmn").glob("*/*.form"))}


def fields():
    for form in forms().values():
        for field in form.inputs():
            yield from (field, *field.fields)


@cache
def known_names():
    words = vocabulary()
    of_diagrams = {element for process in elements().values() for element in process}
    return (
        {*elements(), *(folder for folder, _ in forms()), *of_diagrams}
        | {*PLACES, *(field.key for field in fields())}
        | {*words.facts, *words.actions, *(function.name for function in words.functions)}
        | {*(each.id for each in DEADLINES), *(rule.key for rule in protected_rules({})), *COMMANDS}
        | _defined("workflows") | _defined("engine")
    )


def _defined(package):
    """Functions, classes and tables at the top of a package's modules."""
    found = set()
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            targets = getattr(node, "targets", [getattr(node, "target", node)])
            found |= {getattr(each, "id", getattr(each, "name", "")) for each in targets}
    return found
