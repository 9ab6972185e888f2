"""How often a timer was taken up in vain, and which dates have still to follow a calendar"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("timer", _attempts())
    op.create_table(
        "recalculation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("done_to", sa.Uuid(), nullable=True),
        sa.Column("passed_over", sa.JSON(), nullable=False),
        _attempts(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalculation")),
    )


def downgrade() -> None:
    op.drop_table("recalculation")
    with op.batch_alter_table("timer") as timer:
        timer.drop_column("attempts")


def _attempts() -> sa.Column[int]:
    return sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False)
