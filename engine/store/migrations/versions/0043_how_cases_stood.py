"""How cases stood as days began, and which came late, in place of days from a step to a limit

Those could not tell whether a case still waited at its step. All of it is counted anew from what
has happened (`pepway figures anew`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("days_to_limit")
    op.execute("DELETE FROM came_true")
    op.create_table(
        "stood_alike",
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("deadline", sa.String(4), nullable=False),
        sa.Column("element", sa.String(128), nullable=False),
        sa.Column("days_left", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("procedure", "deadline", "element", "days_left", "quarter",
                                name="pk_stood_alike"),
    )


def downgrade() -> None:
    op.drop_table("stood_alike")
    op.execute("DELETE FROM came_true")
    op.create_table(
        "days_to_limit",
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("deadline", sa.String(4), nullable=False),
        sa.Column("element", sa.String(128), nullable=False),
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("procedure", "deadline", "element", "quarter", "days",
                                name="pk_days_to_limit"),
    )
