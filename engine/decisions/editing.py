"""Changes to a decision table as it is stored: rules, columns, tests.

Each function is given the .dmn file and gives back the file; ids, annotations, the drawing of
another tool and whatever else stands in it stay. A rule is addressed by its number from 0.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from engine.decisions.table import DMN, POLICIES, TableRefused, read_table
from engine.decisions.tested import MOST_TESTS, PEPWAY_DMN, TableTest, read_tests
from engine.domain import ValueType
from engine.errors import NotFound
from engine.spiff.xml import Unreadable, read_xml

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
MOST_RULES = 500
_AFTER_TYPE = {ValueType.STRING: "string", ValueType.BOOL: "boolean", ValueType.INT: "number",
               ValueType.DOUBLE: "number", ValueType.DATE: "date"}
_ISO = re.compile(r"(?<![\d\"-])(\d{4}-\d{2}-\d{2})(?![\d\"-])")
_BARE = re.compile(r"[^\"\[\]()<>=!]+")


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    label: str
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule, as its cells are written."""

    asks: tuple[str, ...]
    gives: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A table as it is written, right or wrong."""

    title: str
    policy: str
    asks: tuple[Column, ...]
    gives: tuple[Column, ...]
    rows: tuple[Row, ...]
    tests: tuple[TableTest, ...]


def written_table(content: bytes) -> Written:
    """Raises `Unreadable` for what is no DMN, and `TableRefused` for what is no table."""
    root = _root(content)
    decision, table = _table(root)
    space = _namespace(root)
    asks = tuple(_asked(each, space) for each in table.iterchildren(f"{{{space}}}input"))
    gives = tuple(
        Column(each.get("name") or "", each.get("label") or "", each.get("typeRef") or "")
        for each in table.iterchildren(f"{{{space}}}output")
    )
    return Written(
        title=decision.get("name") or "",
        policy=table.get("hitPolicy", "UNIQUE"),
        asks=asks,
        gives=gives,
        rows=tuple(_row(each, space) for each in table.iterchildren(f"{{{space}}}rule")),
        tests=read_tests(decision, space),
    )


def new_table(
    decision: str, title: str, asks: Sequence[Column], gives: Sequence[Column]
) -> bytes:
    """A table with one rule, which applies to whatever is asked and gives nothing yet."""
    names: dict[str | None, str] = {None: MODEL, "pepway": PEPWAY_DMN}
    root = etree.Element(f"{{{MODEL}}}definitions", nsmap=names)  # type: ignore[arg-type]
    _say(root, id=f"{_word(decision)}_file", name=title, namespace="urn:pepway:dmn")
    made = _add(root, "decision", id=_word(decision), name=title)
    table = _add(made, "decisionTable", id=f"{_word(decision)}_table", hitPolicy="FIRST")
    for side, columns in (("input", asks), ("output", gives)):
        for number, column in enumerate(columns, 1):
            table.append(_column(MODEL, side, number, column))
    table.append(_new_rule(MODEL, Row(tuple("-" for _ in asks), tuple("" for _ in gives)), 1))
    return _write(root)


def copy_of(content: bytes, title: str) -> bytes:
    """The same table under another title."""
    root = _root(content)
    decision, _ = _table(root)
    decision.set("name", title)
    return _write(root)


def with_title(content: bytes, title: str) -> bytes:
    return copy_of(content, title)


def with_policy(content: bytes, policy: str) -> bytes:
    """Which of the rules that apply counts. Raises `NotFound` for what is no hit policy."""
    if policy not in POLICIES:
        raise NotFound
    root = _root(content)
    _, table = _table(root)
    if table.get("hitPolicy", "UNIQUE") != policy:
        table.set("hitPolicy", policy)
        table.attrib.pop("aggregation", "")
    return _write(root)


def with_rows(content: bytes, rows: Sequence[tuple[Row, int | None]]) -> bytes:
    """The table with these rules, in this order; a number says which rule it was before.

    Raises `TableRefused` with a sentence where a rule cannot be read then.
    """
    root = _root(content)
    _, table = _table(root)
    space = _namespace(root)
    before = list(table.iterchildren(f"{{{space}}}rule"))
    if len(rows) > MOST_RULES:
        raise TableRefused(f"A table has at most {MOST_RULES} rules here. Divide it.")
    taken = _ids(root)
    after = []
    for row, number in rows:
        if number is None or number >= len(before):
            identity = next(n for n in range(1, len(taken) + 2) if f"rule_{n}" not in taken)
            taken.add(f"rule_{identity}")
            after.append(_new_rule(space, row, identity))
        else:
            _rewrite(before[number], row, space)
            after.append(before[number])
    for each in before:
        table.remove(each)
    table.extend(after)
    _after_the_columns(table, space)
    return _checked(root)


def with_column(content: bytes, side: str, column: Column) -> bytes:
    """The table with one column more at the end of its side, `input` or `output`."""
    root = _root(content)
    _, table = _table(root)
    space = _namespace(root)
    columns = list(table.iterchildren(f"{{{space}}}{side}"))
    number = len(columns) + 1
    ids = _ids(root)
    while f"{side}_{number}" in ids:
        number += 1
    made = _column(space, side, number, column)
    if columns:
        columns[-1].addnext(made)
    elif side == "input":
        table.insert(0, made)
    else:
        raise TableRefused("The table gives nothing. Add an output in the table editor.")
    for rule in table.iterchildren(f"{{{space}}}rule"):
        cells = list(rule.iterchildren(f"{{{space}}}{side}Entry"))
        cell = _cell(space, f"{side}Entry", "-" if side == "input" else "", None)
        if cells:
            cells[-1].addnext(cell)
        else:
            first = next(rule.iterchildren(f"{{{space}}}outputEntry"))
            first.addprevious(cell)
    return _write(root)


def without_column(content: bytes, side: str, number: int) -> bytes:
    """The table without that column; its last output stays."""
    root = _root(content)
    _, table = _table(root)
    space = _namespace(root)
    columns = list(table.iterchildren(f"{{{space}}}{side}"))
    if number >= len(columns):
        raise NotFound
    if side == "output" and len(columns) == 1:
        raise TableRefused("A table gives at least one thing. Add another output first.")
    name = columns[number].get("name") or _asked(columns[number], space).name
    table.remove(columns[number])
    for rule in table.iterchildren(f"{{{space}}}rule"):
        cells = list(rule.iterchildren(f"{{{space}}}{side}Entry"))
        if number < len(cells):
            rule.remove(cells[number])
    kind = "given" if side == "input" else "expect"
    for each in list(root.iter(f"{{{PEPWAY_DMN}}}{kind}")):
        if each.get("name") == name and (holder := each.getparent()) is not None:
            holder.remove(each)
    return _write(root)


def with_tests(content: bytes, tests: Sequence[TableTest]) -> bytes:
    """The table with these tests, in the place of those that it had."""
    if len(tests) > MOST_TESTS:
        raise TableRefused(f"A table has at most {MOST_TESTS} tests.")
    root = _root(content)
    decision, _ = _table(root)
    space = _namespace(root)
    extensions = decision.find(f"{{{space}}}extensionElements")
    if extensions is None:
        extensions = etree.Element(f"{{{space}}}extensionElements")
        described = list(decision.iterchildren(f"{{{space}}}description"))
        decision.insert(len(described), extensions)
    for each in extensions.findall(f"{{{PEPWAY_DMN}}}tests"):
        extensions.remove(each)
    if tests:
        extensions.append(_tests(tests))
    elif not len(extensions):
        decision.remove(extensions)
    return _write(root)


def as_cell(text: str, kind: ValueType | None) -> str:
    """What a person typed into a cell as FEEL: words in quotes, a day as a date, yes as true.

    What has signs of FEEL in it is left as it is.
    """
    text = " ".join(text.split())
    if kind is ValueType.DATE:
        return _ISO.sub(r'date("\1")', text) if "date" not in text else text
    if kind is ValueType.BOOL:
        return {"yes": "true", "no": "false"}.get(text.lower(), text)
    if kind in (ValueType.STRING, ValueType.LIST) and text not in ("", "-", "null") and (
        _BARE.fullmatch(text)
    ):
        return ", ".join(f'"{word.strip()}"' for word in text.split(",") if word.strip())
    return text


def type_ref_of(kind: ValueType) -> str:
    """What a column's type is called in DMN."""
    return _AFTER_TYPE.get(kind, "string")


def _root(content: bytes) -> etree._Element:
    """As `read_xml` allows it, with the comments that others wrote."""
    root = read_xml(content, "DMN")
    if not DMN.fullmatch(etree.QName(root).namespace or ""):
        msg = "The file is XML but not DMN: its outermost element is not dmn:definitions."
        raise Unreadable(msg)
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True,
                             load_dtd=False, huge_tree=False, remove_blank_text=True)
    return etree.fromstring(content, parser)


def _namespace(root: etree._Element) -> str:
    return etree.QName(root).namespace or ""


def _table(root: etree._Element) -> tuple[etree._Element, etree._Element]:
    space = _namespace(root)
    decisions = root.findall(f"{{{space}}}decision")
    table = decisions[0].find(f"{{{space}}}decisionTable") if len(decisions) == 1 else None
    if table is None:
        raise TableRefused("The file does not hold one decision table. Make a new one.")
    return decisions[0], table


def _asked(column: etree._Element, space: str) -> Column:
    expression = column.find(f"{{{space}}}inputExpression")
    name = _text(expression, space) if expression is not None else ""
    type_ref = expression.get("typeRef") if expression is not None else ""
    return Column(name, column.get("label") or "", type_ref or "")


def _row(rule: etree._Element, space: str) -> Row:
    def texts(kind: str) -> Iterator[str]:
        return (_text(each, space) for each in rule.iterchildren(f"{{{space}}}{kind}"))

    note = rule.find(f"{{{space}}}description")
    return Row(tuple(texts("inputEntry")), tuple(texts("outputEntry")),
               (note.text or "").strip() if note is not None else "")


def _text(entry: etree._Element, space: str) -> str:
    text = entry.find(f"{{{space}}}text")
    return (text.text or "").strip() if text is not None else ""


def _rewrite(rule: etree._Element, row: Row, space: str) -> None:
    """Only what is written otherwise now."""
    for kind, texts in (("inputEntry", row.asks), ("outputEntry", row.gives)):
        cells = list(rule.iterchildren(f"{{{space}}}{kind}"))
        for cell, said in zip(cells, texts, strict=False):
            if _text(cell, space) != said:
                text = cell.find(f"{{{space}}}text")
                text = etree.SubElement(cell, f"{{{space}}}text") if text is None else text
                text.text = said
    note = rule.find(f"{{{space}}}description")
    if note is not None and not row.note:
        rule.remove(note)
    elif row.note:
        if note is None:
            note = etree.Element(f"{{{space}}}description")
            rule.insert(0, note)
        note.text = row.note


def _new_rule(space: str, row: Row, number: int) -> etree._Element:
    rule = etree.Element(f"{{{space}}}rule")
    rule.set("id", f"rule_{number}")
    if row.note:
        etree.SubElement(rule, f"{{{space}}}description").text = row.note
    for kind, texts in (("inputEntry", row.asks), ("outputEntry", row.gives)):
        for place, text in enumerate(texts, 1):
            rule.append(_cell(space, kind, text, f"rule_{number}_{kind}_{place}"))
    return rule


def _cell(space: str, kind: str, text: str, identity: str | None) -> etree._Element:
    cell = etree.Element(f"{{{space}}}{kind}")
    if identity:
        cell.set("id", identity)
    etree.SubElement(cell, f"{{{space}}}text").text = text
    return cell


def _column(space: str, side: str, number: int, column: Column) -> etree._Element:
    made = etree.Element(f"{{{space}}}{side}")
    made.set("id", f"{side}_{number}")
    if column.label:
        made.set("label", column.label)
    if side == "output":
        made.set("name", column.name)
        if column.type_ref:
            made.set("typeRef", column.type_ref)
        return made
    expression = etree.SubElement(made, f"{{{space}}}inputExpression")
    expression.set("id", f"{side}_{number}_asks")
    if column.type_ref:
        expression.set("typeRef", column.type_ref)
    etree.SubElement(expression, f"{{{space}}}text").text = column.name
    return made


def _after_the_columns(table: etree._Element, space: str) -> None:
    """Annotation columns stand between outputs and rules; extensions of other tools where they
    were."""
    rules = list(table.iterchildren(f"{{{space}}}rule"))
    annotations = list(table.iterchildren(f"{{{space}}}annotation"))
    for each in (*annotations, *rules):
        table.remove(each)
        table.append(each)


def _tests(tests: Sequence[TableTest]) -> etree._Element:
    holder = etree.Element(f"{{{PEPWAY_DMN}}}tests", nsmap={"pepway": PEPWAY_DMN})
    for test in tests:
        made = etree.SubElement(holder, f"{{{PEPWAY_DMN}}}test")
        made.set("name", test.name)
        for kind, values in (("given", test.given), ("expect", test.expected)):
            _add_values(made, kind, values)
    return holder


def _add_values(made: etree._Element, kind: str, values: Mapping[str, str]) -> None:
    for name, text in values.items():
        each = etree.SubElement(made, f"{{{PEPWAY_DMN}}}{kind}")
        each.set("name", name)
        each.text = text


def _add(parent: etree._Element, kind: str, /, **attributes: str) -> etree._Element:
    made = etree.SubElement(parent, f"{{{MODEL}}}{kind}")
    _say(made, **attributes)
    return made


def _say(element: etree._Element, **attributes: str) -> None:
    for name, value in attributes.items():
        element.set(name, value)


def _ids(root: etree._Element) -> set[str]:
    return {each.get("id", "") for each in root.iter("*")}


def _word(name: str) -> str:
    """An XML id of a file's name."""
    word = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return word if word[:1].isalpha() else f"decision_{word}"


def _checked(root: etree._Element) -> bytes:
    content = _write(root)
    read_table(content)
    return content


def _write(root: etree._Element) -> bytes:
    etree.indent(root, "  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"
