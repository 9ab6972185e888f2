"""The second wall, on PostgreSQL alone: what the database itself refuses to the application.

The first is `workflows/access.py`. Behind it the application works as the role `pepway_app`, which
owns no table and which no policy lets past. The wall is taken down before the tables are migrated
and built up again after it, in the one transaction, so that no migration stumbles over it or
forgets it. The words that build it stand on a comment, by which an older wall is known.
"""

import hashlib
import logging
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text

from engine.store.sight import functions, policies, views

log = logging.getLogger(__name__)

APP = "pepway_app"
ONLY_GROW = ("event", "audit", "sealed_batch", "release_file")
"""Tables of which the application may change and remove nothing, whatever it is made to send."""
NEVER_CHANGED = ("copy", "section_comment")
"""Tables whose rows stay as they are until the child's record is destroyed."""

_TAKES_THE_ROLE = f"""
SELECT set_config('role', '{APP}', false) FROM pg_roles
WHERE rolname = '{APP}' AND pg_has_role(session_user, oid, 'MEMBER')
  AND to_regclass('audit') IS NOT NULL
  AND has_table_privilege(oid, to_regclass('audit')::oid, 'INSERT')
"""
_SCHEMA = "SELECT quote_ident(current_schema())"
_COMMENT = "SELECT obj_description(to_regclass('child_in_sight')::oid, 'pg_class')"
_PAST_THE_WALL = """
SELECT current_user WHERE EXISTS (
  SELECT FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)
) OR EXISTS (
  SELECT FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
    AND pg_has_role(current_user, relowner, 'USAGE')
)
"""
_MAY_MIGRATE = """
SELECT coalesce(
  (SELECT pg_has_role(session_user, relowner, 'USAGE') FROM pg_class
   WHERE oid = to_regclass('alembic_version')),
  has_schema_privilege(session_user, current_schema(), 'CREATE'))
"""


def work_as_the_application(connection: Any) -> None:
    """Give a new connection of the driver's the role, where its wall is built in this database.

    Where there is none yet, the connection stays what its address says: nothing is answered on such
    a database, for its tables are not this version's.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKES_THE_ROLE)
    connection.commit()


async def work_as_the_application_too(connection: Any) -> None:
    """The same, for connections that Procrastinate opens."""
    async with connection.cursor() as cursor:
        await cursor.execute(_TAKES_THE_ROLE)
    await connection.commit()


def is_past_the_wall(connection: Connection) -> bool:
    """Whether whoever works on this connection owns a table or is let past its policies."""
    return connection.scalar(text(_PAST_THE_WALL)) is not None


def may_migrate(connection: Connection) -> bool:
    """Whether the address is the tables' owner's, or may make them where there are none."""
    return bool(connection.scalar(text(_MAY_MIGRATE)))


def stands(connection: Connection) -> bool:
    """Whether the wall is this version's."""
    return bool(connection.scalar(text(_COMMENT)) == _mark())


def take_down(connection: Connection) -> None:
    """As the owner; what is granted stays."""
    for table, policy in connection.execute(text(
        "SELECT c.relname, p.polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid "
        "WHERE c.relnamespace = current_schema()::regnamespace"
    )).all():
        connection.execute(text(f'DROP POLICY "{policy}" ON "{table}"'))
    for name in functions():
        connection.execute(text(f"DROP FUNCTION IF EXISTS {name}()"))
    for name in reversed(views()):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))


def build(connection: Connection) -> None:
    """As the owner, on the tables of this version."""
    for statement in _statements(str(connection.scalar(text(_SCHEMA)))):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"COMMENT ON VIEW child_in_sight IS '{_mark()}'")


def _statements(schema: str) -> Iterator[str]:
    for name, seen in views().items():
        yield f"CREATE VIEW {name} AS {seen}"
    for name, (returns, told_from) in functions().items():
        yield (f"CREATE FUNCTION {name}() RETURNS {returns} LANGUAGE plpgsql STABLE"
               f" SECURITY DEFINER SET search_path = {schema}, pg_temp AS"
               f" $${_kept(name, returns, told_from)}$$")
    yield f"GRANT USAGE ON SCHEMA {schema} TO {APP}"
    for what, kind in (("SELECT, INSERT, UPDATE, DELETE", "TABLES"), ("USAGE, SELECT", "SEQUENCES"),
                       ("EXECUTE", "FUNCTIONS")):
        yield f"GRANT {what} ON ALL {kind} IN SCHEMA {schema} TO {APP}"
    for name in (*ONLY_GROW, *views()):
        yield f'REVOKE UPDATE, DELETE ON "{name}" FROM {APP}'
    for name in NEVER_CHANGED:
        yield f'REVOKE UPDATE ON "{name}" FROM {APP}'
    for name in (*views(), "alembic_version"):
        yield f'REVOKE INSERT, UPDATE, DELETE ON "{name}" FROM {APP}'
    for table, condition in policies().items():
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
        yield (f'CREATE POLICY in_sight ON "{table}" TO {APP} '
               f"USING ({condition}) WITH CHECK ({condition})")


def _kept(name: str, returns: str, told_from: str) -> str:
    """What the function does: says what it has said to whoever looks, or finds it out."""
    many = returns.startswith("SETOF")
    found = f"array({told_from})" if many else f"({told_from})"
    said = "QUERY SELECT unnest(kept::uuid[])" if many else f"kept::{returns}"
    return f"""
DECLARE kept text := nullif(current_setting('pepway.{name}', true), '');
BEGIN
  IF kept IS NULL THEN
    kept := {found}::text;
    PERFORM set_config('pepway.{name}', kept, true);
  END IF;
  RETURN {said};
END"""


def _mark() -> str:
    return hashlib.sha256("\n".join(_statements("")).encode()).hexdigest()
