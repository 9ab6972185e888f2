"""The message that leaves next is found without reading those that have left."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

UNSENT = sa.text("sent_at IS NULL")


def upgrade() -> None:
    op.create_index("ix_outbox_in_turn", "outbox", ["seq"], sqlite_where=UNSENT,
                    postgresql_where=UNSENT)


def downgrade() -> None:
    op.drop_index("ix_outbox_in_turn", "outbox")
