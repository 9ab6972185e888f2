"""The number by which the council's own case system knows a child"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("child", sa.Column("council_number", sa.String(32), nullable=True))
    op.create_index("ix_child_council_number", "child", ["council_number"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_child_council_number", "child")
    with op.batch_alter_table("child") as child:
        child.drop_column("council_number")
