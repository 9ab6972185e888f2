"""Chains what has been committed to `event` and `audit`, in batches, behind the users' backs.

It seals up to the number behind which no row can come any more (`engine/settled.py`).
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.seal import BEFORE_THE_FIRST, SEALED_TABLES, SealedBatch, head_of, runs_of
from engine.settled import newest, writers_left
from engine.work import Acting, Work, query, verb

log = logging.getLogger(__name__)

MOST_ROWS = 1_000
"""Of one table in one batch."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of the chain at a moment, for someone outside to keep."""

    number: int
    head: str
    at: datetime | None = None

    def __str__(self) -> str:
        moment = f" {self.at.isoformat(timespec='seconds')}" if self.at else ""
        return f"pepway-anchor {self.number} {self.head}{moment}"


def anchors_in(lines: str) -> list[Anchor]:
    """Every anchor in a text that someone kept: a file of them, or a whole log."""
    found = re.findall(r"\bpepway-anchor (\d{1,18}) ([0-9a-f]{64})\b", lines)
    return [Anchor(int(number), head) for number, head in found]


def seal_committed_rows(by: Acting) -> int:
    """Chain all rows that are committed and not sealed yet; tells how many.

    For the background round, at most once a minute. Any number of processes may call it at once:
    one seals, the others leave it to that one. The new head goes to the log, as an anchor.
    """
    upto = _decided(by)
    sealed = 0
    try:
        while batch := _seal_batch(by, upto):
            sealed += batch
    except IntegrityError:
        return sealed  # another process has put the next batch behind the same head
    if sealed:
        log.info("%s", chain_head(by))
    return sealed


@query
def chain_head(work: Work) -> Anchor | None:
    """The head of the chain as it stands; None where nothing has been sealed yet."""
    last = _last_batch(work.session)
    return Anchor(last.number, last.head, last.at) if last else None


@query
def _decided(work: Work) -> Mapping[str, int]:
    """By table, the `seq` up to which no row can come any more; empty if nothing is new."""
    session = work.session
    latest = {name: newest(session, name) for name in SEALED_TABLES}
    if latest == _sealed_to(_last_batch(session)):
        return {}
    if not work.installation.database.is_sqlite:
        left = writers_left(session, SEALED_TABLES)
        if left:
            log.warning("nothing is sealed: %d transactions stay open", left)
            return {}
    return latest


@verb
def _seal_batch(work: Work, upto: Mapping[str, int]) -> int:
    """Append the next batch; tells how many rows it seals. 0: none was left, nothing is appended.

    Raises `IntegrityError` where another batch follows the same head.
    """
    last = _last_batch(work.session)
    to, rows, macs = _sealed_to(last), {}, {}
    for name, limit in upto.items():
        table = SEALED_TABLES[name]
        found = work.session.execute(
            select(table.c.seq, table.c.mac)
            .where(table.c.seq > to[name], table.c.seq <= limit)
            .order_by(table.c.seq)
            .limit(MOST_ROWS)
        ).all()
        if found:
            to[name] = found[-1].seq
        rows[name] = runs_of(row.seq for row in found)
        macs[name] = [row.mac for row in found]
    sealed = sum(map(len, macs.values()))
    if sealed:
        batch = {
            "number": last.number + 1 if last else 1,
            "previous": last.head if last else BEFORE_THE_FIRST,
            **{f"{name}_to": number for name, number in to.items()},
            "rows": rows,
            "at": work.now.astimezone(UTC),
        }
        head = head_of(work.installation.audit_key, batch, macs)
        work.session.execute(insert(SealedBatch), {**batch, "head": head})
    return sealed


def _last_batch(session: Session) -> SealedBatch | None:
    return session.scalar(select(SealedBatch).order_by(SealedBatch.number.desc()).limit(1))


def _sealed_to(last: SealedBatch | None) -> dict[str, int]:
    return {name: getattr(last, f"{name}_to") if last else 0 for name in SEALED_TABLES}
