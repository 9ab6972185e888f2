"""The chain of sealed batches over rows that are written in bulk, as the sealer makes it."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from lives import KEY, MORNING

from engine.seal import BEFORE_THE_FIRST, SEALED_TABLES, head_of, runs_of
from engine.sealer import MOST_ROWS


class Chain:
    COLUMNS = ("number", "previous", "event_to", "audit_to", "rows", "at", "head")

    def __init__(self) -> None:
        self._number, self._head = 0, BEFORE_THE_FIRST
        self._to = dict.fromkeys(SEALED_TABLES, 0)
        self._macs: dict[str, list[str]] = {table: [] for table in SEALED_TABLES}

    def add(self, table: str, macs: Sequence[str]) -> None:
        """Of the rows whose numbers follow those that were added before."""
        self._macs[table] += macs

    def batches(self) -> Iterator[tuple[Any, ...]]:
        """What was added since, as rows of `sealed_batch`."""
        while any(self._macs.values()):
            macs = {table: waiting[:MOST_ROWS] for table, waiting in self._macs.items()}
            for table, taken in macs.items():
                del self._macs[table][:len(taken)]
            yield self._batch(macs)

    def _batch(self, macs: dict[str, list[str]]) -> tuple[Any, ...]:
        runs = {table: runs_of(range(self._to[table] + 1, self._to[table] + len(taken) + 1))
                for table, taken in macs.items()}
        for table, taken in macs.items():
            self._to[table] += len(taken)
        self._number += 1
        batch = {
            "number": self._number, "previous": self._head, "event_to": self._to["event"],
            "audit_to": self._to["audit"], "rows": runs, "at": MORNING,
        }
        self._head = head_of(KEY, batch, macs)
        said = {**batch, "rows": json.dumps(runs), "head": self._head,
                "at": MORNING.isoformat(timespec="microseconds")}
        return tuple(said[column] for column in self.COLUMNS)
