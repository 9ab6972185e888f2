"""Figures that are counted beside the cases"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("met_on IS NULL AND ended_on IS NULL")


def upgrade() -> None:
    op.create_table(
        "figures_position",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("day_child_id", sa.Uuid(), nullable=True),
        sa.Column("standing_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures_position")),
    )
    op.create_table(
        "clock",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("deadline", sa.String(4), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("explained", sa.Boolean(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("at_limits_on", sa.Date(), nullable=True),
        sa.Column("at_pace_on", sa.Date(), nullable=True),
        sa.Column("history", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.String(128), nullable=True),
        sa.Column("longer_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "deadline", name=op.f("pk_clock")),
    )
    op.create_index("ix_clock_child_id", "clock", ["child_id"])
    op.create_index("ix_clock_due", "clock",
                    ["deadline", "due_on", "met_on", "ended_on", "explained"])
    op.create_index("ix_clock_open", "clock", ["due_on"], sqlite_where=IS_OPEN,
                    postgresql_where=IS_OPEN)
    op.create_table(
        "lacking",
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(24), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("child_id", "what", name=op.f("pk_lacking")),
    )
    op.create_index("ix_lacking_what", "lacking", ["what", "since"])
    op.create_table(
        "step_time",
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("element", sa.String(128), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(8), nullable=False),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("procedure", "element", "month", "measure", "days",
                                name=op.f("pk_step_time")),
    )
    op.create_table(
        "standing_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("element", sa.String(128), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "procedure", "element", name=op.f("pk_standing_day")),
    )
    op.create_table(
        "variant",
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("procedure", "year", "sha256", name=op.f("pk_variant")),
    )


def downgrade() -> None:
    for table in ("variant", "standing_day", "step_time", "lacking", "clock", "figures_position"):
        op.drop_table(table)
