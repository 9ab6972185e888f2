"""A role of PostgreSQL's for the application

What the role may do stands in `engine/store/second_wall.py`, and is granted after each migration.
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ROLE = """
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pepway_app') THEN
    BEGIN
      CREATE ROLE pepway_app NOLOGIN NOBYPASSRLS;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END IF;
  IF NOT pg_has_role(current_user, 'pepway_app', 'MEMBER') THEN
    BEGIN
      EXECUTE 'GRANT pepway_app TO ' || quote_ident(current_user);
    EXCEPTION WHEN insufficient_privilege THEN
      NULL;
    END;
  END IF;
END
$$
"""
"""Roles are the whole server's: another database may have it already, or make it at this moment. An
owner who may not grant it to itself works with an address of the application's own."""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(ROLE)
    op.execute("ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES "
               "TO pepway_app")
    op.execute("ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO pepway_app")


def downgrade() -> None:
    """The role stays: other databases of the server may need it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM pepway_app")
        op.execute("ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM pepway_app")
