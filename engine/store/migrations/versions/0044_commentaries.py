"""What the Virtual School Head says to the numbers of a month"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_commentary",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_commentary")),
    )
    op.create_index(op.f("ix_report_commentary_month"), "report_commentary", ["month"])


def downgrade() -> None:
    op.drop_index(op.f("ix_report_commentary_month"), "report_commentary")
    op.drop_table("report_commentary")
