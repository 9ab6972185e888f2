"""Education sections that a designated teacher gave to a colleague"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"],
                                name=op.f("fk_delegation_task_id_task")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"],
                                name=op.f("fk_delegation_person_id_person")),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"],
                                name=op.f("fk_delegation_given_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index(op.f("ix_delegation_task_id"), "delegation", ["task_id"])
    op.create_index(op.f("ix_delegation_person_id"), "delegation", ["person_id"])


def downgrade() -> None:
    op.drop_table("delegation")
