"""What background work needs: what is taken up, the order of messages, Procrastinate's tables

Procrastinate's schema stands beside this file as it was, so that it is the same whichever version
is installed. A later version with another schema needs a migration of ours; a test says so. (Its
own migrations cannot run here: they need a commit in between.)
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PROCRASTINATE = Path(__file__).with_name("0005_procrastinate_3_10_0.sql")


def upgrade() -> None:
    op.add_column("timer", sa.Column("held_until", UtcDateTime(), nullable=True))
    _number_the_messages()
    if op.get_bind().dialect.name == "postgresql":
        connection = op.get_bind().execution_options(no_parameters=True)
        connection.exec_driver_sql(PROCRASTINATE.read_text(encoding="utf-8"))


def _number_the_messages() -> None:
    """A key that says in which order messages were written, as those of events do."""
    op.execute("CREATE TABLE outbox_kept AS SELECT * FROM outbox")
    op.drop_table("outbox")
    op.create_table(
        "outbox",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_outbox_case_id_case")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_id")),
    )
    columns = "id, case_id, kind, person_id, data, created_at, sent_at, attempts"
    op.execute(
        f"INSERT INTO outbox ({columns}) SELECT {columns} FROM outbox_kept ORDER BY created_at"  # noqa: S608 - a constant
    )
    op.drop_table("outbox_kept")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_waiting",
            ["case_id", "seq"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        )


def downgrade() -> None:
    msg = "There is no way back from here: restore a backup."
    raise NotImplementedError(msg)
