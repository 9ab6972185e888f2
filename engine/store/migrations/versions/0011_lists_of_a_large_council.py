"""Lists of a large council read no more than they show, and counts an index alone"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OPEN, PENDING = "status = 'open'", "status = 'pending'"
RUNNING = "status IN ('open', 'incident')"
OF_TASKS = {
    "mine": ["assignee_id", "due_on", "role", "covered_by", "assigned_by", "child_id", "status"],
    "due": ["due_on", "procedure", "case_id", "status"],
    "standing": ["procedure", "element", "due_on", "case_id", "status"],
}
OF_TASKS_BEFORE = {
    "mine": ["assignee_id", "due_on"], "queue": ["role", "due_on"], "due": ["due_on"],
    "standing": ["procedure", "element", "due_on", "case_id"],
}


def upgrade() -> None:
    _replace_task_indexes(OF_TASKS_BEFORE, OF_TASKS)
    op.drop_index("ix_case_running", "case")
    _index("ix_case_running", "case", ["opened_at", "id", "status"], RUNNING)
    op.drop_index("ix_case_child_id", "case")
    _index("ix_case_child", "case", ["child_id", "opened_at", "id", "status"])
    _index("ix_case_child_running", "case", ["child_id", "opened_at", "id", "status"], RUNNING)
    _tell_timers_what_their_cases_are()
    _index("ix_timer_standing", "timer", ["procedure", "element", "case_id", "status"], PENDING)


def downgrade() -> None:
    op.drop_index("ix_timer_standing", "timer")
    _without_timer_indexes()
    with op.batch_alter_table("timer") as timer:
        timer.drop_column("procedure")
        timer.drop_column("child_id")
    _index("ix_timer_case_status", "timer", ["case_id", "status", "element"])
    _index("ix_timer_due", "timer", ["due_at"], PENDING)
    op.drop_index("ix_case_child_running", "case")
    op.drop_index("ix_case_child", "case")
    _index("ix_case_child_id", "case", ["child_id"])
    op.drop_index("ix_case_running", "case")
    _index("ix_case_running", "case", ["opened_at"], RUNNING)
    _replace_task_indexes(OF_TASKS, OF_TASKS_BEFORE)


def _replace_task_indexes(before: dict[str, list[str]], after: dict[str, list[str]]) -> None:
    for name in before:
        op.drop_index(f"ix_task_{name}", "task")
    for name, columns in after.items():
        _index(f"ix_task_{name}", "task", columns, OPEN)


def _tell_timers_what_their_cases_are() -> None:
    """As tasks are told, so that they are counted without a look at the cases."""
    _without_timer_indexes()
    op.add_column("timer", sa.Column("child_id", sa.Uuid(), nullable=True))
    op.add_column("timer", sa.Column("procedure", sa.String(length=64), nullable=True))
    op.execute(
        'UPDATE timer SET child_id = (SELECT child_id FROM "case" WHERE id = timer.case_id), '
        'procedure = (SELECT procedure FROM "case" WHERE id = timer.case_id)'
    )
    with op.batch_alter_table("timer") as timer:
        timer.alter_column("child_id", nullable=False, existing_type=sa.Uuid())
        timer.alter_column("procedure", nullable=False, existing_type=sa.String(length=64))
    _index("ix_timer_case_status", "timer", ["case_id", "status"])
    _index("ix_timer_due", "timer", ["due_at"], PENDING)


def _without_timer_indexes() -> None:
    for name in ("case_status", "due"):
        op.drop_index(f"ix_timer_{name}", "timer")


def _index(name: str, table: str, columns: list[str], where: str = "") -> None:
    only = sa.text(where) if where else None
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)
