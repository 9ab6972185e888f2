"""Running cases that are moved to another release, or put right"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

IN_TURN = sa.text("state IN ('waiting', 'undo_waiting')")


def upgrade() -> None:
    op.create_table(
        "move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"],
                                name=op.f("fk_move_release_id_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move")),
    )
    op.create_index("ix_move_procedure", "move", ["procedure", "planned_at"])
    op.create_table(
        "case_move",
        sa.Column("move_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("undoable", sa.Boolean(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["move_id"], ["move.id"],
                                name=op.f("fk_case_move_move_id_move")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"],
                                name=op.f("fk_case_move_case_id_case")),
        sa.PrimaryKeyConstraint("move_id", "case_id", name=op.f("pk_case_move")),
    )
    op.create_index("ix_case_move_case", "case_move", ["case_id"])
    op.create_index("ix_case_move_child", "case_move", ["child_id"])
    op.create_index("ix_case_move_in_turn", "case_move", ["move_id", "case_id", "state"],
                    sqlite_where=IN_TURN, postgresql_where=IN_TURN)


def downgrade() -> None:
    op.drop_table("case_move")
    op.drop_table("move")
