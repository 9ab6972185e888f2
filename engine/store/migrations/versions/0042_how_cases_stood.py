"""How cases stood as days began, which came late, and what that would have said of later ones"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stood_alike",
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("deadline", sa.String(4), nullable=False),
        sa.Column("element", sa.String(128), nullable=False),
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("days_left", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("procedure", "deadline", "element", "quarter", "days_left",
                                name="pk_stood_alike"),
    )
    op.create_table(
        "came_true",
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("band", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("said", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("quarter", "band", name="pk_came_true"),
    )


def downgrade() -> None:
    op.drop_table("came_true")
    op.drop_table("stood_alike")
