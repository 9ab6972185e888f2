"""Views of the list of cases that are kept, and running cases by when they moved"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

RUNNING = sa.text("status IN ('open', 'incident')")


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"],
                                name=op.f("fk_saved_view_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index(op.f("ix_saved_view_person_id"), "saved_view", ["person_id"])
    op.create_table(
        "default_view",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("view", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"],
                                name=op.f("fk_default_view_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_default_view")),
    )
    op.create_index("ix_case_running_moved", "case", ["moved_at", "id", "status"],
                    sqlite_where=RUNNING, postgresql_where=RUNNING)


def downgrade() -> None:
    op.drop_index("ix_case_running_moved", "case")
    op.drop_table("default_view")
    op.drop_table("saved_view")
