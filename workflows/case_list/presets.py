"""Views that everybody has."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.case_list.asked import COLUMN, SORT

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Preset:
    name: str
    query: Pairs


ALL = "running"
PRESETS: Mapping[str, Preset] = {
    ALL: Preset("All that run", ()),
    "mine": Preset("My cases", (("mine", "yes"),)),
    "late": Preset("Late", (("due", "late"),)),
    "this-week": Preset("Due this week", (("due", "week"),)),
    "stopped": Preset("Stopped", (("status", "incident"),)),
    "no-school": Preset("Without a school place", (
        ("school", "none"), (COLUMN, "procedure"), (COLUMN, "steps"), (COLUMN, "holder"),
        (COLUMN, "due"), (COLUMN, "worker"))),
    "still": Preset("Not moved for 4 weeks", (("still", "28"), (SORT, "moved"))),
}
"""By the key that stands in an address."""
