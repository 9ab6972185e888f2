"""What a review begins with, of what the plan before said, and what it asks anew."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.domain import Kept
from workflows.pep.record import DATA_POINT

OF_ONE_CYCLE = ("signoff.", "quality.", "review.", "delay.", "views.", "progress.", "meeting.",
                DATA_POINT)
"""Asked anew for each review: never carried forward into the next case's version."""

JUDGED_ANEW = frozenset({
    "target_judgement", "target_evidence", "target_likely", "delivery", "undelivered_reason",
    "effect", "evidence", "action_status", "action_outcome", "action_reason", "action_resource",
    "action_resource_source",
})
"""Cells of carried rows that belong to one cycle as well: each review judges for itself."""


def carried_over(kept: Mapping[str, Kept]) -> dict[str, Kept]:
    """What the next case begins with, of what the one before leaves."""
    return {
        path: replace(each, value=_not_yet_judged(each.value))
        for path, each in kept.items() if not path.startswith(OF_ONE_CYCLE)
    }


def is_off_track(target: Any) -> bool:
    """Whether the last judgement of a row of `targets[]` was that it is not on track."""
    return isinstance(target, dict) and target.get("target_judgement") == "not_on_track"


def _not_yet_judged(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [
        {key: cell for key, cell in row.items() if key not in JUDGED_ANEW}
        if isinstance(row, dict) else row
        for row in value
    ]
