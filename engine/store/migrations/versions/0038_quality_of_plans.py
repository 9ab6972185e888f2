"""What is counted of the quality of plans"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_figures",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("rating", sa.String(16), nullable=False),
        sa.Column("own_voice", sa.Boolean(), nullable=False),
        sa.Column("targets", sa.Integer(), nullable=False),
        sa.Column("smart", sa.Integer(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_plan_figures")),
    )
    op.create_index("ix_plan_figures_child_id", "plan_figures", ["child_id"])
    op.create_index("ix_plan_figures_month", "plan_figures", ["month"])
    op.create_table(
        "section_rating",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(64), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("rating", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "section", name=op.f("pk_section_rating")),
    )
    op.create_index("ix_section_rating_child_id", "section_rating", ["child_id"])
    op.create_index("ix_section_rating_month", "section_rating", ["month", "section", "rating"])
    op.create_table(
        "premium_use",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(64), nullable=False),
        sa.Column("effect", sa.String(64), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("pounds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "purpose", "effect", name=op.f("pk_premium_use")),
    )
    op.create_index("ix_premium_use_child_id", "premium_use", ["child_id"])
    op.create_index("ix_premium_use_month", "premium_use", ["month"])


def downgrade() -> None:
    for table in ("premium_use", "section_rating", "plan_figures"):
        op.drop_table(table)
