"""People who leave, since when each is here, and posts at schools"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0029"
down_revision = "0028"
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
    op.create_table(
        "school_post",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_post")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"],
                                name=op.f("fk_school_post_person_id_person")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"],
                                name=op.f("fk_school_post_school_id_school")),
    )
    op.create_index(op.f("ix_school_post_person_id"), "school_post", ["person_id"])
    op.create_index(op.f("ix_school_post_school_id"), "school_post", ["school_id"])


def downgrade() -> None:
    op.drop_table("school_post")
    op.drop_table("leaving")
    op.drop_column("person", "added_on")
