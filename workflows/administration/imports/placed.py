"""What rows say of a placement."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.errors import AnswersInvalid, CaseClosed, Refused
from engine.forms import read_form
from engine.work import Work
from workflows.administration.imports.reading import LONGEST_CELL, Column, Row
from workflows.pep.becoming_looked_after import NOT_HERE
from workflows.pep.duplicates import START_FORM

PLANNED, KIND, ADDRESS, RESTRICTED, OTHER_AREA = (
    "planned", "placement kind", "placement address", "address restricted", "other area",
)
START = read_form(START_FORM.read_bytes(), "start_case")
"""The form that starts a case: what it asks is what a row may say."""

COLUMNS = (
    Column(PLANNED, longest=10, explains="yes, or no for an emergency"),
    Column(KIND, required=False, longest=64,
           explains="; ".join(each.label for each in START.input("placement_kind").options)),
    Column(ADDRESS, required=False, longest=LONGEST_CELL,
           explains="In one line. Seen by the social worker, team manager, virtual school and "
                    "reviewing officer only"),
    Column(RESTRICTED, required=False, longest=10,
           explains="yes where nobody may learn the address: it is not kept, whatever the file "
                    "holds, until a file says no"),
    Column(OTHER_AREA, longest=10, explains="yes where the child lives in another council's area"),
)


def placement_said(row: Row) -> dict[str, str]:
    """By the keys of the forms that start a case and change a placement; empty cells say
    nothing."""
    planned, away = row.yes(PLANNED), row.yes(OTHER_AREA)
    said = {
        "entry": "planned" if planned else "emergency",
        "lives_out_of_area": "yes" if away else "no",
        "placement_kind": row.one_of(KIND, START.input("placement_kind").options),
        "placement_address": NOT_HERE if row.yes(RESTRICTED) else row.cells[ADDRESS],
    }
    return {key: words for key, words in said.items() if words}


def address_after(row: Row, kept: str) -> str:
    """The one that stands once the row is taken in: a restricted one stays so until a row says
    no."""
    restricted = row.yes(RESTRICTED)
    if restricted or (restricted is None and kept == NOT_HERE):
        return NOT_HERE
    return row.cells[ADDRESS] or ("" if kept == NOT_HERE else kept)


def said_by_column(
    do: Callable[[Work], Any], columns: Mapping[str, str], otherwise: str
) -> Callable[[Work], None]:
    """What a verb refuses of its fields, in the columns that they come from."""

    def run(work: Work) -> None:
        try:
            do(work)
        except AnswersInvalid as problem:
            raise AnswersInvalid({columns.get(field, otherwise): sentence
                                  for field, sentence in problem.errors.items()}) from problem
        except (Refused, CaseClosed) as problem:
            raise AnswersInvalid({otherwise: problem.message.rstrip(".")}) from problem

    return run
