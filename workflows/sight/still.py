"""Whether somebody may still do what they were let in to do, asked where it is done."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select

from engine.store.models import IS_RUNNING, Case
from engine.work import Work
from workflows.access import Resource, decide
from workflows.people import hold_actor


def still_allowed(
    work: Work, action: str, child_id: UUID | None, load: Callable[[Work], Resource]
) -> bool:
    """Ask once more, in the transaction that does it.

    From here to its end nobody takes the access away: whoever ends an involvement, restricts the
    record or declares a conflict runs the assignment rule in the same transaction, and for that
    holds the child's running cases, as this does. Either they come first, and this sees it, or
    they wait.
    """
    actor = hold_actor(work)
    if child_id is not None:
        _hold_running_cases(work, child_id)
    return actor is not None and decide(actor, action, load(work)).allowed


def _hold_running_cases(work: Work, child_id: UUID) -> None:
    work.session.execute(
        select(Case.id).where(Case.child_id == child_id, IS_RUNNING).order_by(Case.id)
        .with_for_update()
    )
