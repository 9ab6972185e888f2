"""The audit as it is written when a record is looked at, and counted."""

import hashlib
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError

from engine.store.models import Audit
from engine.work import LONDON, Acting, Work, query, verb

NEWEST_READ = 1_000
"""Rows of a person in which what they looked at last is looked for: some weeks of work."""
_SEEN = select(Audit.seq).where(Audit.seen_once == bindparam("seen_once"))


def record_view(
    by: Acting | Work,
    action: str,
    child_id: UUID | None,
    about: str,
    reason: str,
    children: Collection[UUID] = (),
) -> None:
    """One row for each person, child, page and minute (decision 13).

    `children` are those whom a list named; the same list in the same minute is one row. Where
    `by` is a transaction that only reads, the row gets one of its own.
    """
    minute = by.now.isoformat(timespec="minutes")
    named = sorted(str(child) for child in children)
    seen_once = hashlib.sha256(
        f"{by.actor.id}|{child_id}|{action}|{about}|{minute}|{','.join(named)}".encode()
    ).hexdigest()
    if by.answer is not None:
        by.answer.audited = True
    if _is_recorded(by, seen_once):
        return
    writing = by.acting if isinstance(by, Work) and not by.writing else by
    with suppress(IntegrityError):  # another request of the same minute has just written it
        _record(writing, action, child_id, about, reason, seen_once, named)


@query
def _is_recorded(work: Work, seen_once: str) -> bool:
    return work.session.scalar(_SEEN, {"seen_once": seen_once}) is not None


@verb
def _record(
    work: Work, action: str, child_id: UUID | None, about: str, reason: str, seen_once: str,
    named: Sequence[str],
) -> None:
    data = {"children": named} if named else {}
    work.audit(action, child_id=child_id, about=about, reason=reason, seen_once=seen_once, **data)


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


@query
def looked_at_last(work: Work, action: str, kind: str, most: int) -> list[UUID]:
    """The things of a kind that the actor looked at by this action, the newest look first.

    Told from their newest rows alone, along the index, however long they have been at work.
    """
    newest = (
        select(Audit.seq, Audit.action, Audit.about)
        .where(Audit.actor_id == work.actor.id)
        .order_by(Audit.seq.desc())
        .limit(NEWEST_READ)
        .subquery()
    )
    rows = work.session.scalars(
        select(newest.c.about)
        .where(newest.c.action == action, newest.c.about.startswith(f"{kind}:", autoescape=True))
        .order_by(newest.c.seq.desc())
    )
    return [UUID(about.partition(":")[2]) for about in dict.fromkeys(rows)][:most]
