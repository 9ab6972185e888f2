"""`pepway import`: rows of a CSV file, all of them or none."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import click

from engine.domain import SYSTEM
from engine.work import Acting
from web.commands.copying import progress
from web.installation import open_installation
from web.settings import read_settings
from workflows.administration.imports import KINDS, Checked, RowsWrong
from workflows.administration.imports import check_rows as check_all
from workflows.administration.imports import import_rows as import_all
from workflows.administration.imports.reading import LARGEST, text_of


@click.command("import")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--check", "only_check", is_flag=True, help="Say what would change; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def import_rows(kind: str, file: Path, *, only_check: bool, as_json: bool) -> None:
    """Take in schools, people, children in care, placements, or involvements: who works with which
    child.

    All rows are checked first. Where one is wrong, nothing is imported. What is here already, and
    the same, is left as it is.
    """
    with file.open("rb") as opened:
        text = text_of(opened.read(LARGEST + 1))
    installation = open_installation(read_settings())
    system = installation.acting(SYSTEM)
    checked = check_all(system, KINDS[kind], text)
    if not checked.wrong and not only_check:
        checked = _imported(system, kind, text, checked)
    installation.database.engine.dispose()
    click.echo(_as_json(checked) if as_json else _in_words(checked, done=not only_check))
    sys.exit(1 if checked.wrong else 0)


def _imported(system: Acting, kind: str, text: str, checked: Checked) -> Checked:
    with progress("Importing") as watch:
        try:
            return import_all(system, KINDS[kind], text, watch)
        except RowsWrong as problem:  # since a moment ago
            return replace(checked, wrong=problem.wrong)


def _in_words(checked: Checked, *, done: bool) -> str:
    if checked.wrong:
        lines = [f"Row {each.row}, {each.column}: {each.sentence}." for each in checked.wrong]
        return "\n".join([*lines, "Nothing was imported."])
    lines = [] if done else [f"Row {each.row}: {each.sentence}." for each in checked.told]
    left = f", {checked.left} left aside" if checked.left else ""
    return "\n".join([*lines, f"{'Imported' if done else 'To import'}: {checked.new} new, "
                      f"{checked.changed} changed, {checked.same} the same{left}."])


def _as_json(checked: Checked) -> str:
    wrong = [{"row": each.row, "column": each.column, "sentence": each.sentence}
             for each in checked.wrong]
    told = [{"row": each.row, "sentence": each.sentence} for each in checked.told]
    return json.dumps({"new": checked.new, "changed": checked.changed, "same": checked.same,
                       "left": checked.left, "wrong": wrong, "told": told}, ensure_ascii=False)
