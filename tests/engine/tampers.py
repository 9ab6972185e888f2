"""Tampering by chance: what somebody may do who has the database and not the audit key.

Each way gives a `Tamper`: the statements, and the places at which they change something. Rows that
are not sealed yet are only altered: that one of them is gone or moved is what the chain is for, and
they are not in it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Uuid, delete, insert, update

from engine.seal import SealedBatch, head_of, mac_of
from engine.store.models import Audit, Event

WRONG_KEY = b"w" * 32
FREE = (0, 9_000)
"""Numbers that no row has, before the first and after the last."""
BEFORE_ALL = datetime(2020, 1, 1, tzinfo=UTC)
Place = tuple[str, int]
"""`("audit", 7)`, or `("batch", 2)`."""


@dataclass
class Tamper:
    way: str
    statements: list[Any]
    places: set[Place]
    only_by_anchor: bool = False
    """Whether what is left looks whole to whoever has kept no anchor."""

    def __str__(self) -> str:
        return f"{self.way} at {sorted(self.places)}: {'; '.join(map(str, self.statements))}"


@dataclass
class Tables:
    """What stood there before, in the order of its numbers."""

    event: list[Any]
    audit: list[Any]
    batches: list[Any]
    gaps: dict[str, list[int]] = field(default_factory=dict)
    """By table, the numbers between sealed rows that were never used."""

    def __post_init__(self) -> None:
        for name in ("event", "audit"):
            used = {row.seq for row in self.of(name)}
            self.gaps[name] = [n for n in range(1, self.last(name)) if n not in used]

    def of(self, name: str) -> list[Any]:
        return self.event if name == "event" else self.audit

    def last(self, name: str) -> int:
        """The last sealed row of a table."""
        return int(getattr(self.batches[-1], f"{name}_to"))

    def sealed(self, name: str) -> list[Any]:
        return [row for row in self.of(name) if row.seq <= self.last(name)]

    def batch_of(self, name: str, seq: int) -> int:
        return next(batch.number for batch in self.batches if seq <= getattr(batch, f"{name}_to"))

    def rows_of(self, batch: Any) -> set[Place]:
        return {(name, number) for name, runs in batch.rows.items()
                for first, last in runs for number in range(first, last + 1)}


def tamper(chance: Random, tables: Tables) -> Tamper:
    while True:
        way = chance.choice(WAYS)
        made = way(chance, tables)
        if made is not None:
            statements, places, *only = made
            return Tamper(way.__name__, statements, places, *only)


def alter(chance: Random, tables: Tables) -> Any:
    """One cell of a row gets what stands in another row, or what never stood there."""
    name, model = some_table(chance)
    row, other = chance.sample(tables.of(name), 2)
    column = chance.choice([each for each in model.__table__.columns if each.key != "seq"])
    value = getattr(other, column.key)
    if column.unique or column.key == "seen_once" or chance.random() < 0.5:
        value = never_stood_there(chance, column)
    if value == getattr(row, column.key):
        return None
    return [changed(model, row.seq, **{column.key: value})], {(name, row.seq)}


def alter_and_seal_with_a_wrong_key(chance: Random, tables: Tables) -> Any:
    name, model = some_table(chance)
    row = chance.choice(tables.of(name))
    action = {"kind" if name == "event" else "action": "looked_away"}
    mac = mac_of(WRONG_KEY, name, values_of(row, **action))
    return [changed(model, row.seq, **action, mac=mac)], {(name, row.seq)}


def move(chance: Random, tables: Tables) -> Any:
    """One row gets another number. After the last batch it is one that waits to be sealed: that it
    is gone from its own place is what can be told."""
    name, model = some_table(chance)
    row = chance.choice(tables.sealed(name))
    seq = chance.choice([*FREE, -1, *tables.gaps[name]])
    places = {(name, row.seq)} | ({(name, seq)} if seq < tables.last(name) else set())
    return [changed(model, row.seq, seq=seq)], places


def remove(chance: Random, tables: Tables) -> Any:
    """One row, or all between two."""
    name, model = some_table(chance)
    first, last = sorted(row.seq for row in chance.choices(tables.sealed(name), k=2))
    if chance.random() < 0.5:
        last = first
    gone = {(name, row.seq) for row in tables.sealed(name) if first <= row.seq <= last}
    return [delete(model).where(model.seq.between(first, last))], gone


def insert_one(chance: Random, tables: Tables) -> Any:
    """A row once more with an id of its own: with the old MAC, or one of a wrong key."""
    name, model = some_table(chance)
    own = {"id": UUID(int=chance.getrandbits(128)),
           "seq": chance.choice([*FREE, *tables.gaps[name]])}
    if name == "audit":
        own["seen_once"] = None
    values = values_of(chance.choice(tables.of(name)), **own)
    if chance.random() < 0.5:
        values["mac"] = mac_of(WRONG_KEY, name, values)
    return [insert(model).values(values)], {(name, own["seq"])}


def exchange(chance: Random, tables: Tables) -> Any:
    """Two rows change places."""
    return places_changed(chance, tables, 2)


def reorder(chance: Random, tables: Tables) -> Any:
    """Some rows go round."""
    return places_changed(chance, tables, chance.randint(3, 5))


def alter_batch(chance: Random, tables: Tables) -> Any:
    batch, other = chance.sample(tables.batches, 2)
    column = chance.choice([each for each in SealedBatch.__table__.columns if each.key != "number"])
    value = getattr(other, column.key)
    if column.unique or chance.random() < 0.5:
        value = never_stood_there(chance, column)
    if value == getattr(batch, column.key):
        return None
    return [changed_batch(batch, **{column.key: value})], {("batch", batch.number)}


def move_batch(chance: Random, tables: Tables) -> Any:
    batch = chance.choice(tables.batches)
    number = chance.choice([*FREE, -1])
    return [changed_batch(batch, number=number)], {("batch", batch.number), ("batch", number)}


def remove_batch(chance: Random, tables: Tables) -> Any:
    batch = chance.choice(tables.batches)
    last = batch is tables.batches[-1]
    return ([delete(SealedBatch).where(SealedBatch.number == batch.number)],
            {("batch", batch.number)}, last)


def replace_batch(chance: Random, tables: Tables) -> Any:
    """All that a batch says becomes what another one said; or its own, with a wrong key's head."""
    batch, other = chance.sample(tables.batches, 2)
    if chance.random() < 0.5:
        says = values_of(batch, at=batch.at + timedelta(seconds=chance.randrange(1, 99)))
        says["head"] = head_of(WRONG_KEY, says, macs_of(tables, batch))
    else:
        says = values_of(other, number=batch.number, previous=f"{chance.getrandbits(256):064x}")
    return [changed_batch(batch, **says)], {("batch", batch.number)}


def hide_a_removal(chance: Random, tables: Tables) -> Any:
    """A row is gone, its batch says so, and all heads from there on are made with a wrong key."""
    name, model = some_table(chance)
    row = chance.choice(tables.sealed(name))
    number = tables.batch_of(name, row.seq)
    batch = tables.batches[number - 1]
    left = [each for each in sorted(at for of, at in tables.rows_of(batch) if of == name)
            if each != row.seq]
    says = {**batch.rows, name: [[each, each] for each in left]}
    statements = [delete(model).where(model.seq == row.seq)]
    previous = batch.previous
    for each in tables.batches[number - 1:]:
        values = values_of(each, previous=previous, rows=says if each is batch else each.rows)
        if each is batch and left:
            values[f"{name}_to"] = max(left)
        previous = head_of(WRONG_KEY, values, macs_of(tables, each))
        statements.append(changed_batch(each, **{**values, "head": previous}))
    return statements, {("batch", each.number) for each in tables.batches[number - 1:]}


def cut_the_end(chance: Random, tables: Tables) -> Any:
    """The last batches, and the rows that only they held; those that wait to be sealed as well."""
    first = chance.randint(2, len(tables.batches))
    before = tables.batches[first - 2]
    statements = [
        delete(SealedBatch).where(SealedBatch.number >= first),
        delete(Event).where(Event.seq > before.event_to),
        delete(Audit).where(Audit.seq > before.audit_to),
    ]
    return statements, {("batch", each.number) for each in tables.batches[first - 1:]}, True


WAYS: tuple[Callable[[Random, Tables], Any], ...] = (
    alter, alter, alter, alter_and_seal_with_a_wrong_key, move, remove, insert_one, exchange,
    reorder, alter_batch, alter_batch, move_batch, remove_batch, replace_batch, hide_a_removal,
    cut_the_end,
)


def places_changed(chance: Random, tables: Tables, several: int) -> Any:
    name, model = some_table(chance)
    if len(tables.sealed(name)) < several:
        return None
    old = [row.seq for row in chance.sample(tables.sealed(name), several)]
    new = [*old[1:], old[0]]
    away = [changed(model, seq, seq=20_000 + seq) for seq in old]
    back = [changed(model, 20_000 + seq, seq=to) for seq, to in zip(old, new, strict=True)]
    return [*away, *back], {("batch", tables.batch_of(name, seq)) for seq in old}


def some_table(chance: Random) -> tuple[str, Any]:
    model = chance.choice([Event, Audit])
    return model.__tablename__, model


def never_stood_there(chance: Random, column: Any) -> Any:
    if isinstance(column.type, Uuid):
        return UUID(int=chance.getrandbits(128))
    if isinstance(column.type, JSON):
        return chance.choice([
            {}, [], {"event": [], "audit": []}, {"event": [[1, 10**12]], "audit": [[1, 10**12]]},
            {"event": "x", "audit": 7}, {"a": chance.random()}])
    if column.key == "at":
        return BEFORE_ALL + timedelta(seconds=chance.randrange(10**6))
    if column.key.endswith("_to"):
        return chance.choice([-1, 0, chance.randrange(10**4), 10**15])
    return f"{chance.getrandbits(256):064x}"[: column.type.length or 64]


def macs_of(tables: Tables, batch: Any) -> dict[str, list[str]]:
    rows = tables.rows_of(batch)
    return {name: [row.mac for row in tables.of(name) if (name, row.seq) in rows]
            for name in ("event", "audit")}


def changed(model: Any, row: int, /, **values: Any) -> Any:
    return update(model).where(model.seq == row).values(values)


def changed_batch(batch: Any, **values: Any) -> Any:
    return update(SealedBatch).where(SealedBatch.number == batch.number).values(values)


def values_of(row: Any, **but: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns} | but


_NAMED = re.compile(r"(event|audit|batch)(?:es)? (-?\d+)(?: to (-?\d+))?")


def named_in(findings: Iterable[str]) -> list[tuple[str, int, int]]:
    """Rows and batches that the sentences begin with: what they are, the first and the last."""
    found = []
    for sentence in findings:
        said = _NAMED.match(sentence)
        assert said, sentence
        found.append((said[1], int(said[2]), int(said[3] or said[2])))
    return found


def not_located(tampered: Tamper, findings: Iterable[str]) -> set[Place]:
    """Places that no sentence names."""
    named = named_in(findings)
    return {(what, at) for what, at in tampered.places
            if not any(what == of and first <= at <= last for of, first, last in named)}


def falsely_accused(tampered: Tamper, tables: Tables, findings: Iterable[str]) -> list[str]:
    """Sentences of rows and batches that nobody touched.

    A batch is touched with its rows, and so is what can no longer be held to it; the one after a
    touched batch may no longer follow from it, and before one of a far number some are missing.
    """
    fair = set(tampered.places) | {(what, at - 1) for what, at in tampered.places
                                   if what == "batch" and at > len(tables.batches)}
    for batch in tables.batches:
        if ("batch", batch.number) in tampered.places:
            fair |= tables.rows_of(batch) | {("batch", batch.number + 1)}
    return [sentence for sentence, (what, first, last)
            in zip(findings, named_in(findings), strict=True)
            if not any(what == of and first <= at <= last for of, at in fair)]
