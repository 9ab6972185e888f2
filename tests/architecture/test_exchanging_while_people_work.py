"""What has to be so of tables for two versions to work on them side by side.

`tests/installed/exchanging_versions.py` does it with real processes.
"""

import re

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from engine.errors import Refused
from engine.store import schema
from engine.store.database import Database
from engine.store.schema import WITH_A_STOP, earliest_served, migrate, serve_this_version


def config(connection):
    made = Config()
    made.set_main_option("script_location", str(schema.MIGRATIONS))
    made.attributes["connection"] = connection
    return made


def shape(connection):
    """By table: its columns, with whether a row may be written without them, and its rules."""
    said = inspect(connection)
    return {
        table: (
            {each["name"]: (str(each["type"]), each["nullable"] or each["default"] is not None)
             for each in said.get_columns(table)},
            {(f"{each['name']} {each.get('sqltext', '')}", frozenset(each.get("column_names", ())))
             for each in (
                 *said.get_check_constraints(table), *said.get_unique_constraints(table),
                 *(index for index in said.get_indexes(table) if index["unique"]))},
        )
        for table in said.get_table_names()
    }


def narrows(before, after):
    """What an earlier version would stumble over, in sentences."""
    for table, (columns, rules) in before.items():
        if table not in after:
            yield f"{table} is gone"
            continue
        now, rules_now = after[table]
        yield from (f"{table}.{name} is gone or another" for name, kind in columns.items()
                    if now.get(name) != kind)
        yield from (f"{table}.{name} must be written" for name, (_, spared) in now.items()
                    if name not in columns and not spared)
        # One over new columns alone: an earlier version leaves them empty, and empty is no double.
        yield from (f"{table} has a new rule: {rule}" for rule, over in sorted(rules_now - rules)
                    if not over or over & columns.keys())


def test_every_migration_only_adds_or_says_why_pepway_is_stopped_for_it():
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        command.upgrade(config(connection), WITH_A_STOP)
        scripts = list(ScriptDirectory.from_config(config(connection)).walk_revisions())
        for script in reversed(scripts):
            if script.revision > WITH_A_STOP:
                before = shape(connection)
                command.upgrade(config(connection), script.revision)
                found = list(narrows(before, shape(connection)))
                why = getattr(script.module, "needs_a_stop", "")
                assert why or not found, f"{script.revision} wants `needs_a_stop = \"why\"`"
    engine.dispose()


@pytest.mark.parametrize(("statement", "said"), [
    ("ALTER TABLE plan RENAME COLUMN name TO title", "plan.name is gone or another"),
    ("ALTER TABLE plan DROP COLUMN name", "plan.name is gone or another"),
    ("DROP TABLE plan", "plan is gone"),
    ("ALTER TABLE plan RENAME TO plans", "plan is gone"),
    ("CREATE UNIQUE INDEX one_name ON plan (name)", "plan has a new rule: one_name"),
    ("CREATE TABLE other (id INTEGER)", None),
    ("ALTER TABLE plan ADD COLUMN more TEXT", None),
    ("ALTER TABLE plan ADD COLUMN more TEXT NOT NULL DEFAULT ''", None),
    ("CREATE INDEX by_name ON plan (name)", None),
])
def test_what_only_adds_is_told_from_what_does_not(statement, said):
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE plan (id INTEGER PRIMARY KEY, name TEXT)"))
        before = shape(connection)
        connection.execute(text(statement))
        found = [each.strip() for each in narrows(before, shape(connection))]
    engine.dispose()

    assert found == ([said] if said else [])


def test_a_column_that_must_be_written_is_told():
    before = {"plan": ({"id": ("INTEGER", True)}, set())}
    after = {"plan": ({"id": ("INTEGER", True), "more": ("TEXT", False)}, set())}

    assert list(narrows(before, after)) == ["plan.more must be written"]


@pytest.fixture
def database(migrated_url):
    database = Database(migrated_url)
    yield database
    database.engine.dispose()


def of_a_later_version(database, *, that_serves):
    """As a later version leaves the tables, behind a wall that this one does not know."""
    with database.as_owner() as owner, owner.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"COMMENT ON TABLE alembic_version IS '{that_serves}'"))
            connection.execute(text("COMMENT ON VIEW child_in_sight IS 'another'"))
        else:
            connection.execute(text(f"PRAGMA user_version = {that_serves or 0}"))


def test_the_tables_of_a_later_version_serve_where_it_says_so(database):
    of_a_later_version(database, that_serves=earliest_served())

    assert serve_this_version(database)
    migrate(database)
    assert not schema.is_current(database)


@pytest.mark.parametrize("that_serves", ["9998", ""])
def test_the_tables_of_a_later_version_do_not_serve_where_it_does_not(database, that_serves):
    of_a_later_version(database, that_serves=that_serves)

    assert not serve_this_version(database)


def test_a_new_database_says_whom_it_serves(database):
    with database.as_owner() as owner, owner.connect() as connection:
        assert schema._whom_they_serve(connection) == earliest_served()
    assert re.fullmatch(r"\d{4}", earliest_served())


def test_a_migration_waits_for_whoever_writes_and_else_says_so(postgres, monkeypatch):
    monkeypatch.setattr(schema, "PATIENCE_SECONDS", 0)
    url = postgres.new_database()
    database = Database(url)
    with database.as_owner() as owner, owner.begin() as connection:
        command.upgrade(config(connection), "0044")

    with database.as_owner() as owner, owner.begin() as busy:
        busy.execute(text("SELECT count(*) FROM task"))
        with pytest.raises(Refused, match="holds a table"):
            migrate(database)
    assert not serve_this_version(database)
    monkeypatch.undo()
    migrate(database)
    assert schema.is_current(database)
    database.engine.dispose()
    postgres.drop(url)
