"""How each person is told, why a message did not leave, and calendars of own deadlines"""

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("failure", sa.String(200), nullable=True))
    op.add_column("outbox", sa.Column("given_up_at", UtcDateTime(), nullable=True))
    op.create_table(
        "telling_choice",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.String(16), nullable=False),
        sa.Column("chosen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_telling_choice_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_telling_choice")),
    )
    op.create_table(
        "told_once",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(48), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("day", "kind", "about", name=op.f("pk_told_once")),
    )
    op.create_table(
        "digest_line",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_digest_line_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outbox.id"], name=op.f("fk_digest_line_message_id_outbox"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_digest_line")),
    )
    op.create_index("ix_digest_line_person", "digest_line", ["person_id", "digest_id"])
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )


def downgrade() -> None:
    for table in ("calendar_feed", "digest_line", "told_once", "telling_choice"):
        op.drop_table(table)
    for column in ("given_up_at", "failure"):
        op.drop_column("outbox", column)
