"""Legal holds: while one stands, nothing about the child is destroyed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound, Refused
from engine.store.base import new_id
from engine.work import Work, query, verb
from workflows.children import Child
from workflows.finding import child_of
from workflows.people import names
from workflows.retention.table import LegalHold

STANDS = LegalHold.lifted_at.is_(None)


@dataclass(frozen=True, slots=True)
class HoldView:
    id: UUID
    child_id: UUID
    reference: str
    """The child's."""
    reason: str
    authority: str
    placed_by: str
    placed_at: datetime
    lifted_by: str
    lifted_at: datetime | None
    lifted_because: str


@verb
def place_hold_on(
    work: Work, *, child: str, born_on: date, reason: str, authority: str
) -> UUID:
    """On the child of these names. Raises `AnswersInvalid` where that is not one child."""
    return place_hold(work, child_of(work, child, born_on), reason=reason, authority=authority)


@verb
def place_hold(work: Work, child_id: UUID, *, reason: str, authority: str) -> UUID:
    """Several may stand at once: each is lifted by itself. Raises `NotFound`."""
    hold_child(work, child_id)
    row = LegalHold(id=new_id(), child_id=child_id, reason=reason, authority=authority,
                    placed_by=work.actor.id, placed_at=work.now)
    work.session.add(row)
    work.audit("place_hold", child_id=child_id, about=f"legal_hold:{row.id}")
    return row.id


@verb
def lift_hold(work: Work, hold_id: UUID, *, reason: str) -> None:
    """Raises `NotFound`, and `Refused` where it has been lifted."""
    with work.for_the_council("whether the hold stands still tells nothing of the child"):
        row = work.session.get(LegalHold, hold_id, with_for_update=True)
    if row is None:
        raise NotFound
    if row.lifted_at is not None:
        raise Refused("This hold has been lifted already.")
    row.lifted_by, row.lifted_at, row.lifted_because = work.actor.id, work.now, reason
    work.audit("lift_hold", child_id=row.child_id, about=f"legal_hold:{row.id}")


@query
def all_holds(work: Work) -> Sequence[HoldView]:
    """Those that stand first, the newest first."""
    rows = work.session.execute(
        select(LegalHold, Child.reference).join(Child, Child.id == LegalHold.child_id)
        .order_by(LegalHold.lifted_at.is_not(None), LegalHold.placed_at.desc())
    ).all()
    called = names(work, {each for row, _ in rows for each in (row.placed_by, row.lifted_by)})
    return [
        HoldView(row.id, row.child_id, reference, row.reason, row.authority,
                 called.get(row.placed_by, ""), row.placed_at,
                 called.get(row.lifted_by, "") if row.lifted_by else "", row.lifted_at,
                 row.lifted_because or "")
        for row, reference in rows
    ]


def held_children(session: Session, ids: Iterable[UUID]) -> frozenset[UUID]:
    return frozenset(session.scalars(
        select(LegalHold.child_id).where(STANDS, LegalHold.child_id.in_(list(ids)))
    ))


def hold_child(work: Work, child_id: UUID) -> Child:
    """Lock the child's row: who places a hold and who destroys the record wait for each other.

    Raises `NotFound`.
    """
    child = work.session.get(Child, child_id, with_for_update=True, populate_existing=True)
    if child is None:
        raise NotFound
    return child
