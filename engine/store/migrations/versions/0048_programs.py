"""Programs: their tokens, requests that are done once, and addresses that hear of events"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("api_token") as token:
        token.add_column(sa.Column("name", sa.String(80), server_default="", nullable=False))
        token.add_column(sa.Column("used_on", sa.Date(), nullable=True))
        token.add_column(sa.Column("counted_in", UtcDateTime(), nullable=True))
        token.add_column(sa.Column("counted", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "sent_request",
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("location", sa.String(200), nullable=True),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_token.id"], name=op.f("fk_sent_request_token_id_api_token")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sent_request_person_id_person")),
        sa.PrimaryKeyConstraint("token_id", "key", name=op.f("pk_sent_request")),
    )
    op.create_index("ix_sent_request_at", "sent_request", ["at"])
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("secret", sa.String(300), nullable=False),
        sa.Column("old_secret", sa.String(300), nullable=True),
        sa.Column("old_until", UtcDateTime(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id_webhook")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index("ix_webhook_delivery_webhook", "webhook_delivery", ["webhook_id", "event_seq"])
    waiting = sa.text("delivered_at IS NULL")
    op.create_index("ix_webhook_delivery_waiting", "webhook_delivery", ["webhook_id"],
                    sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
    op.drop_table("sent_request")
    with op.batch_alter_table("api_token") as token:
        for column in ("counted", "counted_in", "used_on", "name"):
            token.drop_column(column)
