"""Changes told of a child, by whoever knows the child and not the case, such as a case system."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.errors import NotFound
from engine.store.models import IS_RUNNING, Case
from engine.work import Acting, Work, query, verb
from workflows.pep.changes.carrying_out import carry_out, change_form, preview
from workflows.pep.changes.outcome import Outcome
from workflows.pep.choices import as_offered
from workflows.pep.starting import OF_THE_PLAN


@query
def case_told_of(work: Work, child_id: UUID) -> UUID:
    """The case on which a change of the child stands: that of the plan that is being made, else
    another that runs, else the newest. Raises `NotFound` where there never was one.

    What a change moves it moves in all cases of the child, whichever one it stands on.
    """
    found = work.session.scalar(
        select(Case.id).where(Case.child_id == child_id)
        .order_by(IS_RUNNING.desc(), Case.procedure.in_(OF_THE_PLAN).desc(),
                  Case.opened_at.desc(), Case.id)
        .limit(1)
    )
    if found is None:
        raise NotFound
    return found


def preview_of_child(by: Acting, name: str, child_id: UUID, told: Mapping[str, Any]) -> Outcome:
    """As `preview`; it says what `change_child` takes."""
    return preview(by, name, case_told_of(by, child_id), _answers(by, name, child_id, told))


@verb
def change_child(
    work: Work, name: str, child_id: UUID, told: Mapping[str, Any], seen: str | None = None
) -> Outcome:
    """As `carry_out`. A school may be told by its URN, a person by their e-mail address."""
    return carry_out(work, name, case_told_of(work, child_id),
                     _answers(work, name, child_id, told), seen)


def _answers(
    by: Acting | Work, name: str, child_id: UUID, told: Mapping[str, Any]
) -> Mapping[str, Any]:
    return as_offered(by, change_form(by, name, child_id), told)
