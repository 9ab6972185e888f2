"""Since when cases stood at a step as a day ended, and the dates that they waited for

Every day is counted again, for neither can be told from what was counted."""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _begin_again()
    with op.batch_alter_table("standing_day") as table:
        table.add_column(sa.Column("since", UtcDateTime(), nullable=False))


def downgrade() -> None:
    _begin_again()
    with op.batch_alter_table("standing_day") as table:
        table.drop_column("since")


def _begin_again() -> None:
    op.execute("DELETE FROM standing_day")
    op.execute("UPDATE figures_position SET standing_to = NULL")
