"""A life as text with blanks, from which any number of lives is stamped.

Every id, date and reference of the rows is a blank; what is left is as the product wrote it. Only
the flow's own tokens stay: they are unique within a case, and its state names them.
"""

import hashlib
import hmac
import re
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from lives import KEY
from sqlalchemy import select

from engine.cases import ALPHABET
from engine.seal import SEALED_TABLES
from engine.store.base import to_json
from engine.store.database import Database

OF_A_CHILD = {
    "child": "id = :child",
    **dict.fromkeys(("care_period", "placement", "enrolment", "involvement", "case", "task",
                     "record_version", "statutory_review", "clock", "lacking", "plan_figures",
                     "section_rating", "premium_use"), "child_id = :child"),
    "timer": 'case_id IN (SELECT id FROM "case" WHERE child_id = :child)',
    "record_value": "version_id IN (SELECT id FROM record_version WHERE child_id = :child)",
    "submission": "task_id IN (SELECT id FROM task WHERE child_id = :child)",
}
"""The tables in which a life leaves rows, and which of them are its own."""
NUMBERED = {
    "event": "child_id = :child",
    "audit": "child_id = :child OR (child_id IS NULL AND instr(data, :named) > 0)",
    "outbox": 'case_id IN (SELECT id FROM "case" WHERE child_id = :child)',
}
"""As `OF_A_CHILD`, of tables whose rows stand in the order of time."""
MOMENT = {"event": "at", "audit": "at", "outbox": "created_at"}

NAMED = {"given_names": "__given__", "family_name": "__family__"}
"""What stands in the child's row until it is stamped."""

_BLANK = re.compile(
    r"(?P<sha>(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f]))"
    r"|(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
    r"|(?P<hex>(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f]))"
    r"|(?P<day>(?<!\d)\d{4}-\d\d-\d\d(?!\d))"
    r"|(?P<reference>\b[A-Z0-9]{4}-[A-Z0-9]{4}\b)"
    r"|(?P<upn>\b[A-Z]\d{12}\b)"
)


@dataclass(frozen=True, slots=True)
class Written:
    """How a store's bulk load wants its rows as text."""

    cell: str
    row: str
    nothing: str
    escaped: Sequence[tuple[str, str]] = ()

    @property
    def ends(self) -> tuple[str, str]:
        """What ends a cell, and what a row."""
        return self.cell, self.row

    def rows(self, rows: Iterable[Sequence[Any]]) -> str:
        return "".join(self.cell.join(map(self.text, row)) + self.row for row in rows)

    def text(self, value: Any) -> str:
        if value is None:
            return self.nothing
        text = "\\x" + value.hex() if isinstance(value, bytes) else str(value)
        for character, instead in self.escaped:
            text = text.replace(character, instead)
        return text


@dataclass(slots=True)
class Numbered:
    """Rows of one table that will get a number, and a MAC where it is sealed."""

    moments: list[str]
    rows: str
    bodies: str = ""
    """What each MAC is made over."""


@dataclass(slots=True)
class Life:
    name: str
    cases: int
    running: bool
    blanks: "Blanks"
    own: Mapping[str, str]
    """By role, the id of who holds it for the child, or did last."""
    tables: dict[str, str] = field(default_factory=dict)
    numbered: dict[str, Numbered] = field(default_factory=dict)


class Blanks:
    """The blanks of a life, and what stood there."""

    def __init__(self, references: Collection[str]) -> None:
        self._known_references = references
        self.ids: dict[str, int] = {}
        self.days: dict[str, None] = {}
        self.shas: dict[str, int] = {}
        self.references: dict[str, int] = {}
        self.upns: dict[str, int] = {}

    def make(self, text: str, kept: set[str]) -> str:
        def blank(found: re.Match[str]) -> str:
            what, said = str(found.lastgroup), found.group()
            if what in ("id", "hex"):
                plain = said.replace("-", "")
                if plain in kept:
                    return said
                return f"%({what}{self.ids.setdefault(plain, len(self.ids))})s"
            if what == "day":
                self.days[said] = None
                return f"%({said})s"
            if what == "reference" and said not in self._known_references:
                return said
            known = {"sha": self.shas, "reference": self.references, "upn": self.upns}[what]
            return f"%({what}{known.setdefault(said, len(known))})s"

        return _BLANK.sub(blank, text.replace("%", "%%"))


class Lives:
    """The lives in a database that `tell_lives` made."""

    def __init__(self, file: Path, written: Written) -> None:
        self._raw = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        self._typed = Database(f"sqlite:///{file}")
        self._written = written
        self.columns = {table: self._columns_of(table) for table in (*OF_A_CHILD, *NUMBERED)}
        self.people = dict(self._raw.execute("SELECT id, name FROM person"))
        self.schools = dict(self._raw.execute("SELECT id, name FROM school"))
        self.teams = [each for each, in self._raw.execute("SELECT id FROM team")]
        self._kept = self._stay()
        self._references = {each for each, in self._raw.execute(
            'SELECT reference FROM child UNION SELECT reference FROM "case"'
        )}
        self._sealed = self._read_sealed()

    def rows_of(self, table: str) -> tuple[list[str], str]:
        """A whole table that every council shares, such as the releases: columns and rows."""
        found = self._raw.execute(f'SELECT * FROM "{table}"')  # noqa: S608 (our own names)
        return [each[0] for each in found.description], self._written.rows(found)

    def all(self) -> list[Life]:
        """Those in care first, in the order in which they were told."""
        found = [self._life(child) for child, in self._raw.execute("SELECT id FROM child")]
        return sorted(found, key=lambda life: not life.running)

    def close(self) -> None:
        self._raw.close()
        self._typed.engine.dispose()

    def _life(self, child: str) -> Life:
        asked = {"child": child, "named": str(UUID(child))}
        [name], [cases, running] = (
            self._raw.execute(statement, asked).fetchone() for statement in (
                "SELECT given_names FROM child WHERE id = :child",
                "SELECT count(*), sum(status IN ('open', 'incident')) FROM \"case\""
                " WHERE child_id = :child",
            )
        )
        own = self._raw.execute(
            "SELECT role, person_id FROM involvement WHERE child_id = :child ORDER BY starts_on",
            asked,
        )
        life = Life(name, cases, bool(running), Blanks(self._references), dict(own))
        for table, mine in OF_A_CHILD.items():
            text = self._written.rows(self._own_rows(table, mine, asked))
            life.tables[table] = life.blanks.make(text, self._kept)
        for blank in NAMED.values():
            life.tables["child"] = life.tables["child"].replace(blank, f"%({blank.strip('_')})s")
        for table, mine in NUMBERED.items():
            life.numbered[table] = self._numbered(life, table, mine, asked)
        return life

    def _own_rows(self, table: str, mine: str, asked: Mapping[str, str]) -> Iterable[Any]:
        columns = ", ".join(
            f"'{NAMED[each]}'" if table == "child" and each in NAMED else f'"{each}"'
            for each in self.columns[table]
        )
        order = "seq" if table in NUMBERED else "rowid"
        return self._raw.execute(
            f'SELECT {columns} FROM "{table}" WHERE {mine} ORDER BY {order}', asked  # noqa: S608
        )

    def _numbered(self, life: Life, table: str, mine: str, asked: Mapping[str, str]) -> Numbered:
        rows = list(self._own_rows(table, mine, asked))
        at = self.columns[table].index(MOMENT[table])
        text = life.blanks.make(self._written.rows(rows), self._kept)
        found = Numbered([row[at] for row in rows], text)
        if table in SEALED_TABLES:
            number = self.columns[table].index("id")
            bodies = "\n".join(self._sealed[UUID(row[number])] for row in rows)
            found.bodies = life.blanks.make(bodies, self._kept)
        return found

    def _read_sealed(self) -> dict[UUID, str]:
        """By id of an event or of an audit row, what its MAC is made over."""
        found = {}
        with self._typed.engine.connect() as connection:
            for name, table in SEALED_TABLES.items():
                for row in connection.execute(select(table)).mappings():
                    said = {k: v for k, v in row.items() if k not in ("seq", "mac")}
                    found[row["id"]] = to_json([name, said])
        return found

    def _columns_of(self, table: str) -> list[str]:
        columns = [row[1] for row in self._raw.execute(f'PRAGMA table_info("{table}")')]
        return [each for each in columns if table not in NUMBERED or each not in ("seq", "mac")]

    def _stay(self) -> set[str]:
        """Ids that every stamped life keeps: of releases, of the flow's tokens, of Pepway."""
        return {
            each for statement in ("SELECT id FROM release", "SELECT token FROM task",
                                   "SELECT token FROM timer")
            for each, in self._raw.execute(statement)
        } | {"0" * 32}


class Stamp:
    """Fills the blanks: new ids, other dates, references that nobody has."""

    def __init__(self, chance: Random, written: Written) -> None:
        self._chance, self._row = chance, written.row
        self._references: set[str] = set()
        self._upns = 0

    def press(
        self, life: Life, weeks_ago: int, people: Mapping[str, str], name: str
    ) -> tuple[dict[str, str], dict[str, list[tuple[str, str, str]]]]:
        """Text of the rows by table; and of the numbered ones (moment, text, MAC or nothing).

        `people` says by hexadecimal id who and which school stands there instead.
        """
        filled = self._fill(life.blanks, timedelta(weeks=weeks_ago), people)
        filled["given"], _, filled["family"] = name.partition(" ")
        tables = {table: text % filled for table, text in life.tables.items()}
        return tables, {
            table: self._number(numbered, filled) for table, numbered in life.numbered.items()
        }

    def new_id(self) -> str:
        """Hexadecimal, as random as the product's, but from the seed."""
        text = f"{self._chance.getrandbits(128):032x}"
        return f"{text[:12]}4{text[13:16]}a{text[17:]}"

    def _number(
        self, numbered: Numbered, filled: Mapping[str, str]
    ) -> list[tuple[str, str, str]]:
        moments = [filled[each[:10]] + each[10:] for each in numbered.moments]
        rows = (numbered.rows % filled).split(self._row)[:-1]
        if not numbered.bodies:
            return [(moment, row, "") for moment, row in zip(moments, rows, strict=True)]
        bodies = (numbered.bodies % filled).split("\n")
        return [
            (moment, row, hmac.digest(KEY, body.encode(), hashlib.sha256).hex())
            for moment, row, body in zip(moments, rows, bodies, strict=True)
        ]

    def _fill(
        self, blanks: Blanks, ago: timedelta, people: Mapping[str, str]
    ) -> dict[str, str]:
        filled = {day: _earlier(day, ago) for day in blanks.days}
        for told, number in blanks.ids.items():
            new = people.get(told) or self.new_id()
            filled[f"hex{number}"] = new
            filled[f"id{number}"] = f"{new[:8]}-{new[8:12]}-{new[12:16]}-{new[16:20]}-{new[20:]}"
        for number in blanks.shas.values():
            filled[f"sha{number}"] = f"{self._chance.getrandbits(256):064x}"
        for number in blanks.references.values():
            filled[f"reference{number}"] = self._new_reference()
        for number in blanks.upns.values():
            self._upns += 1
            filled[f"upn{number}"] = f"Z{self._upns:012d}"
        return filled

    def _new_reference(self) -> str:
        while True:
            letters = "".join(self._chance.choices(ALPHABET, k=8))
            if letters not in self._references:
                self._references.add(letters)
                return f"{letters[:4]}-{letters[4:]}"


def _earlier(day: str, ago: timedelta) -> str:
    return (date.fromisoformat(day) - ago).isoformat() if ago else day
