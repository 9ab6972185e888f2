"""The audit as it is written when a record is looked at, and counted."""

import hashlib
from collections.abc import Collection
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from engine.store.models import Audit
from engine.work import LONDON, Work, query, verb


@verb
def record_view(
    work: Work,
    action: str,
    child_id: UUID | None,
    about: str,
    reason: str,
    children: Collection[UUID] = (),
) -> None:
    """One row for each person, child, page and minute (decision 13).

    `children` are those whom a list named; the same list in the same minute is one row.
    """
    minute = work.now.isoformat(timespec="minutes")
    named = sorted(str(child) for child in children)
    seen_once = hashlib.sha256(
        f"{work.actor.id}|{child_id}|{action}|{about}|{minute}|{','.join(named)}".encode()
    ).hexdigest()
    known = work.session.scalar(select(Audit.seq).where(Audit.seen_once == seen_once))
    if known is not None:
        return
    data = {"children": named} if named else {}
    try:
        with work.attempt():
            work.audit(action, child_id=child_id, about=about, reason=reason,
                       seen_once=seen_once, **data)
            work.write()
    except IntegrityError:
        return  # another request of the same minute has just written it


@verb
def record_copying(work: Work, action: str, operator: str, file: str) -> None:
    """A row about the whole database, which `operator`, an account of the machine, copies."""
    work.audit(action, about="database", operator=operator, file=file)


@query
def times_today(work: Work, action: str) -> int:
    """How often the actor has done this since midnight in London."""
    midnight = datetime.combine(work.today, time(), LONDON)
    count = work.session.scalar(
        select(func.count())
        .select_from(Audit)
        .where(Audit.actor_id == work.actor.id, Audit.action == action, Audit.at >= midnight)
    )
    return count or 0
