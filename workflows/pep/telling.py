"""Messages to the people around a child."""

from typing import Any

from engine.domain import Known
from engine.store.models import Case
from engine.work import Work


def tell_people(
    work: Work, case: Case, known: Known, role: str, message: str, *, escalated: bool = False
) -> int:
    """Put a message for each person who holds the role for the child; how many there are.

    Whoever acts knows already, and is told nothing.
    """
    others = [each for each in known.people_for(role).people if each != work.actor.id]
    said: dict[str, Any] = {"escalated": True} if escalated else {}
    for person_id in others:
        work.tell(message, person_id, case, **said)
    return len(others)
