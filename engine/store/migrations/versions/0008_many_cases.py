"""Lists and counts are found among many cases without reading those that are over."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OPEN, RUNNING = "status = 'open'", "status IN ('open', 'incident')"


def upgrade() -> None:
    op.drop_index("ix_case_procedure_status", "case")
    _index("ix_case_procedure_status", "case", ["procedure", "status", "release_id", "id"])
    _index("ix_case_previous_id", "case", ["previous_id"])
    _index("ix_case_opened", "case", ["opened_at"])
    _index("ix_case_running", "case", ["opened_at"], RUNNING)
    _index("ix_task_due", "task", ["due_on"], OPEN)
    _index("ix_task_standing", "task", ["procedure", "element", "due_on", "case_id"], OPEN)
    _index("ix_task_done", "task", ["completed_by", "ended_at"], "completed_by IS NOT NULL")
    op.drop_index("ix_task_element", "task")
    op.drop_index("ix_timer_case_status", "timer")
    _index("ix_timer_case_status", "timer", ["case_id", "status", "element"])


def downgrade() -> None:
    op.drop_index("ix_timer_case_status", "timer")
    _index("ix_timer_case_status", "timer", ["case_id", "status"])
    op.create_index("ix_task_element", "task", ["procedure", "element", "status"])
    for table, name in (("task", "done"), ("task", "standing"), ("task", "due"),
                        ("case", "running"), ("case", "opened"), ("case", "previous_id")):
        op.drop_index(f"ix_{table}_{name}", table)
    op.drop_index("ix_case_procedure_status", "case")
    _index("ix_case_procedure_status", "case", ["procedure", "status"])


def _index(name: str, table: str, columns: list[str], where: str = "") -> None:
    only = sa.text(where) if where else None
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)
