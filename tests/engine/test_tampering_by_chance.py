"""Whatever is altered, removed, inserted or exchanged by chance is found, and it is said where.

`ROUNDS=10000` plays that many on each store, as `make soak` does.
"""

import os
import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
import tampers
from plain_domain import ANN, BEN, CHILD
from sqlalchemy import delete, func, select
from tampers import Tables, falsely_accused, not_located, tamper

import engine.tampering
from engine.audit import record_view
from engine.cases import open_case
from engine.domain import SYSTEM
from engine.seal import SealedBatch
from engine.sealer import anchors_in, chain_head, seal_committed_rows
from engine.store.models import Audit, Event
from engine.tampering import find_tampering

ROUNDS = int(os.environ.get("ROUNDS", "200"))


@pytest.fixture
def sealed(council):
    """Two letters and some looks, in six batches with a number between them that was never used;
    the last looks wait to be sealed."""
    council.load("letter")
    for number in range(6):
        if number < 2:
            council.case(open_case(council.by(ANN), "letter", CHILD)).to_check()
        look(council, 6)
        never_used(council)
        seal_committed_rows(council.by(SYSTEM))
    look(council, 3)
    assert find_tampering(council.by(SYSTEM)).findings == []
    return council


def look(council, times):
    for _ in range(times):
        council.clock.move_on(timedelta(minutes=1))
        record_view(council.by(BEN), "see_case", CHILD, "case:1", "social_worker")


def never_used(council):
    """As after an action that was taken back: the last look but one has not been."""
    with council.by(SYSTEM).begin() as work:
        last = work.session.scalar(select(func.max(Audit.seq)))
        work.session.execute(delete(Audit).where(Audit.seq == last - 1))


def stands_in(council):
    with council.by(SYSTEM).begin(writing=False) as work:
        return Tables(*(list(work.session.scalars(select(model).order_by(order)))
                        for model, order in ((Event, Event.seq), (Audit, Audit.seq),
                                             (SealedBatch, SealedBatch.number))))


def play(council, rounds, seed):
    """What was not found, not located, or laid at the door of what nobody touched."""
    chance, by, tables = random.Random(seed), council.by(SYSTEM), stands_in(council)
    kept, tried, wrong = chain_head(by), Counter(), []
    for number in range(rounds):
        tampered = tamper(chance, tables)
        tried[tampered.way] += 1
        with suppress(TakenBack), by.begin() as work:
            for statement in tampered.statements:
                work.session.connection().execute(statement)
            told = find_tampering(work, [kept]).findings
            without = find_tampering(work).findings
            raise TakenBack
        missed, accused = not_located(tampered, told), falsely_accused(tampered, tables, told)
        if not told or missed or accused or bool(without) == tampered.only_by_anchor:
            wrong.append(f"round {number} of seed {seed}: {tampered}\n  missed {missed}\n"
                         f"  accused {accused}\n  told {told}\n  without an anchor {without}")
    return wrong, tried


class TakenBack(Exception):
    pass


def test_every_tampering_by_chance_is_found_where_it_is(sealed):
    seed = random.randrange(2**32)

    wrong, tried = play(sealed, ROUNDS, seed)

    assert not wrong, "\n".join(wrong[:3])
    assert set(tried) == {way.__name__ for way in tampers.WAYS}, tried
    assert find_tampering(sealed.by(SYSTEM)).findings == []


def test_all_anchors_of_the_log_are_as_good_as_the_last(sealed, caplog):
    caplog.set_level("INFO", "engine.sealer")
    seal_committed_rows(sealed.by(SYSTEM))

    assert find_tampering(sealed.by(SYSTEM), anchors_in(caplog.text)).findings == []


@pytest.mark.parametrize(
    ("name", "planted"),
    [
        ("mac_of", lambda _key, _table, said: said["mac"]),
        ("head_of", lambda _key, batch, _macs: batch["head"]),
        ("_without", lambda _runs, _others: []),
        ("_span", lambda run: f"{run[0] + 1} was"),
    ],
)
def test_a_verification_that_looks_away_or_elsewhere_is_caught(
    sealed, monkeypatch, name, planted
):
    monkeypatch.setattr(engine.tampering, name, planted)

    wrong, _ = play(sealed, 200, 7)

    assert wrong
