"""What is said about a section of a plan"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "section_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_section_comment_case_id_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_comment")),
    )
    op.create_index(op.f("ix_section_comment_case_id"), "section_comment", ["case_id"])


def downgrade() -> None:
    op.drop_table("section_comment")
