"""What was typed in a form that cannot be done yet"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "typed_form",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_typed_form_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "form_id", name=op.f("pk_typed_form")),
    )


def downgrade() -> None:
    op.drop_table("typed_form")
