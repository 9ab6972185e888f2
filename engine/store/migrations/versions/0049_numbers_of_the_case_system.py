"""What a council brings along: its own number of a child, and when the last review was held"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("child", sa.Column("council_number", sa.String(32), nullable=True))
    op.create_index("ix_child_council_number", "child", ["council_number"], unique=True)
    op.add_column("statutory_review", sa.Column("known_before_on", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("statutory_review") as review:
        review.drop_column("known_before_on")
    op.drop_index("ix_child_council_number", "child")
    with op.batch_alter_table("child") as child:
        child.drop_column("council_number")
