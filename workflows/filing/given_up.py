"""Tells the administrators that a signed plan does not reach the case system by itself any more."""

from uuid import UUID

from sqlalchemy import select

from engine.store.turns import TELLING, take_turn
from engine.work import Work
from workflows.administration.standing import other_administrators
from workflows.filing.signed import MESSAGE
from workflows.telling.day import ToldOnce

GIVEN_UP = "plan_given_up"


def tell_of_given_up(work: Work, kind: str, message_id: UUID) -> None:
    """In the transaction that gives it up. Each of them hears once a day, however many plans a case
    system that is away has not taken."""
    if kind != MESSAGE:
        return
    take_turn(work.session.connection(), TELLING)
    have_heard = set(work.session.scalars(select(ToldOnce.about).where(
        ToldOnce.kind == GIVEN_UP, ToldOnce.day == work.today)))
    for person_id in other_administrators(work):
        if person_id not in have_heard:
            work.append(ToldOnce, {"day": work.today, "kind": GIVEN_UP, "about": person_id})
            work.tell(GIVEN_UP, person_id, filing=message_id)
