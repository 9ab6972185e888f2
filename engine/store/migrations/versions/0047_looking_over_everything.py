"""How far the daily look over everything has come"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "look_over",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("part", sa.String(16), nullable=False),
        sa.Column("upto", sa.String(64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_look_over")),
    )


def downgrade() -> None:
    op.drop_table("look_over")
