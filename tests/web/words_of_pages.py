"""Everything that a page may say by itself: in templates, the code, forms and diagrams."""

import ast
import json
import re
from functools import cache
from html import unescape
from pathlib import Path

from engine.spiff.elements import read_elements
from engine.spiff.xml import read_xml

ROOT = Path(__file__).parents[2]
BREAK = "\n\0\n"
OF_JINJA = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")


@cache
def words_of_pages():
    """Whole texts, as they stand between two tags or two quotation marks; of “For you (3)” what
    stands before the number."""
    return {" ".join(each.split()).removesuffix(" (") for each in
            (*_of_templates(), *_of_code(), *_of_forms(), *_of_diagrams())} - {""}


def _of_templates():
    for path in (ROOT / "web").rglob("templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        for found in OF_JINJA.findall(text):
            yield from (one or other for one, other in QUOTED.findall(found))
        plain = re.sub(r"<[^>]*>", BREAK, OF_JINJA.sub(BREAK, text))
        yield from (unescape(each) for each in plain.split(BREAK))


def _of_code():
    for folder in ("web", "workflows"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def _of_forms():
    for path in (ROOT / "bpmn").rglob("*.form"):
        yield from _labels(json.loads(path.read_text(encoding="utf-8")))


def _labels(part):
    if isinstance(part, dict):
        yield from (part[key] for key in ("label", "text") if isinstance(part.get(key), str))
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _labels(each)


def _of_diagrams():
    for path in (ROOT / "bpmn").rglob("*.bpmn"):
        for element in read_elements(read_xml(path.read_bytes())).values():
            yield element.name
