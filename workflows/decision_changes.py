"""Changes to the decision tables of a draft, made by process owners without a script.

`seen` is the version of the draft that the page showed; each raises `DraftChanged` where someone
saved the same table since, `NotFound` where there is no such table or column, and `TableRefused`
or `Unreadable` with a sentence.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.decisions import editing
from engine.decisions.editing import Column, Row, Written, as_cell, written_table
from engine.decisions.table import TYPE_REFS, Table, TableRefused, read_table
from engine.decisions.tested import TableTest
from engine.domain import ValueType, Vocabulary
from engine.drafts import DraftView, open_draft, save_draft_file
from engine.errors import AnswersInvalid, NotFound
from engine.forms import readable_forms
from engine.forms.reading import CEL_WORDS, KEY
from engine.spiff.procedure import names_of
from engine.spiff.xml import Unreadable
from engine.work import Work, verb
from workflows.form_changes import new_name, wrong_title

TYPES = {"string": "Words", "number": "A number", "boolean": "Yes or no", "date": "A date"}
"""What a table may give, by its type in DMN."""


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A rule as a person typed it."""

    row: Row
    was: int | None
    """Its number in the file that the page showed; None for a new one."""


@verb
def change_rules(
    work: Work,
    procedure: str,
    decision: str,
    title: str,
    policy: str,
    rows: Sequence[TypedRow],
    seen: int,
) -> DraftView:
    """All rules, in their order; what is not among them goes. Raises `AnswersInvalid`."""
    if wrong := wrong_title(title):
        raise AnswersInvalid({"table-title": wrong})
    draft = open_draft(work, procedure)
    content = table_in(draft, decision)
    written, kinds = written_table(content), kinds_in(draft, work.domain.vocabulary)
    if not rows:
        raise AnswersInvalid({"rules": "A table has at least one rule. Add another one first"})
    content = editing.with_policy(editing.with_title(content, title.strip()), policy)
    content = editing.with_rows(
        content, [(_in_feel(typed.row, written, kinds), typed.was) for typed in rows])
    return save_draft_file(work, procedure, f"{decision}.dmn", content, seen)


@verb
def change_tests(
    work: Work, procedure: str, decision: str, tests: Sequence[TableTest], seen: int
) -> DraftView:
    """All tests, in their order; what is not among them goes."""
    draft = open_draft(work, procedure)
    content = table_in(draft, decision)
    kinds = {**kinds_in(draft, work.domain.vocabulary),
             **{each.name: kind_of(each) for each in written_table(content).gives}}
    content = editing.with_tests(content, [_test_in_feel(test, kinds) for test in tests])
    return save_draft_file(work, procedure, f"{decision}.dmn", content, seen)


@verb
def add_column(
    work: Work, procedure: str, decision: str, side: str, column: Column, seen: int
) -> DraftView:
    """`side` is `input` or `output`. Raises `AnswersInvalid`."""
    draft = open_draft(work, procedure)
    written = written_table(table_in(draft, decision))
    wrong = _wrong_name(column.name, side)
    if any(column.name == each.name for each in (*written.asks, *written.gives)):
        wrong = {side: "The table has a column about this already"}
    if wrong:
        raise AnswersInvalid(wrong)
    return _change(work, procedure, decision, seen,
                   lambda content: editing.with_column(content, side, column))


@verb
def remove_column(
    work: Work, procedure: str, decision: str, side: str, number: int, seen: int
) -> DraftView:
    return _change(work, procedure, decision, seen,
                   lambda content: editing.without_column(content, side, number))


@verb
def make_decision(
    work: Work,
    procedure: str,
    title: str,
    asks: Sequence[Column],
    gives: Column,
    seen: int,
) -> str:
    """A new table with one rule; its name. Raises `AnswersInvalid`."""
    draft = open_draft(work, procedure)
    wrong = {"table-title": said} if (said := wrong_title(title)) else {}
    wrong |= _wrong_name(gives.name, "output")
    if not asks:
        wrong["ask-0"] = "Choose at least one thing that the table looks at"
    if wrong:
        raise AnswersInvalid(wrong)
    name = new_name(draft, title, "dmn")
    content = editing.new_table(name, title.strip(), list(dict.fromkeys(asks)), [gives])
    save_draft_file(work, procedure, f"{name}.dmn", content, seen)
    return name


@verb
def remove_decision(work: Work, procedure: str, decision: str, seen: int) -> DraftView:
    """Take a table out of the draft. Releases and running cases keep theirs."""
    table_in(open_draft(work, procedure), decision)
    return save_draft_file(work, procedure, f"{decision}.dmn", None, seen)


def table_in(draft: DraftView, decision: str) -> bytes:
    """Raises `NotFound`."""
    content = draft.files.get(f"{decision}.dmn")
    if content is None:
        raise NotFound
    return content


def kinds_in(draft: DraftView, vocabulary: Vocabulary) -> Mapping[str, ValueType]:
    """The type of every name that a column may be about."""
    return names_of(readable_forms(draft.files).values(), tables_in(draft).values(), vocabulary)


def tables_in(draft: DraftView) -> dict[str, Table]:
    """Those that can be read, by name."""
    found = {}
    for path, content in draft.files.items():
        if path.endswith(".dmn"):
            try:
                found[path.removesuffix(".dmn")] = read_table(content)
            except (Unreadable, TableRefused):
                continue
    return found


def kind_of(column: Column) -> ValueType | None:
    """Of an output, by its type in the file."""
    kinds = TYPE_REFS.get(column.type_ref.rpartition(":")[2])
    return min(kinds) if kinds else None


def _change(
    work: Work, procedure: str, decision: str, seen: int, change: Callable[[bytes], bytes]
) -> DraftView:
    changed = change(table_in(open_draft(work, procedure), decision))
    return save_draft_file(work, procedure, f"{decision}.dmn", changed, seen)


def _in_feel(row: Row, written: Written, kinds: Mapping[str, ValueType]) -> Row:
    return Row(
        tuple(as_cell(text, kinds.get(column.name))
              for text, column in zip(row.asks, written.asks, strict=True)),
        tuple(as_cell(text, kind_of(column))
              for text, column in zip(row.gives, written.gives, strict=True)),
        row.note.strip(),
    )


def _test_in_feel(test: TableTest, kinds: Mapping[str, ValueType | None]) -> TableTest:
    return TableTest(
        test.name,
        {name: as_cell(text, kinds.get(name)) for name, text in test.given.items()},
        {name: as_cell(text, kinds.get(name)) for name, text in test.expected.items()},
    )


def _wrong_name(name: str, side: str) -> dict[str, str]:
    if KEY.fullmatch(name) and name not in CEL_WORDS:
        return {}
    if side == "input":
        return {"input": "Choose what the column is about"}
    return {"output": "Enter a name of small letters, digits and underscores, such as visit_weeks"}
