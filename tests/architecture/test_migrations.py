"""The tables that the migrations make are the tables that the code speaks of."""

import pkgutil
from datetime import UTC, date, datetime
from importlib import import_module
from itertools import product
from types import SimpleNamespace
from uuid import UUID

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from procrastinate.schema import SchemaManager
from sqlalchemy import MetaData, Table, delete, insert, select
from sqlalchemy.orm import Session

import engine
import workflows
from engine.store import schema
from engine.store.base import Base
from engine.store.database import Database
from engine.store.models import Outbox, Timer
from engine.store.schema import is_current, migrate
from workflows.children import Child
from workflows.figures.limit_counts import Stands, write_limits
from workflows.figures.tables import LimitCount
from workflows.finding import called


def import_every_model():
    for package in (engine, workflows):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                import_module(module.name)


def test_migrations_make_the_tables_of_the_models(installation):
    import_every_model()

    with installation.database.engine.connect() as connection:
        options = {"compare_type": True, "include_name": _is_ours}
        context = MigrationContext.configure(connection, opts=options)

        assert compare_metadata(context, Base.metadata) == []


def _is_ours(name, _kind, _parents):
    return name is None or not name.startswith(("procrastinate_", "idx_procrastinate_"))


def test_the_schema_of_procrastinate_is_that_of_the_version_installed():
    """A version with another schema wants a migration of ours beside it."""
    kept = schema.MIGRATIONS / "versions" / "0005_procrastinate_3_10_0.sql"

    assert kept.read_text().endswith("\n\n" + SchemaManager.get_schema())


def _upgrade(connection, revision):
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def test_messages_that_wait_keep_their_order_through_the_upgrade(database_url):
    database = Database(database_url)
    with database.as_owner() as owner, owner.begin() as connection:
        _upgrade(connection, "0004")
        before = Table("outbox", MetaData(), autoload_with=connection)
        for minute in (3, 1, 2):
            connection.execute(insert(before), {
                "id": UUID(int=minute).hex, "kind": "posted", "data": "{}", "attempts": 0,
                "created_at": f"2026-03-02 09:0{minute}:00+00:00",
            })

    migrate(database)

    with database.transaction(writing=False) as session:
        rows = session.scalars(select(Outbox).order_by(Outbox.seq))
        assert [row.id.int for row in rows] == [1, 2, 3]
    database.engine.dispose()


def test_timers_and_names_of_before_the_upgrade_are_counted_and_found_after_it(database_url):
    database, at = Database(database_url), "2026-03-02 09:00:00+00:00"
    child, release, case, timer = (UUID(int=number).hex for number in range(1, 5))
    with database.as_owner() as owner, owner.begin() as connection:
        _upgrade(connection, "0010")
        for name, row in {
            "child": {"id": child, "reference": "C", "given_names": "Zoë", "known_as": "",
                      "family_name": "Van Dale", "born_on": date(2015, 2, 3), "legal_status": "",
                      "looked_after_on": date(2026, 1, 5), "out_of_area": False},
            "release": {"id": release, "procedure": "letter", "number": 1, "sha256": "",
                        "state": "live", "origin": "folder", "notes": "", "created_at": at},
            "case": {"id": case, "reference": "R", "procedure": "letter", "release_id": release,
                     "child_id": child, "status": "open", "version": 1, "state": b"",
                     "opened_at": at, "moved_at": at},
            "timer": {"id": timer, "case_id": case, "token": timer, "element": "wait",
                      "expression": "", "due_at": at, "status": "pending", "started_at": at},
        }.items():
            before = Table(name, MetaData(), autoload_with=connection)
            connection.execute(insert(before), row)

    migrate(database)

    with database.as_owner() as owner, Session(owner) as session:
        [waiting] = session.scalars(select(Timer))
        assert (waiting.child_id.int, waiting.procedure) == (1, "letter")
        for search in ("ZOË", "oe", "vandale", "van"):
            assert session.scalar(select(Child.id).where(*called(Child.id, search))).int == 1
    database.engine.dispose()


def test_dates_of_before_the_upgrade_ended_when_they_came_or_with_their_case(database_url):
    database, at, later = Database(database_url), "2026-03-02 09:00:00", "2026-03-05 09:00:00"
    child, release, running, over = (UUID(int=number).hex for number in range(1, 5))
    waited = {"child_id": child, "procedure": "letter", "element": "wait", "expression": "",
              "due_at": at, "started_at": at, "attempts": 0}
    with database.as_owner() as owner, owner.begin() as connection:
        _upgrade(connection, "0045")
        before = {name: Table(name, MetaData(), autoload_with=connection)
                  for name in ("child", "release", "case", "timer")}
        case = {"procedure": "letter", "release_id": release, "child_id": child, "version": 1,
                "state": b"", "opened_at": at, "moved_at": at}
        connection.execute(insert(before["child"]), {
            "id": child, "reference": "C", "given_names": "Zoë", "known_as": "",
            "family_name": "Van Dale", "born_on": date(2015, 2, 3), "legal_status": "",
            "looked_after_on": date(2026, 1, 5), "out_of_area": False})
        connection.execute(insert(before["release"]), {
            "id": release, "procedure": "letter", "number": 1, "sha256": "", "state": "live",
            "origin": "folder", "notes": "", "created_at": at})
        connection.execute(insert(before["case"]), [
            {**case, "id": running, "reference": "R1", "status": "open", "ended_at": None},
            {**case, "id": over, "reference": "R2", "status": "ended", "ended_at": later}])
        connection.execute(insert(before["timer"]), [
            {**waited, "id": UUID(int=number).hex, "token": UUID(int=number).hex,
             "case_id": case_id, "status": status, "fired_at": fired_at}
            for number, (case_id, status, fired_at) in enumerate([
                (running, "pending", None), (running, "fired", at), (running, "cancelled", None),
                (over, "fired", at), (over, "cancelled", None)])])

    migrate(database)

    came, ended = (datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (at, later))
    with database.as_owner() as owner, Session(owner) as session:
        assert list(session.scalars(select(Timer.ended_at).order_by(Timer.id))) == [
            None, came, None, came, ended]
    database.engine.dispose()


def test_limits_of_before_the_upgrade_are_added_up_as_the_figures_add_them_up(database_url):
    database, limits = Database(database_url), limits_of_every_kind()
    with database.as_owner() as owner, owner.begin() as connection:
        _upgrade(connection, "0044")
        connection.execute(insert(Table("clock", MetaData(), autoload_with=connection)), [
            {name: value.hex if isinstance(value, UUID) else value for name, value in row.items()}
            for row in limits
        ])

    migrate(database)

    with database.transaction() as session:
        columns = LimitCount.__table__.columns
        upgraded = set(session.execute(select(*columns)))
        session.execute(delete(LimitCount))
        write_limits(SimpleNamespace(session=session), limits)
        assert upgraded == set(session.execute(select(*columns)))
    assert {row.stands for row in upgraded} == set(Stands)
    database.engine.dispose()


def limits_of_every_kind():
    """Met, or ended, on the day, before and after; open; with a reason and without."""
    due_on = date(2026, 3, 31)
    days = (None, date(2026, 3, 30), due_on, date(2026, 4, 1))
    return [
        {"case_id": UUID(int=number), "deadline": "T2", "child_id": UUID(int=1),
         "procedure": "letter", "due_on": due_on, "met_on": met_on, "ended_on": ended_on,
         "explained": explained, "team_id": None, "school_id": UUID(int=number % 3 + 7),
         "at_limits_on": at_limits_on, "at_pace_on": at_pace_on, "history": 0,
         "decided_by": None, "longer_by": 0}
        for number, (met_on, ended_on, explained, at_pace_on, at_limits_on) in enumerate(
            product(days, days, (True, False), days, days))
    ]


def test_an_empty_database_is_not_current_until_it_is_migrated(database_url):
    database = Database(database_url)

    assert not is_current(database)
    migrate(database)
    assert is_current(database)
    migrate(database)
    database.engine.dispose()
