"""Restricted records, conflicts of interest and emergency access"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "restriction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("began_by", sa.Uuid(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_why", sa.Text(), nullable=True),
        *_keys("restriction", child_id="child", began_by="person", lifted_by="person"),
    )
    op.create_index(op.f("ix_restriction_child_id"), "restriction", ["child_id"])
    op.create_table(
        "conflict_of_interest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        *_keys("conflict_of_interest", person_id="person", child_id="child",
               declared_by="person", ended_by="person"),
    )
    op.create_index(op.f("ix_conflict_of_interest_child_id"), "conflict_of_interest", ["child_id"])
    op.create_index("ix_conflict_of_interest_person", "conflict_of_interest",
                    ["person_id", "child_id"])
    op.create_table(
        "emergency_access",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.Column("reviewed_at", UtcDateTime(), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("justified", sa.Boolean(), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        *_keys("emergency_access", person_id="person", child_id="child", reviewed_by="person"),
    )
    op.create_index(op.f("ix_emergency_access_child_id"), "emergency_access", ["child_id"])
    op.create_index("ix_emergency_access_person", "emergency_access", ["person_id", "child_id"])


def _keys(table: str, **references: str) -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *(sa.ForeignKeyConstraint([column], [f"{to}.id"],
                                  name=op.f(f"fk_{table}_{column}_{to}"))
          for column, to in references.items()),
    ]


def downgrade() -> None:
    for table in ("emergency_access", "conflict_of_interest", "restriction"):
        op.drop_table(table)
