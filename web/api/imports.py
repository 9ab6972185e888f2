"""Rows of the council's own systems, taken in whole or not at all."""

from typing import Annotated

from flask import g, request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from engine.errors import NotFound
from engine.work import Acting, Work
from web.access import allow
from web.api.bearer import reaches
from web.api.blueprint import api
from web.api.once import Given, once
from web.api.shapes import Shape
from workflows.administration.imports import (
    KINDS,
    Checked,
    Kind,
    RowsWrong,
    check_rows,
    import_rows,
    note_checked,
)
from workflows.administration.imports.reading import MOST_ROWS, Source, text_of

CSV = "text/csv"
Cell = Annotated[str, StringConstraints(max_length=2_000)]


class ImportIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[dict[str, Cell]] = Field(
        min_length=1, max_length=MOST_ROWS,
        description="Cells by the column's title, as on the page of the import; row 1 is the first")


class HowToImport(BaseModel):
    dry_run: bool = Field(False, description="Say what would be done, and do nothing")


class RowOut(Shape):
    row: int = Field(description="Of a CSV file as a spreadsheet counts: its header is row 1")
    sentence: str


class RowProblemOut(Shape):
    row: int
    column: str
    message: str


class ImportedOut(Shape):
    dry_run: bool
    new: int
    changed: int
    same: int
    left: int = Field(description="Rows with which nothing is done; `rows` says why")
    rows: list[RowOut] = Field(description="What single rows come to, such as which case begins")
    errors: list[RowProblemOut] = Field(
        description="Of a dry run: what is wrong. Else nothing is imported then, and the answer is "
                    "422 with the same in `errors`")


@api.post("/imports/<kind>")
@reaches("import", CSV)
@allow("import_rows")
@api.input(HowToImport, location="query", arg_name="asked")
@api.output(ImportedOut)
def import_kind(kind: str, asked: HowToImport) -> Given | ImportedOut:
    """Take in rows: all of them, or none. The same again changes nothing"""
    if kind not in KINDS:
        raise NotFound
    source = _sent()
    if asked.dry_run:
        return _answer(check_rows(g.acting, KINDS[kind], source), dry_run=True)
    try:
        return once(lambda by: _imported(by, KINDS[kind], source))
    except RowsWrong as refused:
        note_checked(g.acting, KINDS[kind], refused.wrong)
        raise


def _sent() -> Source:
    """Raises `AnswersInvalid` for what is neither a CSV file nor rows."""
    if request.mimetype == CSV:
        return text_of(request.get_data())
    return ImportIn.model_validate(request.get_json()).rows


def _imported(by: Acting | Work, kind: Kind, source: Source) -> ImportedOut:
    return _answer(import_rows(by, kind, source), dry_run=False)


def _answer(checked: Checked, *, dry_run: bool) -> ImportedOut:
    return ImportedOut(
        dry_run=dry_run, new=checked.new, changed=checked.changed, same=checked.same,
        left=checked.left, rows=[RowOut.model_validate(each) for each in checked.told],
        errors=[RowProblemOut(row=each.row, column=each.column, message=each.sentence)
                for each in checked.wrong])

