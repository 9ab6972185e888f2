"""Whether a meeting was quorate: one declared table, and what it asks for where it was not.

The procedure wants a meeting “involving the social worker, the young person, carers and others,
such as the VSH” (S36), and the child's views in the plan (S13). Where somebody cannot come,
authorities meet again if the clock permits, and else go on with written input (Devon, Lancashire:
D17).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CAME, WRITTEN = "yes", "written"
CHILD = "child"
VIEWS = ("views.child.progress", "views.child.declined")
"""Either shows that the child was asked before the meeting (S13)."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody without whom a meeting is not quorate."""

    who: str
    roles: frozenset[str]
    """Any of these fills it."""
    in_writing: bool
    """Whether words sent in writing fill it as well."""
    source: str


QUORUM = (
    Seat("the social worker", frozenset({"social_worker"}), False, "S36; Devon"),
    Seat("the school, or the virtual school for it",
         frozenset({"designated_teacher", "virtual_school"}), False, "S17, S36; Devon"),
    Seat("the carer", frozenset({"carer"}), True, "S6, S36; Lancashire"),
)
HEARD = Seat("the young person, or their recorded views", frozenset({CHILD}), True, "S13, S36")


def missing_at(
    attendees: Sequence[Mapping[str, Any]], recorded: Mapping[str, Any]
) -> list[str]:
    """Who was missing for a quorum; `recorded` is what the record holds at `VIEWS`."""
    missing = [seat.who for seat in QUORUM if not _is_filled(seat, attendees)]
    heard = _is_filled(HEARD, attendees) or any(recorded.get(path) for path in VIEWS)
    return missing if heard else [*missing, HEARD.who]


def _is_filled(seat: Seat, attendees: Sequence[Mapping[str, Any]]) -> bool:
    counts = {CAME, WRITTEN} if seat.in_writing else {CAME}
    return any(row.get("role") in seat.roles and row.get("took_part") in counts
               for row in attendees)
