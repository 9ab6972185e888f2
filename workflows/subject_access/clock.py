"""By when a request for access must be answered: UK GDPR, Articles 12(3), 12(6) and 15.

One month from the day on which it came, and two more where it is complex: the same day of a later
month, or its last day where it has no such day; where that is no working day, the next one. While
the identity of who asks is in doubt the clock has not begun.
"""

from dataclasses import dataclass
from datetime import date

from workflows.calendar import months, not_working, working_days

MONTHS, EXTENDED = 1, 3


@dataclass(frozen=True, slots=True)
class Due:
    on: date | None
    """None while the clock has not begun."""
    reason: str


def due(received_on: date, confirmed_on: date | None, *, extended: bool) -> Due:
    if confirmed_on is None:
        return Due(None, "The clock begins when the identity of who asks is confirmed")
    start, count = max(received_on, confirmed_on), EXTENDED if extended else MONTHS
    day = months(None, start, count)
    if not_working(day):
        day = working_days(None, day, 1)
    begun = "receipt" if start == received_on else "the day on which identity was confirmed"
    return Due(day, f"{count} month{'s' if count > 1 else ''} from {begun}")
