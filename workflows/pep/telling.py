"""Messages to the people around a child."""

from engine.store.models import Case
from engine.work import Work
from workflows.involvements import people_for


def tell_people(work: Work, case: Case, role: str, message: str) -> int:
    """Put a message for each person who holds the role for the child; how many there are.

    Whoever acts knows already, and is told nothing.
    """
    holders = people_for(work.session, case.child_id, role, work.today).people
    others = [person_id for person_id in holders if person_id != work.actor.id]
    for person_id in others:
        work.tell(message, person_id, case)
    return len(others)
