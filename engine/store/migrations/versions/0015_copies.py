"""Copies of documents that were given out."""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "copy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("recipient", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name="fk_copy_child_id_child"),
        sa.PrimaryKeyConstraint("id", name="pk_copy"),
        sa.UniqueConstraint("child_id", "number", name="uq_copy_child_id_number"),
    )


def downgrade() -> None:
    op.drop_table("copy")
