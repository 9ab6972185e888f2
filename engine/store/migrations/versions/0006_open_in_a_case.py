"""What is open in a case is found without its history."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("task", "timer"):
        op.create_index(f"ix_{table}_case_status", table, ["case_id", "status"])
        op.drop_index(f"ix_{table}_case_id", table)


def downgrade() -> None:
    for table in ("task", "timer"):
        op.create_index(f"ix_{table}_case_id", table, ["case_id"])
        op.drop_index(f"ix_{table}_case_status", table)
