"""When a date was no longer waited for, whether it came or was put aside"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE timer RENAME COLUMN fired_at TO ended_at")
    op.execute("UPDATE timer SET ended_at = "
               '(SELECT "case".ended_at FROM "case" WHERE "case".id = timer.case_id) '
               "WHERE status = 'cancelled'")


def downgrade() -> None:
    op.execute("UPDATE timer SET ended_at = NULL WHERE status = 'cancelled'")
    op.execute("ALTER TABLE timer RENAME COLUMN ended_at TO fired_at")
