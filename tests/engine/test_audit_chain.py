"""Rows are chained in batches as they are committed; whatever is then altered is found."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import timedelta

import pytest
from plain_domain import ANN, BEN, CAT, CHILD
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from engine.audit import record_view
from engine.cases import open_case
from engine.domain import SYSTEM
from engine.seal import SealedBatch, mac_of
from engine.sealer import anchors_in, chain_head, seal_committed_rows
from engine.store.models import Audit, Event
from engine.tampering import find_tampering


@pytest.fixture
def letter(council):
    council.load("letter")
    letter = council.case(open_case(council.by(ANN), "letter", CHILD))
    letter.to_check()
    return letter


@pytest.fixture
def sealed(letter):
    """A council with a few batches: the letter's rows, then five looks of Ben's in each."""
    for _ in range(3):
        seal_committed_rows(letter.by(SYSTEM))
        look(letter.council, 5)
    seal_committed_rows(letter.by(SYSTEM))
    assert found(letter.council) == []
    return letter.council


def look(council, times=1):
    for _ in range(times):
        council.clock.move_on(timedelta(minutes=1))
        record_view(council.by(BEN), "see_case", CHILD, "case:1", "social_worker")


def found(council, *anchors):
    return find_tampering(council.by(SYSTEM), anchors).findings


def change(council, *statements):
    """As someone would who has the database and not the key."""
    with council.installation.database.as_owner() as owner, owner.begin() as database:
        for statement in statements:
            database.execute(statement)


def rows(council, model, order=None):
    with council.by(SYSTEM).begin(writing=False) as work:
        return list(work.session.scalars(select(model).order_by(order or model.seq)))


def chain(council):
    return rows(council, SealedBatch, SealedBatch.number)


def test_every_committed_row_is_in_one_batch_and_each_batch_follows_one(sealed):
    batches = chain(sealed)
    numbers = [
        (name, number)
        for batch in batches
        for name, runs in batch.rows.items()
        for first, last in runs
        for number in range(first, last + 1)
    ]

    assert len(batches) == 4
    assert [batch.previous for batch in batches[1:]] == [batch.head for batch in batches[:-1]]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) == {("event", row.seq) for row in rows(sealed, Event)} | {
        ("audit", row.seq) for row in rows(sealed, Audit)
    }


def test_with_nothing_new_no_batch_is_made(sealed):
    assert seal_committed_rows(sealed.by(SYSTEM)) == 0
    assert len(chain(sealed)) == 4


def test_a_long_backlog_is_sealed_in_batches_at_once(council):
    with council.by(ANN).begin() as work:
        for number in range(2_500):
            work.audit("see_case", child_id=CHILD, about=f"case:{number}")

    assert seal_committed_rows(council.by(SYSTEM)) == 2_500
    assert len(chain(council)) == 3
    assert found(council) == []


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Event, {"actor_id": CAT.id}),
        (Event, {"data": {"element": "something_else"}}),
        (Event, {"at": Event.at}),
        (Audit, {"actor_id": CAT.id}),
        (Audit, {"action": "looked_away"}),
        (Audit, {"reason": "because"}),
        (Audit, {"child_id": CAT.id}),
        (Audit, {"mac": "0" * 64}),
    ],
)
@pytest.mark.parametrize("place", [0, -1])
def test_a_changed_row_is_found_and_named(sealed, model, values, place):
    row = rows(sealed, model)[place]
    if "at" in values:
        values = {"at": row.at + timedelta(seconds=1)}
    assert any(getattr(row, name) != value for name, value in values.items())

    change(sealed, update(model).where(model.seq == row.seq).values(values))

    name = model.__tablename__
    assert found(sealed) == [f"{name} {row.seq} was changed after being written ({row.id})."]


def test_a_changed_row_that_waits_to_be_sealed_is_found_too(sealed):
    look(sealed)
    row = rows(sealed, Audit)[-1]

    change(sealed, update(Audit).where(Audit.seq == row.seq).values(reason="because"))

    said = [f"audit {row.seq} was changed after being written ({row.id})."]
    assert found(sealed) == said
    seal_committed_rows(sealed.by(SYSTEM))
    assert found(sealed) == said


def test_removed_rows_are_found_and_named(sealed):
    second, third, *_, last = rows(sealed, Audit)[1:]

    change(sealed, delete(Audit).where(Audit.seq.in_([second.seq, third.seq, last.seq])))

    assert found(sealed) == [
        f"audit {second.seq} to {third.seq} were removed after being sealed in batch 1.",
        f"audit {last.seq} was removed after being sealed in batch 4.",
    ]


def test_a_row_inserted_into_a_gap_is_found_even_if_it_was_made_with_the_key(council):
    look(council)
    change(council, update(Audit).values(seq=Audit.seq + 10))
    look(council)
    seal_committed_rows(council.by(SYSTEM))
    assert found(council) == []
    row = Audit(**values_of(rows(council, Audit)[0], id=CHILD, seq=5, seen_once=None))
    row.mac = mac_of(council.installation.audit_key, "audit", values_of(row))

    change(council, insert(Audit).values(values_of(row)))

    assert found(council) == ["audit 5 was inserted after batch 1 was sealed."]


def test_rows_that_changed_places_are_found(sealed):
    first, second = rows(sealed, Audit)[-2:]

    change(sealed, *(
        update(Audit).where(Audit.seq == old).values(seq=new)
        for old, new in ((first.seq, 900), (second.seq, first.seq), (900, second.seq))
    ))

    assert found(sealed) == [
        "batch 4 was changed after being sealed, or its rows exchanged among themselves: "
        f"audit {first.seq - 3} to {second.seq}."
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"head": "1" * 64}, "batch 2 was changed after being sealed, or its rows"),
        ({"event_to": 10_000}, "batch 2 was changed after being sealed: it cannot be read."),
        ({"at": SealedBatch.at}, "batch 2 was changed after being sealed, or its rows"),
        ({"rows": []}, "batch 2 was changed after being sealed: it cannot be read."),
        ({"previous": "1" * 64}, "batch 2 does not follow from the one before it."),
    ],
)
def test_a_changed_batch_is_found(sealed, values, said):
    if "at" in values:
        values = {"at": chain(sealed)[1].at + timedelta(seconds=1)}

    change(sealed, update(SealedBatch).where(SealedBatch.number == 2).values(values))

    assert found(sealed)[0].startswith(said)


def test_a_row_whose_removal_was_written_into_the_batch_is_found(sealed):
    *_, row = rows(sealed, Audit)

    change(
        sealed,
        delete(Audit).where(Audit.seq == row.seq),
        update(SealedBatch).where(SealedBatch.number == 4)
        .values(rows={"event": [], "audit": [[row.seq - 4, row.seq - 1]]}),
    )

    assert found(sealed)[0].startswith("batch 4 was changed after being sealed")


def test_a_batch_that_is_gone_from_the_middle_is_found(sealed):
    change(sealed, delete(SealedBatch).where(SealedBatch.number == 2))

    assert found(sealed)[0] == "batch 2 is missing from the chain."


def test_a_tail_that_was_removed_whole_is_found_by_an_anchor_and_only_so(sealed):
    before_the_end = chain_head(sealed.by(SYSTEM))
    *_, third, fourth = chain(sealed)

    change(sealed, delete(Audit).where(Audit.seq > third.audit_to),
           delete(SealedBatch).where(SealedBatch.number == fourth.number))

    assert found(sealed) == []
    assert found(sealed, before_the_end) == [
        "batch 4 has an anchor and is gone: the end was removed."
    ]


def test_a_chain_made_anew_with_the_key_is_found_by_an_anchor(sealed):
    kept = chain_head(sealed.by(SYSTEM))
    *_, last = rows(sealed, Audit)
    change(sealed, delete(SealedBatch), delete(Audit).where(Audit.seq == last.seq))
    for _ in range(4):
        seal_committed_rows(sealed.by(SYSTEM))
        look(sealed)

    assert found(sealed) == []
    assert found(sealed, kept) == ["batch 4 is not the one that the anchor was made of."]


def test_an_anchor_is_read_back_from_the_log(sealed, caplog):
    caplog.set_level("INFO", "engine.sealer")
    look(sealed)
    seal_committed_rows(sealed.by(SYSTEM))

    [kept] = anchors_in(caplog.text)

    assert kept.number == 5
    assert found(sealed, kept) == []


def test_what_no_type_accepts_is_a_changed_row_and_no_crash(sealed):
    altered = rows(sealed, Audit)[:6]
    junk = ["at = 'infinity'", "data = '7'"]
    if sealed.installation.database.is_sqlite:
        respelt = "upper(substr(actor_id, 1, 8)) || '-' || substr(actor_id, 9)"
        junk += ["data = '{'", f"actor_id = {respelt}", "at = replace(at, 'T', ' ')",
                 "at = replace(at, '.000000', '')"]

    change(sealed, *(
        text(f"UPDATE audit SET {each} WHERE seq = {row.seq}")  # noqa: S608 (our own words)
        for each, row in zip(junk, altered, strict=False)
    ))

    assert [line.split(" was ")[0] for line in found(sealed)] == [
        f"audit {row.seq}" for row in altered[:len(junk)]
    ]


@pytest.mark.parametrize("statement", ["UPDATE sealed_batch SET head = 'x'",
                                       "DELETE FROM sealed_batch"])
def test_the_database_itself_refuses_to_change_a_batch(installation, statement):
    by = installation.acting(SYSTEM)
    record_view(by, "see_case", CHILD, "case:1", "social_worker")
    assert seal_committed_rows(by) == 1

    refused = pytest.raises(DatabaseError, match="a sealed batch stays as it is")
    with installation.database.as_owner() as owner, refused, owner.begin() as database:
        database.exec_driver_sql(statement)

    assert find_tampering(by).findings == []


def test_twenty_writers_and_two_sealers_make_one_chain(installation):
    by = installation.acting(SYSTEM)
    done = threading.Event()

    def seal():
        while not done.is_set():
            seal_committed_rows(by)

    with ThreadPoolExecutor(max_workers=22) as people:
        sealers = [people.submit(seal) for _ in range(2)]
        writers = [people.submit(write_and_sometimes_fail, by, number) for number in range(20)]
        wait(writers)
        done.set()
    for sealer in sealers:
        sealer.result()
    written = sum(writer.result() for writer in writers)
    seal_committed_rows(by)

    verdict = find_tampering(by)
    assert verdict.findings == []
    assert (verdict.rows, verdict.unsealed) == (2 * written, 0)
    assert verdict.batches > 3
    assert 100 < written < 240


def write_and_sometimes_fail(by, writer):
    """Twelve actions that take their time, of which some are rolled back; how many were not."""
    chance, written = random.Random(writer), 0
    for number in range(12):
        luck = chance.random()
        with suppress(ZeroDivisionError), by.begin() as work:
            work.audit("see_case", about=f"case:{writer}-{number}")
            work.event(None, "noted", writer=writer)
            work.write()
            time.sleep(luck / 100)
            written += 1 / (luck > 0.2)
    return written


def values_of(row, **but):
    return {column.key: getattr(row, column.key) for column in row.__table__.columns} | but
