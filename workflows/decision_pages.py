"""Decision tables as process owners change them in the studio: rules, tests, what is found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.checker.decisions import limits_of
from engine.decisions.decision import compile_decision, input_type
from engine.decisions.editing import Column, Written, type_ref_of, written_table
from engine.decisions.table import TableRefused
from engine.decisions.tested import TableTest, Tried, try_tests
from engine.diagram import read_diagram
from engine.domain import ValueType, Vocabulary
from engine.drafts import DraftView, open_draft
from engine.errors import NotFound
from engine.forms import readable_forms
from engine.spiff.xml import Unreadable
from engine.where_used import where_used
from engine.work import Acting, Work, query
from workflows.decision_changes import kinds_in, table_in, tables_in
from workflows.decision_tables import DecisionTable, decision_tables
from workflows.people import name_of
from workflows.studio_page import Said, check_of

_NOT_YET = "the table cannot be worked out yet. See what the check says"
_NOT_IN_A_COLUMN = frozenset({ValueType.LIST, ValueType.DURATION})
_KINDS = {ValueType.STRING: "words", ValueType.BOOL: "yes or no", ValueType.INT: "a whole number",
          ValueType.DOUBLE: "a number", ValueType.DATE: "a date"}


@dataclass(frozen=True, slots=True)
class DecisionRow:
    name: str
    table: DecisionTable
    steps: Sequence[str]
    """Names of the steps that ask it."""
    gives: Mapping[str, Sequence[str]]
    """What reads each of its outputs, by the output's name."""
    tried: Sequence[Tried]
    changed: bool


@dataclass(frozen=True, slots=True)
class DecisionsPage:
    title: str
    draft: DraftView
    tables: Sequence[DecisionRow]


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a column can be about."""

    column: Column
    kind: str
    """In words."""
    options: Sequence[str]
    """What it can be, where that is known."""


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """One table of the draft, to be changed."""

    procedure_title: str
    draft: DraftView
    saved_by: str
    content: str
    row: DecisionRow
    written: Written | None
    """None where it is no table."""
    unreadable: str
    checked: Sequence[Said]
    known: Mapping[str, Named]
    """By name, whatever a column can be about."""


def decisions_page(by: Acting, procedure: str) -> DecisionsPage:
    """Raises `NotFound` for a procedure that has neither a release nor a draft."""
    return _decisions_page(by, open_draft(by, procedure))


def decision_page(by: Acting, procedure: str, name: str) -> DecisionPage:
    """Raises `NotFound` where the draft has no such table."""
    draft = open_draft(by, procedure)
    table_in(draft, name)
    check = check_of(by, procedure, draft.files)
    checked = [said for said in check.findings if said.file == f"{name}.dmn"]
    return _decision_page(by, draft, name, checked)


@query
def rules_as_written(work: Work, procedure: str, name: str) -> Written:
    """Raises `NotFound` where the draft has no such table, or none that can be shown as rules."""
    written, _ = _written(table_in(open_draft(work, procedure), name))
    if written is None:
        raise NotFound
    return written


@query
def names_for_columns(work: Work, procedure: str) -> dict[str, Named]:
    """Whatever a column of a new table can be about, by name."""
    return _known(open_draft(work, procedure), work.domain.vocabulary)


@query
def _decisions_page(work: Work, draft: DraftView) -> DecisionsPage:
    return DecisionsPage(read_diagram(draft.content).title, draft,
                         _rows(draft, work.domain.vocabulary))


@query
def _decision_page(
    work: Work, draft: DraftView, name: str, checked: Sequence[Said]
) -> DecisionPage:
    content = table_in(draft, name)
    written, unreadable = _written(content)
    vocabulary = work.domain.vocabulary
    return DecisionPage(
        procedure_title=read_diagram(draft.content).title,
        draft=draft,
        saved_by=name_of(work, draft.saved_by),
        content=content.decode("utf-8-sig", "replace"),
        row=next(row for row in _rows(draft, vocabulary) if row.name == name),
        written=written,
        unreadable=unreadable,
        checked=checked,
        known=_known(draft, vocabulary),
    )


def _written(content: bytes) -> tuple[Written | None, str]:
    try:
        return written_table(content), ""
    except (Unreadable, TableRefused) as problem:
        return None, problem.message


def _rows(draft: DraftView, vocabulary: Vocabulary) -> list[DecisionRow]:
    used = where_used(draft.files)
    tried = _tried(draft, vocabulary)
    return [
        DecisionRow(
            name=table.name,
            table=table,
            steps=list(dict.fromkeys(each.name for each in used.asking.get(table.name, ()))),
            gives={column.name: [f"“{use.name}”" for use in used.reads.get(column.name, ())]
                   for column in table.gives},
            tried=tried.get(table.name, ()),
            changed=f"{table.name}.dmn" in draft.changed,
        )
        for table in decision_tables(draft.files)
    ]


def _tried(draft: DraftView, vocabulary: Vocabulary) -> dict[str, Sequence[Tried]]:
    """The tests of every table; none of a table that cannot be worked out as it is."""
    kinds = kinds_in(draft, vocabulary)
    found: dict[str, Sequence[Tried]] = {}
    for name, table in tables_in(draft).items():
        try:
            decision = compile_decision(table, kinds)
        except TableRefused:
            found[name] = [Tried(test, _NOT_YET) for test in table.tests]
        else:
            types = {each.name: input_type(each, kinds) for each in table.inputs}
            found[name] = try_tests(decision, types)
    return found


def _known(draft: DraftView, vocabulary: Vocabulary) -> dict[str, Named]:
    forms = list(readable_forms(draft.files).values())
    limits, titles = limits_of(forms), dict(_titles(draft, vocabulary))
    labels = {field.key: {o.value: o.label for o in field.options}
              for form in forms for field in form.inputs()}
    return {
        name: Named(
            Column(name, titles.get(name, name), type_ref_of(kind)), _KINDS.get(kind, ""),
            [f"{each} ({labels.get(name, {}).get(each, each)})"
             for each in (limits[name].options or ())] if name in limits else (),
        )
        for name, kind in sorted(kinds_in(draft, vocabulary).items(),
                                 key=lambda each: titles.get(each[0], each[0]).lower())
        if kind not in _NOT_IN_A_COLUMN
    }


def _titles(draft: DraftView, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    for table in tables_in(draft).values():
        for output in table.outputs:
            yield output.name, output.label
    for form in readable_forms(draft.files).values():
        for field in form.inputs():
            yield field.key, field.label
    for fact in vocabulary.facts.values():
        yield fact.name, fact.title


def shown_tests(page: DecisionPage) -> list[tuple[TableTest, str]]:
    """Each test of the table, and what is wrong with it; empty where it passed."""
    written = page.written.tests if page.written else ()
    said = [tried.wrong for tried in page.row.tried] or [_NOT_YET] * len(written)
    return list(zip(written, said, strict=True))
