"""Files that practitioners add to a plan, with the versions of it that hold each."""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attached_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("section", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=96), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"],
                                name=op.f("fk_attached_file_child_id_child")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attached_file")),
    )
    op.create_table(
        "held_file",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["record_version.id"],
                                name=op.f("fk_held_file_version_id_record_version")),
        sa.ForeignKeyConstraint(["file_id"], ["attached_file.id"],
                                name=op.f("fk_held_file_file_id_attached_file")),
        sa.PrimaryKeyConstraint("version_id", "file_id", name=op.f("pk_held_file")),
    )
    op.create_index(op.f("ix_held_file_file_id"), "held_file", ["file_id"])


def downgrade() -> None:
    op.drop_table("held_file")
    op.drop_table("attached_file")
