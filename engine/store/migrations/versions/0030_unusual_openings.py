"""Unusual opening of children's records"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unusual_opening",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"],
                                name=op.f("fk_unusual_opening_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "kind", "hour", name=op.f("pk_unusual_opening")),
    )
    op.create_index(op.f("ix_unusual_opening_hour"), "unusual_opening", ["hour"])


def downgrade() -> None:
    op.drop_table("unusual_opening")
