"""Rows of a CSV file that are taken in whole or not at all."""

from collections.abc import Mapping

from workflows.administration.imports.involvements import INVOLVEMENTS
from workflows.administration.imports.kinds import Checked, Kind, check_rows, import_rows
from workflows.administration.imports.people import PEOPLE
from workflows.administration.imports.schools import SCHOOLS

KINDS: Mapping[str, Kind] = {kind.key: kind for kind in (SCHOOLS, PEOPLE, INVOLVEMENTS)}

__all__ = ["KINDS", "Checked", "Kind", "check_rows", "import_rows"]
