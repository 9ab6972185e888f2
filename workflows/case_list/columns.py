"""What the list can show beside child and case, and what it can be sorted by."""

from collections.abc import Mapping

COLUMNS: Mapping[str, str] = {
    "procedure": "Procedure",
    "steps": "Steps",
    "holder": "Who has it",
    "role": "Role",
    "due": "Next deadline",
    "moved": "Last moved",
    "status": "Status",
    "school": "School",
    "worker": "Social worker",
    "team": "Team",
    "release": "Release",
    "opened": "Opened",
}
"""Heading by key; child and case stand before them always."""
STANDARD = ("procedure", "steps", "holder", "due", "moved")
SORTS: Mapping[str, str] = {"child": "Child", "reference": "Case", **COLUMNS}
SORTS_WITH_FINISHED = frozenset({"due", "opened", "reference"})
"""Orders that an index holds for every case of twenty years; the others are sorted, which is quick
only of those that run."""
