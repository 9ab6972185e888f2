"""People who leave, and since when each is here"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0028"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("added_on", sa.Date(), nullable=True))
    op.create_table(
        "leaving",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_leaving")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"],
                                name=op.f("fk_leaving_person_id_person")),
        sa.ForeignKeyConstraint(["successor_id"], ["person.id"],
                                name=op.f("fk_leaving_successor_id_person")),
    )


def downgrade() -> None:
    op.drop_table("leaving")
    op.drop_column("person", "added_on")
