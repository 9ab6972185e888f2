"""What PostgreSQL itself refuses to the application, on a real server."""

import pytest
from plain_domain import ANN, CHILD
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from engine.audit import record_view
from engine.cases import open_case
from engine.domain import SYSTEM
from engine.sealer import seal_committed_rows
from engine.store import second_wall
from engine.store.database import Database
from engine.store.models import Case
from engine.store.schema import is_current, is_past_the_wall, may_migrate, migrate
from engine.store.second_wall import NEVER_CHANGED, ONLY_GROW
from engine.store.sight import CHILDS, TABLES, policies


@pytest.fixture
def council(postgres_council):
    case_id = open_case(postgres_council.by(ANN), "waiting", CHILD)
    record_view(postgres_council.by(ANN), "see_case", CHILD, f"case:{case_id}", "social_worker")
    seal_committed_rows(postgres_council.by(SYSTEM))
    return postgres_council


def said(council, statement):
    with council.installation.database.engine.begin() as connection:
        return connection.execute(text(statement)).all()


def test_the_application_owns_no_table_and_no_policy_lets_it_past(council):
    [(role, bypasses, is_super)] = said(council, (
        "SELECT current_user, rolbypassrls, rolsuper FROM pg_roles WHERE rolname = current_user"
    ))

    owned = said(council, "SELECT FROM pg_class WHERE pg_has_role(current_user, relowner, 'USAGE')")

    assert (role, bypasses, is_super) == ("pepway_app", False, False)
    assert owned == []
    assert not is_past_the_wall(council.installation.database)


@pytest.mark.parametrize("table", ONLY_GROW)
@pytest.mark.parametrize("statement", [
    "DELETE FROM {}", "UPDATE {} SET {} = {}", "TRUNCATE {} CASCADE",
])
def test_what_only_grows_is_neither_changed_nor_removed_by_the_application(
    council, table, statement
):
    [column, *_] = said(council, "SELECT attname FROM pg_attribute WHERE attnum = 1 "
                                 f"AND attrelid = '{table}'::regclass")[0]
    refused = statement.format(f'"{table}"', column, column)

    with pytest.raises(ProgrammingError, match=f"permission denied for table {table}"):
        said(council, refused)


@pytest.mark.parametrize("table", NEVER_CHANGED)
def test_what_stays_until_the_record_is_destroyed_is_not_changed(council, table):
    with pytest.raises(ProgrammingError, match=f"permission denied for table {table}"):
        said(council, f'UPDATE "{table}" SET id = id')


def test_by_the_owner_the_triggers_refuse_it(council):
    for table in ("event", "audit"):
        refused = pytest.raises(Exception, match=f"{table} is only ever added to")
        with council.installation.database.as_owner() as owner, refused, \
                owner.begin() as connection:
            connection.execute(text(f"DELETE FROM {table}"))


def test_whoever_says_nothing_sees_no_child(council):
    for table in sorted(CHILDS - {"event"}):
        assert said(council, f'SELECT FROM "{table}"') == [], table
    assert said(council, "SELECT FROM event WHERE child_id IS NOT NULL") == []
    with council.by(SYSTEM).begin(writing=False) as work:
        assert work.session.scalar(select(func.count()).select_from(Case)) == 1


def test_every_table_says_whose_it_is(council):
    tables = {name for (name,) in said(council, (
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
        "AND relnamespace = current_schema()::regnamespace"
    )) if not name.startswith("procrastinate_")}

    assert tables == set(TABLES)
    with_a_child = {name for (name,) in said(council, (
        "SELECT attrelid::regclass::text FROM pg_attribute JOIN pg_class c ON c.oid = attrelid "
        "WHERE attname = 'child_id' AND c.relkind = 'r'"
    ))}
    assert {name.strip('"') for name in with_a_child} <= set(policies())


def test_each_table_of_a_childs_has_its_policy(council):
    held = {name for (name,) in said(council, (
        "SELECT tablename FROM pg_policies WHERE roles = '{pepway_app}'"
    ))}
    on = {name for (name,) in said(council, "SELECT relname FROM pg_class WHERE relrowsecurity")}

    assert held == on == set(policies())


def test_a_wall_of_other_words_is_found_and_built_anew(council, monkeypatch):
    database = council.installation.database
    monkeypatch.setattr(second_wall, "ONLY_GROW", (*ONLY_GROW, "held_file"))
    assert not is_current(database)

    migrate(database)

    assert is_current(database)
    with pytest.raises(ProgrammingError, match="permission denied for table held_file"):
        said(council, "DELETE FROM held_file")


def test_with_an_address_of_its_own_the_application_cannot_migrate(postgres, council):
    """As README has it: the owner for `pepway migrate`, and a member of the role for the rest."""
    database = council.installation.database
    with database.as_owner() as owner, owner.begin() as connection:
        connection.execute(text("CREATE ROLE works LOGIN IN ROLE pepway_app"))
    theirs = Database(str(database.engine.url.set(username="works").render_as_string()))
    try:
        assert is_current(theirs)
        assert not may_migrate(theirs)
        assert not is_past_the_wall(theirs)
        with theirs.engine.connect() as connection:
            assert connection.scalar(text("SELECT current_user")) == "pepway_app"
    finally:
        theirs.engine.dispose()
        with database.as_owner() as owner, owner.begin() as connection:
            connection.execute(text("DROP ROLE works"))


def test_before_there_is_a_wall_nothing_dies_and_the_tables_are_not_current(database_url, store):
    database = Database(database_url)

    assert not is_current(database)
    assert may_migrate(database)
    database.engine.dispose()
