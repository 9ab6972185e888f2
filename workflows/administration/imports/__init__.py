"""Rows of a CSV file that are taken in whole or not at all."""

from collections.abc import Mapping

from workflows.administration.imports.children import CHILDREN
from workflows.administration.imports.involvements import INVOLVEMENTS
from workflows.administration.imports.kinds import (
    Checked,
    Kind,
    RowsWrong,
    check_rows,
    import_rows,
    note_checked,
    weigh_rows,
)
from workflows.administration.imports.people import PEOPLE
from workflows.administration.imports.placements import PLACEMENTS
from workflows.administration.imports.schools import SCHOOLS

KINDS: Mapping[str, Kind] = {
    kind.key: kind for kind in (SCHOOLS, PEOPLE, CHILDREN, PLACEMENTS, INVOLVEMENTS)
}
"""In the order in which a council that takes Pepway up brings them."""

__all__ = ["KINDS", "Checked", "Kind", "RowsWrong", "check_rows", "import_rows", "note_checked",
           "weigh_rows"]
