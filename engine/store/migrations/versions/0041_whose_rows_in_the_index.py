"""Whose rows are whose, told from the index that counts them"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

OPEN = sa.text("status = 'open'")
PENDING = sa.text("status = 'pending'")


def upgrade() -> None:
    _index("ix_case_procedure_status", "case",
           ["procedure", "status", "release_id", "id", "child_id"])
    _index("ix_task_due", "task", ["due_on", "procedure", "case_id", "child_id", "status"], OPEN)
    _index("ix_task_standing", "task",
           ["procedure", "element", "due_on", "opened_at", "case_id", "child_id", "status"], OPEN)
    _index("ix_timer_standing", "timer",
           ["procedure", "element", "started_at", "case_id", "child_id", "status"], PENDING)


def downgrade() -> None:
    _index("ix_case_procedure_status", "case", ["procedure", "status", "release_id", "id"])
    _index("ix_task_due", "task", ["due_on", "procedure", "case_id", "status"], OPEN)
    _index("ix_task_standing", "task",
           ["procedure", "element", "due_on", "opened_at", "case_id", "status"], OPEN)
    _index("ix_timer_standing", "timer",
           ["procedure", "element", "started_at", "case_id", "status"], PENDING)


def _index(name: str, table: str, columns: list[str], only: sa.TextClause | None = None) -> None:
    """In place of the one of that name."""
    op.drop_index(name, table)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)
