"""Finds what was changed, removed or inserted in `event` and `audit` behind Pepway's back."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import func, select

from engine.seal import (
    BEFORE_THE_FIRST,
    SEALED_TABLES,
    Runs,
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
        self._to = dict.fromkeys(SEALED_TABLES, 0)
        """By table, the last row of the last batch that could be read."""
        self._adrift = False
        """Whether rows may come whose batch is gone, or does not say which are its own."""

    def run(self) -> Verdict:
        number: int = 0
        head: str | None = BEFORE_THE_FIRST
        for batch_number, batch in self._batches():
            if batch_number < 1:
                self._found(f"batch {batch_number} was inserted: the first one is batch 1.")
                continue
            if batch_number != number + 1:
                self._missing(number + 1, batch_number - 1)
            elif batch is not None and head is not None and batch["previous"] != head:
                self._found(f"batch {batch_number} does not follow from the one before it.")
            head = self._check_batch(batch_number, batch)
            number = batch_number
        if (anchored := max(self._anchors, default=0)) > number:
            self._end_removed(number + 1, anchored)
        self._check_unsealed()
        return self._verdict

    def _batches(self) -> Iterator[Row]:
        if self._first is not None:
            yield self._first
            yield from self._chain

    def _missing(self, first: int, last: int) -> None:
        which = f"batch {first} is" if first == last else f"batches {first} to {last} are"
        self._found(f"{which} missing from the chain.")
        self._adrift = True

    def _end_removed(self, first: int, last: int) -> None:
        if first == last:
            self._found(f"batch {last} has an anchor and is gone: the end was removed.")
        else:
            self._found(f"batches {first} to {last} are gone: batch {last} has an anchor, and the "
                        "end was removed.")

    def _check_batch(self, number: int, batch: dict[str, Any] | None) -> str | None:
        """Tells the head that the next batch has to follow; None where it cannot be known."""
        self._verdict.batches += 1
        try:
            if batch is None:
                raise ValueError
            sealed = {name: self._runs_in(batch, name) for name in self._tables}
            if self._adrift:
                self._check_adrift(number, batch, sealed)
            rows = self._rows_of(batch, sealed)
        except (ValueError, TypeError, KeyError):
            self._found(f"batch {number} was changed after being sealed: it cannot be read.")
            self._adrift = True
            return str(batch["head"]) if batch else None
        before = self._verdict.count
        macs = {name: self._check_rows(name, rows[name], sealed[name], number) for name in rows}
        fits = batch["head"] == head_of(self._key, batch, macs)
        if not fits and self._verdict.count == before:
            self._found(f"batch {number} was changed after being sealed, or its rows exchanged "
                        f"among themselves: {_in_words(batch['rows'])}.")
        if self._anchors.get(number, {batch["head"]}) != {batch["head"]}:
            self._found(f"batch {number} is not the one that the anchor was made of.")
        return str(batch["head"])

    def _runs_in(self, batch: Mapping[str, Any], name: str) -> Runs:
        """The rows of a table that a batch says are its own.

        Raises `ValueError` where it contradicts itself or the batch before, and `TypeError` or
        `KeyError` where it has not the shape that a sealer writes.
        """
        runs: Runs = batch["rows"][name]
        last = self._to[name]
        for first, to in runs:
            if not last < first <= to:
                raise ValueError
            last = to
        if last != batch[f"{name}_to"] and (runs or not self._adrift or batch[f"{name}_to"] < last):
            raise ValueError
        return runs

    def _check_adrift(
        self, number: int, batch: Mapping[str, Any], sealed: Mapping[str, Runs]
    ) -> None:
        """Rows before the first of this batch, whose own is gone or does not say what it held."""
        for name, ahead in self._tables.items():
            last = sealed[name][0][0] - 1 if sealed[name] else batch[f"{name}_to"]
            for run in runs_of(self._check_row(name, row)[0] for row in ahead.upto(last)):
                self._found(f"{name} {_in_span(run)} in no batch that can be read: the one before "
                            f"batch {number} is gone or was changed.")
        self._adrift = False

    def _rows_of(
        self, batch: Mapping[str, Any], sealed: Mapping[str, Runs]
    ) -> Mapping[str, list[Row]]:
        """By table, what stands where the batch has its rows.

        Raises `ValueError`, and takes nothing, where it is not the batch that was sealed here: its
        rows are there, its head does not fit, and there are rows before them that are in no batch.
        """
        rows = {name: list(ahead.upto(batch[f"{name}_to"])) for name, ahead in self._tables.items()}
        there = {name: runs_of(row[0] for row in rows[name]) for name in rows}
        if any(_without(there[name], sealed[name]) for name in rows) and not any(
            _without(sealed[name], there[name]) for name in rows
        ):
            own = {name: [row for row in rows[name] if _is_in(sealed[name], row)] for name in rows}
            macs = {name: [_mac_in(row) for row in own[name]] for name in own}
            if batch["head"] != head_of(self._key, batch, macs):
                for name, ahead in self._tables.items():
                    ahead.put_back(rows[name])
                raise ValueError
        self._to = {name: batch[f"{name}_to"] for name in rows}
        return rows

    def _check_rows(
        self, name: str, rows: Iterable[Row], sealed: Runs, batch: int
    ) -> list[str]:
        """The MACs of a batch's rows, which stand in the runs `sealed` unless someone was there."""
        macs = dict(self._check_row(name, row) for row in rows)
        there = runs_of(macs)
        if there != sealed:
            for run in _without(sealed, there):
                self._found(f"{name} {_span(run)} removed after being sealed in batch {batch}.")
            for run in _without(there, sealed):
                self._found(f"{name} {_span(run)} inserted after batch {batch} was sealed.")
        return list(macs.values())

    def _check_row(self, name: str, row: Row) -> tuple[int, str]:
        """The row's number, and its MAC as it is stored, whether or not it fits."""
        number, said = row
        self._verdict.rows += 1
        if self._verdict.rows % 1_000 == 0:
            self._progress(1_000)
        mac = _mac_in(row)
        if said is None or mac_of(self._key, name, said) != mac:
            self._verdict.altered += 1
            row_id = said["id"] if said else "its id cannot be read"
            self._found(f"{name} {number} was changed after being written ({row_id}).")
        return number, mac

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
        self._next = next(self._rows, None)

    def upto(self, number: int) -> Iterator[Row]:
        while (row := self._next) is not None and row[0] <= number:
            self._next = next(self._rows, None)
            yield row

    def put_back(self, rows: list[Row]) -> None:
        """So that they come again."""
        waiting = [] if self._next is None else [self._next]
        self._rows = chain(rows, waiting, self._rows)
        self._next = next(self._rows, None)


def _without(runs: Runs, others: Runs) -> Runs:
    """What `runs` have and `others` have not."""
    left: Runs = []
    for first, last in runs:
        at = first
        for other_first, other_last in others:
            if other_last < at or other_first > last:
                continue
            if other_first > at:
                left.append([at, other_first - 1])
            at = other_last + 1
        if at <= last:
            left.append([at, last])
    return left


def _is_in(runs: Runs, row: Row) -> bool:
    return any(first <= row[0] <= last for first, last in runs)


def _mac_in(row: Row) -> str:
    return str(row[1]["mac"]) if row[1] else ""


def _span(run: list[int]) -> str:
    first, last = run
    return f"{first} was" if first == last else f"{first} to {last} were"


def _in_span(run: list[int]) -> str:
    first, last = run
    return f"{first} is" if first == last else f"{first} to {last} are"


def _in_words(rows: Mapping[str, list[list[int]]]) -> str:
    return ", ".join(f"{name} {runs[0][0]} to {runs[-1][1]}" for name, runs in rows.items() if runs)
