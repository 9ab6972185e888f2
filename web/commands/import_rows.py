"""`pepway import`: rows of a CSV file, all of them or none."""

import json
import sys
from pathlib import Path

import click

from engine.domain import SYSTEM
from web.installation import open_installation
from web.settings import read_settings
from workflows.administration.imports import KINDS, Checked
from workflows.administration.imports import check_rows as check_all
from workflows.administration.imports import import_rows as import_all
from workflows.administration.imports.reading import LARGEST, text_of


@click.command("import")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--check", "only_check", is_flag=True, help="Say what would change; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def import_rows(kind: str, file: Path, *, only_check: bool, as_json: bool) -> None:
    """Take in schools, people, or involvements: who works with which child.

    All rows are checked first. Where one is wrong, nothing is imported.
    """
    with file.open("rb") as opened:
        text = text_of(opened.read(LARGEST + 1))
    installation = open_installation(read_settings())
    system = installation.acting(SYSTEM)
    checked = check_all(system, KINDS[kind], text)
    if not checked.wrong and not only_check:
        checked = import_all(system, KINDS[kind], text)
    installation.database.engine.dispose()
    click.echo(_as_json(checked) if as_json else _in_words(checked, done=not only_check))
    sys.exit(1 if checked.wrong else 0)


def _in_words(checked: Checked, *, done: bool) -> str:
    if checked.wrong:
        lines = [f"Row {each.row}, {each.column}: {each.sentence}." for each in checked.wrong]
        return "\n".join([*lines, "Nothing was imported."])
    return (f"{'Imported' if done else 'To import'}: {checked.new} new, {checked.changed} changed, "
            f"{checked.same} the same.")


def _as_json(checked: Checked) -> str:
    wrong = [{"row": each.row, "column": each.column, "sentence": each.sentence}
             for each in checked.wrong]
    return json.dumps({"new": checked.new, "changed": checked.changed, "same": checked.same,
                       "wrong": wrong}, ensure_ascii=False)
