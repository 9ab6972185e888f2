"""Messages to the people around a child."""

from engine.store.models import Case
from engine.work import Work
from workflows.involvements import people_for


def tell_people(work: Work, case: Case, role: str, message: str) -> int:
    """Put a message for each person who holds the role for the child; how many there are."""
    people = people_for(work.session, case.child_id, role, work.today).people
    for person_id in people:
        work.tell(message, person_id, case)
    return len(people)
