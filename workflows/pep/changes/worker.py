"""Someone else takes over a role for the child."""

from datetime import date
from uuid import UUID

from engine.errors import AnswersInvalid
from engine.work import Work, verb
from workflows.days import day_if_any
from workflows.involvements import hand_over, holders_from
from workflows.pep.changes.command import (
    AHEAD,
    needs_reason,
    note,
    refuse,
    running_case,
)
from workflows.roles import ROLES

CHANGING = ("social_worker", "designated_teacher", "reviewing_officer", "team_manager")


@verb
def change_worker(
    work: Work, /, case_id: UUID, *, role: str, from_on: date, reason: str, **people: str
) -> UUID:
    """`people` is the person chosen, under the role's own name; none leaves the role to its cover.

    Open tasks follow by the assignment rule; no date stops for it (design decision 11).
    """
    case = running_case(work, case_id)
    if role not in CHANGING:
        raise AnswersInvalid({"role": "Choose the role"})
    title = ROLES[role].title.lower()
    chosen = UUID(people[role]) if people.get(role) else None
    standing = holders_from(work, case.child_id, role, from_on)
    began = max(standing.values(), default=None)
    refuse([
        needs_reason(reason),
        (from_on > work.today + AHEAD, "from_on",
         f"This is more than {AHEAD.days} days ahead. Enter it nearer to the day"),
        (began is not None and from_on < began, "from_on",
         f"The present {title} began on {day_if_any(began)}. Enter that day or a later one"),
        (chosen is None and not standing, role,
         f"Nobody is {title} now. Choose who takes over"),
        (chosen is not None and list(standing) == [chosen], role,
         f"This person is the {title} already. Choose someone else"),
    ])
    hand_over(work, case.child_id, role, chosen, from_on)
    if chosen is not None and chosen != work.actor.id:
        work.tell("taken_over", chosen, case)
    note(work, case, "worker_changed", "change_worker", role=role, on=from_on, new=chosen,
         old=next(iter(standing), None), reason=reason)
    return case.id
