"""Finds what was changed, removed or inserted in `event` and `audit` behind Pepway's back."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from engine.seal import (
    BEFORE_THE_FIRST,
    SEALED_TABLES,
    SealedBatch,
    head_of,
    mac_of,
    runs_of,
)
from engine.sealer import Anchor
from engine.store.base import Base
from engine.stored import Row, stored_rows
from engine.work import Work, query

MOST_NAMED = 1_000
THE_LAST = 2**63 - 1
_BATCH = Base.metadata.tables[SealedBatch.__tablename__]


@dataclass(slots=True)
class Verdict:
    """What a look at every row has shown."""

    rows: int = 0
    altered: int = 0
    """Rows of `rows` that do not fit their MAC."""
    batches: int = 0
    unsealed: int = 0
    unsealed_since: datetime | None = None
    count: int = 0
    """Of the findings; the first `MOST_NAMED` of them are named."""
    findings: list[str] = field(default_factory=list)

    def found(self, sentence: str) -> None:
        self.count += 1
        if self.count <= MOST_NAMED:
            self.findings.append(sentence)


@query
def find_tampering(
    work: Work,
    anchors: Collection[Anchor] = (),
    progress: Callable[[int], None] = lambda rows: None,
) -> Verdict:
    """Read all rows and the chain over them, and hold it to the anchors that someone kept.

    Without an anchor a chain that was cut at its end, rows and all, looks whole: its newest rows
    are then only as safe as the newest anchor is old. `progress` is told of rows as they are read.
    """
    return _Search(work, anchors, progress).run()


@query
def rows_to_verify(work: Work) -> int:
    """How many rows `find_tampering` will read."""
    return sum(
        work.session.scalar(select(func.count()).select_from(table)) or 0
        for table in SEALED_TABLES.values()
    )


class _Search:
    def __init__(
        self, work: Work, anchors: Collection[Anchor], progress: Callable[[int], None]
    ) -> None:
        self._key = work.installation.audit_key
        self._anchors: dict[int, set[str]] = {}
        for anchor in anchors:
            self._anchors.setdefault(anchor.number, set()).add(anchor.head)
        self._progress = progress
        self._verdict = Verdict()
        connection = work.session.connection()
        # The chain is opened first: whatever it seals was committed before the rows are read.
        self._chain = stored_rows(connection, _BATCH)
        self._first = next(self._chain, None)
        self._tables = {
            name: _Ahead(stored_rows(connection, table)) for name, table in SEALED_TABLES.items()
        }

    def run(self) -> Verdict:
        number, head = 0, BEFORE_THE_FIRST
        for batch_number, batch in self._batches():
            if batch_number != number + 1:
                self._missing(number + 1, batch_number - 1)
            elif batch is not None and batch["previous"] != head:
                self._found(f"batch {batch_number} does not follow from the one before it.")
            head = self._check_batch(batch_number, batch)
            number = batch_number
        for missing in sorted(at for at in self._anchors if at > number):
            self._found(f"batch {missing} has an anchor and is gone: the end was removed.")
        self._check_unsealed()
        return self._verdict

    def _batches(self) -> Iterator[Row]:
        if self._first is not None:
            yield self._first
            yield from self._chain

    def _missing(self, first: int, last: int) -> None:
        which = f"batch {first} is" if first == last else f"batches {first} to {last} are"
        self._found(f"{which} missing from the chain.")

    def _check_batch(self, number: int, batch: dict[str, Any] | None) -> str:
        """Tells the head that the next batch has to follow."""
        self._verdict.batches += 1
        before = self._verdict.count
        macs: dict[str, list[str]] = {}
        try:
            if batch is None:
                raise ValueError
            for name, ahead in self._tables.items():
                rows = ahead.upto(batch[f"{name}_to"])
                macs[name] = self._check_rows(name, rows, batch["rows"][name], number)
            fits = batch["head"] == head_of(self._key, batch, macs)
        except (ValueError, TypeError, KeyError):
            self._found(f"batch {number} was changed after being sealed: it cannot be read.")
            return ""
        if not fits and self._verdict.count == before:
            self._found(f"batch {number} was changed after being sealed, or its rows exchanged "
                        f"among themselves: {_in_words(batch['rows'])}.")
        if self._anchors.get(number, {batch["head"]}) != {batch["head"]}:
            self._found(f"batch {number} is not the one that the anchor was made of.")
        return str(batch["head"])

    def _check_rows(
        self, name: str, rows: Iterable[Row], sealed: list[list[int]], batch: int
    ) -> list[str]:
        """The MACs of a batch's rows, which stand in the runs `sealed` unless someone was there."""
        macs = {row[0]: self._check_row(name, row) for row in rows}
        if runs_of(macs) != sealed:
            there = set(macs)
            once = {number for first, last in sealed for number in range(first, last + 1)}
            for run in runs_of(sorted(once - there)):
                self._found(f"{name} {_span(run)} removed after being sealed in batch {batch}.")
            for run in runs_of(sorted(there - once)):
                self._found(f"{name} {_span(run)} inserted after batch {batch} was sealed.")
        return list(macs.values())

    def _check_row(self, name: str, row: Row) -> str:
        """The row's MAC as it is stored, whether or not it fits."""
        number, said = row
        self._verdict.rows += 1
        if self._verdict.rows % 1_000 == 0:
            self._progress(1_000)
        mac = ""
        if said is not None:
            mac = str(said["mac"])
            if mac_of(self._key, name, said) == mac:
                return mac
        self._verdict.altered += 1
        row_id = said["id"] if said else "its id cannot be read"
        self._found(f"{name} {number} was changed after being written ({row_id}).")
        return mac

    def _check_unsealed(self) -> None:
        for name, ahead in self._tables.items():
            for row in ahead.upto(THE_LAST):
                self._verdict.unsealed += 1
                self._note_age(row)
                self._check_row(name, row)

    def _note_age(self, row: Row) -> None:
        since = self._verdict.unsealed_since
        with suppress(ValueError, TypeError):
            at = datetime.fromisoformat(row[1]["at"] if row[1] else "")
            if since is None or at < since:
                self._verdict.unsealed_since = at

    def _found(self, sentence: str) -> None:
        self._verdict.found(sentence)


class _Ahead:
    """A table's rows, of which the next one can be looked at before it is taken."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def upto(self, number: int) -> Iterator[Row]:
        while (row := self._next) is not None and row[0] <= number:
            self._next = next(self._rows, None)
            yield row


def _span(run: list[int]) -> str:
    first, last = run
    return f"{first} was" if first == last else f"{first} to {last} were"


def _in_words(rows: Mapping[str, list[list[int]]]) -> str:
    return ", ".join(f"{name} {runs[0][0]} to {runs[-1][1]}" for name, runs in rows.items() if runs)
