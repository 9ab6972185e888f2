"""The audit as it is written when a record is looked at, counted, and checked."""

import hashlib
from collections.abc import Collection
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from engine.seal import is_intact
from engine.store.models import Audit, Event
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


@query
def altered_rows(work: Work) -> list[UUID]:
    """Ids of events and audit rows whose MAC no longer fits what they say."""
    key = work.installation.audit_key
    events = work.session.scalars(select(Event).order_by(Event.seq))
    audits = work.session.scalars(select(Audit).order_by(Audit.seq))
    return [row.id for rows in (events, audits) for row in rows if not is_intact(key, row)]


@query
def tables_of_rows(work: Work, ids: Collection[UUID]) -> dict[UUID, str]:
    """Whether each of these rows stands in `event` or in `audit`."""
    return {
        row_id: table.__tablename__
        for table in (Event, Audit)
        for row_id in work.session.scalars(select(table.id).where(table.id.in_(ids)))
    }
