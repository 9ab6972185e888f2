"""What happened, and who did or saw what, stays as it was written: the database refuses more."""

import pytest
from plain_domain import ANN, CHILD
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

from engine.audit import record_view
from engine.cases import open_case
from engine.domain import SYSTEM
from engine.sealer import seal_committed_rows
from engine.store.models import Audit, Event


@pytest.fixture
def council(migrated_council):
    """One case that has begun, one person who has looked at it, and a seal over both."""
    migrated_council.load("letter")
    case_id = open_case(migrated_council.by(ANN), "letter", CHILD)
    record_view(migrated_council.by(ANN), "see_case", CHILD, f"case:{case_id}", "social_worker")
    seal_committed_rows(migrated_council.by(SYSTEM))
    return migrated_council


def rows(council, table):
    with council.by(SYSTEM).begin(writing=False) as work:
        return work.session.execute(select(*table.__table__.columns).order_by(table.seq)).all()


@pytest.mark.parametrize("table", [Event, Audit])
@pytest.mark.parametrize("case", ["change", "change every row", "remove", "empty"])
def test_what_was_appended_is_neither_changed_nor_removed(council, store, table, case):
    before = rows(council, table)
    first = table.seq == before[0].seq
    statement = {
        "change": update(table).where(first).values(mac="0"),
        "change every row": update(table).values(seq=table.seq + 1000),
        "remove": delete(table).where(first),
        "empty": text(f"TRUNCATE {table.__tablename__} CASCADE") if store == "postgresql"
                 else delete(table),
    }[case]

    refused = pytest.raises(DatabaseError, match=f"{table.__tablename__} is only ever added to")
    with council.installation.database.as_owner() as owner, refused, owner.begin() as database:
        database.execute(statement)

    assert rows(council, table) == before


def test_a_slip_of_our_own_is_refused_too_and_undone(council, store):
    said = {"sqlite": "event is only ever added to", "postgresql": "permission denied for table"}
    with pytest.raises(DatabaseError, match=said[store]):
        _a_slip(council.by(ANN))

    assert {row.kind for row in rows(council, Event)}.isdisjoint({"never_happened"})
    assert {row.action for row in rows(council, Audit)}.isdisjoint({"on_the_way"})


def _a_slip(by):
    with by.begin() as work:
        work.audit("on_the_way")
        work.session.scalars(select(Event)).first().kind = "never_happened"


def test_adding_goes_on_and_a_second_look_in_the_same_minute_is_still_no_row(council):
    before = len(rows(council, Audit))

    record_view(council.by(ANN), "see_case", CHILD, "case:1", "social_worker")
    record_view(council.by(ANN), "see_case", CHILD, "case:1", "social_worker")

    assert len(rows(council, Audit)) == before + 1
