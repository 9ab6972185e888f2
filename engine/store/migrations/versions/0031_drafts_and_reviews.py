"""Drafts of a procedure's whole folder, save by save; releases that a colleague looks at

A draft that is being written when this runs keeps its diagram and its version.
"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("taken_back_at", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"],
                                name=op.f("fk_draft_release_id_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("procedure", name=op.f("uq_draft_procedure")),
    )
    op.create_table(
        "draft_file",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("path", sa.String(128), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], ondelete="CASCADE",
                                name=op.f("fk_draft_file_draft_id_draft")),
        sa.PrimaryKeyConstraint("draft_id", "version", name=op.f("pk_draft_file")),
    )
    op.execute(
        "INSERT INTO draft (id, procedure, release_id, version, taken_back_at, saved_by, saved_at)"
        " SELECT id, procedure, release_id, version, 0, saved_by, saved_at FROM diagram_draft"
    )
    op.execute(
        "INSERT INTO draft_file (draft_id, version, path, content, saved_by, saved_at)"
        " SELECT id, version, path, content, saved_by, saved_at FROM diagram_draft"
    )
    op.drop_table("diagram_draft")
    with op.batch_alter_table("release") as release:
        release.add_column(sa.Column("authors", sa.JSON(), server_default="[]", nullable=False))
        release.add_column(sa.Column("live_from", sa.Date(), nullable=True))
        release.add_column(sa.Column("set_aside", sa.JSON(), server_default="[]", nullable=False))
        release.add_column(sa.Column("reviewed_by", sa.Uuid(), nullable=True))
        release.add_column(sa.Column("reviewed_at", UtcDateTime(), nullable=True))
        release.add_column(sa.Column("review", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("release") as release:
        for column in ("review", "reviewed_at", "reviewed_by", "set_aside", "live_from", "authors"):
            release.drop_column(column)
    op.create_table(
        "diagram_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("path", sa.String(128), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"],
                                name=op.f("fk_diagram_draft_release_id_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diagram_draft")),
        sa.UniqueConstraint("procedure", "path", name=op.f("uq_diagram_draft_procedure_path")),
    )
    op.drop_table("draft_file")
    op.drop_table("draft")
