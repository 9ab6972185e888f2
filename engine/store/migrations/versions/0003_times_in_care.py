"""A child may leave care and return; a review may be asked for before its limit"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "care_period",
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("ended_by", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["child_id"], ["child.id"], name=op.f("fk_care_period_child_id_child")
        ),
        sa.PrimaryKeyConstraint("child_id", "number", name=op.f("pk_care_period")),
    )
    with op.batch_alter_table("child") as batch_op:
        batch_op.add_column(
            sa.Column("care_period", sa.Integer(), nullable=False, server_default="1")
        )
    with op.batch_alter_table("statutory_review") as batch_op:
        batch_op.add_column(
            sa.Column("care_period", sa.Integer(), nullable=False, server_default="1")
        )
        batch_op.add_column(sa.Column("asked_for_by", sa.Date(), nullable=True))
        batch_op.drop_constraint("uq_statutory_review_child_id_number", type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_statutory_review_child_id_care_period_number"),
            ["child_id", "care_period", "number"],
        )


def downgrade() -> None:
    with op.batch_alter_table("statutory_review") as batch_op:
        batch_op.drop_constraint(
            "uq_statutory_review_child_id_care_period_number", type_="unique"
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_statutory_review_child_id_number"), ["child_id", "number"]
        )
        batch_op.drop_column("asked_for_by")
        batch_op.drop_column("care_period")
    with op.batch_alter_table("child") as batch_op:
        batch_op.drop_column("care_period")
    op.drop_table("care_period")
