"""What quality assurance found of a plan's sections (local practice, not law)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.domain import Kept
from workflows.pep.case_dates import RATING, RETURNED
from workflows.pep.record import NOT_JUDGED, QUALITY_OF, QUALITY_REASON, SECTIONS

REASONS = "quality.reasons"
WHERE_NONE_IS_NAMED = "targets"
"""The section that is done again where a plan was returned and nothing says which."""
WITH_THE_TARGETS = frozenset({"views", "meeting"})
"""What was said and agreed is not said again: it is taken up with the targets."""
JUDGED = tuple(key for key in SECTIONS if key not in NOT_JUDGED)
JUDGED_AT = (RATING, REASONS, *(f"{of}{key}" for of in (QUALITY_OF, QUALITY_REASON)
                                for key in JUDGED))
"""Places of the record that hold a judgement of a plan."""
RATED_AT = (RATING, *(f"{QUALITY_OF}{key}" for key in JUDGED))


@dataclass(frozen=True, slots=True)
class NotGreen:
    section: str
    rating: str
    reason: str


def not_green(kept: Mapping[str, Kept]) -> Sequence[NotGreen]:
    """The sections that need work, in the plan's order. `kept` by path."""
    said = {path: str(each.value or "") for path, each in kept.items()}
    return [
        NotGreen(key, said[f"{QUALITY_OF}{key}"], said.get(f"{QUALITY_REASON}{key}", ""))
        for key in JUDGED if said.get(f"{QUALITY_OF}{key}") in ("amber", RETURNED)
    ]


def to_be_done_again(kept: Mapping[str, Kept]) -> list[str]:
    """Keys of the sections for which the plan was returned: the red ones, else the amber ones.
    Empty while it is not returned."""
    rating = kept.get(RATING)
    if rating is None or rating.value != RETURNED:
        return []
    named = not_green(kept)
    red = [each.section for each in named if each.rating == RETURNED]
    return red or [each.section for each in named] or [WHERE_NONE_IS_NAMED]
