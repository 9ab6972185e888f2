"""The chain of sealed batches, which nobody changes or shortens"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "sealed_batch",
        sa.Column("number", number, autoincrement=False, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("event_to", sa.BigInteger(), nullable=False),
        sa.Column("audit_to", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sealed_batch")),
        sa.UniqueConstraint("previous", name=op.f("uq_sealed_batch_previous")),
    )
    for statement in _REFUSE[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("sealed_batch")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION sealed_batch_stays()")


_REFUSE = {
    "sqlite": [
        f"CREATE TRIGGER sealed_batch_no_{what.lower()} BEFORE {what} ON sealed_batch "
        "BEGIN SELECT RAISE(ABORT, 'a sealed batch stays as it is'); END"
        for what in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION sealed_batch_stays() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'a sealed batch stays as it is'; END$$",
        "CREATE TRIGGER sealed_batch_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON sealed_batch "
        "FOR EACH STATEMENT EXECUTE FUNCTION sealed_batch_stays()",
    ],
}
