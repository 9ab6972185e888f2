"""Drafts that go on counting when one has ended, and remember everyone who changed them

What a new procedure has in its draft when this runs cannot be taken back any more.
"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("draft") as draft:
        draft.add_column(sa.Column("kept_from", sa.Integer(), server_default="0", nullable=False))
        draft.add_column(sa.Column("authors", sa.JSON(), server_default="[]", nullable=False))
        draft.add_column(sa.Column("ended_at", UtcDateTime(), nullable=True))
    op.execute("UPDATE draft SET kept_from = version WHERE release_id IS NULL")
    with op.batch_alter_table("draft") as draft:
        draft.alter_column("kept_from", server_default=None)
        draft.alter_column("authors", server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM draft WHERE ended_at IS NOT NULL")
    with op.batch_alter_table("draft") as draft:
        for column in ("ended_at", "authors", "kept_from"):
            draft.drop_column(column)
