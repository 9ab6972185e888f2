"""The seal: a MAC on each row of `event` and `audit`, and a chain of batches over those MACs.

The MAC shows that a row was changed; the chain, that one was removed, inserted or exchanged. Both
are made with the audit key, which the database does not hold.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base, to_json
from engine.store.models import SEQUENCE, Audit, Event

SEALED_TABLES: Mapping[str, Table] = {
    model.__tablename__: Base.metadata.tables[model.__tablename__] for model in (Event, Audit)
}
BEFORE_THE_FIRST = "0" * 64
"""What stands for the head before the first batch."""

Runs = list[list[int]]
"""Numbers in order as `[first, last]` of each run without a gap."""


class SealedBatch(Base):
    """One link of the chain. Append-only: a trigger refuses to change or remove it."""

    __tablename__ = "sealed_batch"

    number: Mapped[int] = mapped_column(SEQUENCE, primary_key=True, autoincrement=False)
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    """The head of the batch before. Unique: two sealers at once cannot fork the chain."""
    event_to: Mapped[int] = mapped_column(BigInteger)
    audit_to: Mapped[int] = mapped_column(BigInteger)
    """Every row up to this `seq` is in this batch or in one before."""
    rows: Mapped[dict[str, Any]]
    """By table, the runs of `seq` that this batch seals; a `seq` between them was never used."""
    at: Mapped[datetime]
    head: Mapped[str] = mapped_column(String(64))


def mac_of(key: bytes, table: str, values: Mapping[str, Any]) -> str:
    """HMAC-SHA-256 as hexadecimal, over the table's name and what every column holds.

    The MAC itself is left out, and where the row stands: that only the chain shows.
    """
    said = {name: value for name, value in values.items() if name not in ("seq", "mac")}
    return _hmac(key, [table, said])


def head_of(key: bytes, batch: Mapping[str, Any], macs: Mapping[str, Sequence[str]]) -> str:
    """The head of the chain after a batch: over all that it says, the head before included.

    `macs` are those of its rows, by table, in the order of `seq`.
    """
    said = {name: value for name, value in batch.items() if name != "head"}
    return _hmac(key, [SealedBatch.__tablename__, said, macs])


def runs_of(numbers: Iterable[int]) -> Runs:
    """`numbers` are in ascending order."""
    runs: Runs = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs


def _hmac(key: bytes, body: Any) -> str:
    return hmac.digest(key, to_json(body).encode(), hashlib.sha256).hex()
