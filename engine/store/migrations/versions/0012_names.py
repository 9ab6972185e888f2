"""Part of a child's name is found in an index"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LONGEST = 100


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    table = op.create_table(
        "name_ending",
        sa.Column("ending", sa.String(LONGEST, collation="C" if postgresql else None),
                  nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["child_id"], ["child.id"], name=op.f("fk_name_ending_child_id_child")
        ),
        sa.PrimaryKeyConstraint("ending", "child_id", name=op.f("pk_name_ending")),
        sqlite_with_rowid=False,
    )
    child = sa.table("child", sa.column("id", sa.Uuid()), sa.column("given_names"),
                     sa.column("known_as"), sa.column("family_name"))
    children = op.get_bind().execute(sa.select(child)).all()
    op.bulk_insert(table, [
        {"ending": ending, "child_id": row.id} for row in children
        for ending in _endings(f"{row.given_names} {row.known_as} {row.family_name}")
    ])
    op.create_index("ix_name_ending_child_id", "name_ending", ["child_id"])


def downgrade() -> None:
    op.drop_table("name_ending")


def _endings(names: str) -> set[str]:
    words = unicodedata.normalize("NFKC", names).casefold().split()
    return {word[at:at + LONGEST] for word in words for at in range(len(word))}
