"""The board in four numbers, for the first page of whoever answers for all children."""

from dataclasses import dataclass

from engine.work import Work, query
from workflows.board.late_soon import Which, late_soon_counts
from workflows.board.without_a_plan import children_late


@dataclass(frozen=True, slots=True)
class InShort:
    without_a_plan: int
    """Children: something is past its limit, or nobody is at work."""
    will_be_late: int
    """Limits, in the next four weeks."""
    this_week: int
    late: int


@query
def in_short(work: Work) -> InShort:
    limits = late_soon_counts(work)
    return InShort(
        children_late(work), limits[Which.RISK], limits[Which.WEEK], limits[Which.LATE]
    )
