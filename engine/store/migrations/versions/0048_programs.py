"""What programs may do: tokens with a name and a last day of use, whose requests are counted"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("api_token") as token:
        token.add_column(sa.Column("name", sa.String(80), server_default="", nullable=False))
        token.add_column(sa.Column("used_on", sa.Date(), nullable=True))
        token.add_column(sa.Column("counted_in", UtcDateTime(), nullable=True))
        token.add_column(sa.Column("counted", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("api_token") as token:
        for column in ("counted", "counted_in", "used_on", "name"):
            token.drop_column(column)
