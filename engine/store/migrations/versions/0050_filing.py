"""The case system that takes signed plans, and what became of each"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_system",
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column("named_at", UtcDateTime(), nullable=False),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.Column("try_said", sa.String(200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.String(300), nullable=False),
        sa.Column("old_secret", sa.String(300), nullable=True),
        sa.Column("old_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_system")),
    )
    op.create_table(
        "plan_filing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("copy_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=True),
        sa.Column("reference", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(
            ["child_id"], ["child.id"], name=op.f("fk_plan_filing_child_id_child")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_plan_filing_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_filing")),
        sa.UniqueConstraint("child_id", "version", name=op.f("uq_plan_filing_child_id_version")),
    )
    op.create_index(op.f("ix_plan_filing_case_id"), "plan_filing", ["case_id"])
    waiting = sa.text("received_at IS NULL")
    op.create_index("ix_plan_filing_waiting", "plan_filing", ["written_at"],
                    sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    op.drop_table("plan_filing")
    op.drop_table("case_system")
