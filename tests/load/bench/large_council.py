"""A large council after twenty years, from a seed: 3,000 children in care today, 60,000 cases and
5,000,000 events. Or all England after one year.

    PYTHONPATH=tests .venv/bin/python tests/load/bench/large_council.py DATABASE_URL
        [--size large|national] [--share 1.0] [--seed 1]

Whole lives that the product's own verbs have told (`lives.py`) are stamped out with new ids, dates
and people. Those in care stand today where their original stands; those who left did so at some
time in those years.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import click
from bulk import Bulk, postgres_bulk, sqlite_bulk
from chaining import Chain
from lives import tell_lives
from staff import Numbers, Staff
from stamping import NUMBERED, OF_A_CHILD, Life, Lives, Stamp

from engine.seal import SEALED_TABLES
from engine.store.database import Database
from engine.store.schema import migrate

SHARED = ("release", "release_file", "council_setting", "school_term", "closure")
"""Tables that every council has alike."""
AT_ONCE = 250
"""Lives whose rows stand among each other in the order of time, as they would have come."""


@dataclass(frozen=True, slots=True)
class Size:
    name: str
    children: int
    """In care today."""
    cases: int
    """Of all of them, and of those who have left since."""
    years: int
    staff: Numbers

    def of_share(self, share: float) -> "Size":
        """Everything in proportion: whoever works there has as many children as ever."""
        staff = Numbers(*(max(1, round(getattr(self.staff, name) * share))
                          for name in Numbers.__slots__))
        return replace(self, children=max(1, round(self.children * share)),
                       cases=round(self.cases * share), staff=staff)


SIZES = {size.name: size for size in (
    Size("large", 3_000, 60_000, 20, Numbers(600, 40, 20, 400)),
    Size("national", 82_000, 250_000, 1, Numbers(16_400, 1_100, 550, 22_000)),
)}


@dataclass(frozen=True, slots=True)
class Told:
    """One life of the council."""

    life: Life
    number: int
    weeks_ago: int = 0


def load(url: str, size: Size, seed: int, lives: Path) -> None:
    """Fill an empty database; with a progress bar where someone looks on."""
    database = Database(url)
    migrate(database)
    database.engine.dispose()
    with _bulk(database, url) as bulk:
        Council(Random(seed), size, bulk, lives).write()
    if database.is_sqlite:
        database.engine.connect().close()  # back to the write-ahead log
        database.engine.dispose()


class Council:
    def __init__(self, chance: Random, size: Size, bulk: Bulk, lives: Path) -> None:
        self._chance, self._size, self._bulk = chance, size, bulk
        self._lives = Lives(lives, bulk.written)
        self._stamp = Stamp(chance, bulk.written)
        self._staff = Staff(self._lives, self._stamp, chance, size.staff)
        self._chain = Chain()
        self._last = dict.fromkeys(NUMBERED, 0)

    def write(self) -> None:
        for table in SHARED:
            self._bulk.take(table, *self._lives.rows_of(table))
        self._staff.write(self._bulk)
        everyone = self._everyone()
        with click.progressbar(length=len(everyone), label="Stamping", file=sys.stderr,
                               hidden=not sys.stderr.isatty()) as bar:
            for at in range(0, len(everyone), AT_ONCE):
                together = everyone[at:at + AT_ONCE]
                self._write_together(together)
                bar.update(len(together))
        self._lives.close()

    def _everyone(self) -> list[Told]:
        """Those who left the earliest first, those in care last."""
        lives, size = self._lives.all(), self._size
        today = [life for life in lives if life.running]
        past = [life for life in lives if not life.running]
        standing = [Told(today[at % len(today)], at) for at in range(size.children)]
        self._chance.shuffle(standing)
        gone, cases = [], sum(told.life.cases for told in standing)
        while cases < size.cases:
            weeks_ago = self._chance.randrange(2, 52 * size.years)
            gone.append(Told(self._chance.choice(past), len(gone), weeks_ago))
            cases += gone[-1].life.cases
        return [*sorted(gone, key=lambda told: -told.weeks_ago), *standing]

    def _write_together(self, together: Sequence[Told]) -> None:
        tables: dict[str, list[str]] = {table: [] for table in OF_A_CHILD}
        in_time: dict[str, list[tuple[str, str, str]]] = {table: [] for table in NUMBERED}
        for told in together:
            around = self._staff.around(told.life, told.number)
            plain, numbered = self._stamp.press(told.life, told.weeks_ago, around,
                                                self._staff.name())
            for table, text in plain.items():
                tables[table].append(text)
            for table, rows in numbered.items():
                in_time[table] += rows
        for table, texts in tables.items():
            self._bulk.take(table, self._lives.columns[table], "".join(texts))
        for table, rows in in_time.items():
            self._write_in_time(table, sorted(rows))
        self._bulk.take("sealed_batch", Chain.COLUMNS,
                        self._bulk.written.rows(self._chain.batches()))

    def _write_in_time(self, table: str, rows: Sequence[tuple[str, str, str]]) -> None:
        sealed, cell, end = table in SEALED_TABLES, *self._bulk.written.ends
        columns = ["seq", *self._lives.columns[table], *(["mac"] if sealed else [])]
        self._bulk.take(table, columns, "".join(
            f"{number}{cell}{row}{cell + mac if sealed else ''}{end}"
            for number, (_, row, mac) in enumerate(rows, self._last[table] + 1)
        ))
        self._last[table] += len(rows)
        if sealed:
            self._chain.add(table, [mac for _, _, mac in rows])


def _bulk(database: Database, url: str) -> AbstractContextManager[Bulk]:
    if database.file:
        return sqlite_bulk(database.file, _say)
    return postgres_bulk(url, _say)


def _say(what: str) -> None:
    if sys.stderr.isatty():
        click.echo(what, err=True)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__,
                                    formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("url")
    asked.add_argument("--size", choices=SIZES, default="large")
    asked.add_argument("--share", type=float, default=1.0)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--lives", type=Path, required=True)
    said = asked.parse_args()
    if not said.lives.exists():
        tell_lives(said.lives)
    load(said.url, SIZES[said.size].of_share(said.share), said.seed, said.lives)


if __name__ == "__main__":
    main()
