"""Who is away, until when, and who stands in; tasks that somebody has in another's place"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

STANDS_IN = sa.text("status = 'open' AND stands_in_for IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("cover_id", sa.Uuid(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("moves", sa.String(16), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"],
                                name=op.f("fk_absence_person_id_person")),
        sa.ForeignKeyConstraint(["cover_id"], ["person.id"],
                                name=op.f("fk_absence_cover_id_person")),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"],
                                name=op.f("fk_absence_entered_by_person")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"],
                                name=op.f("fk_absence_ended_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_person", "absence", ["person_id", "starts_on"])
    op.create_index("ix_absence_cover", "absence", ["cover_id", "starts_on"])
    op.add_column("task", sa.Column("stands_in_for", sa.Uuid(), nullable=True))
    op.create_index("ix_task_stands_in", "task", ["stands_in_for", "child_id", "status"],
                    sqlite_where=STANDS_IN, postgresql_where=STANDS_IN)


def downgrade() -> None:
    op.drop_index("ix_task_stands_in", "task")
    op.drop_column("task", "stands_in_for")
    op.drop_table("absence")
