"""Holds, disposal, requests for access, corrections; an event outlives its case."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

from engine.store.base import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_WHY = "event is only ever added to"


def upgrade() -> None:
    _let_events_outlive_cases()
    op.create_table(
        "destruction_certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("record_class", sa.String(length=32), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("destroyed_by", sa.Uuid(), nullable=False),
        sa.Column("destroyed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_destruction_certificate_number")),
    )
    op.create_table(
        "disposal_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_list")),
        sa.UniqueConstraint("number", name=op.f("uq_disposal_list_number")),
    )
    op.create_table(
        "disposal_item",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("record_class", sa.String(length=32), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"],
                                name=op.f("fk_disposal_item_child_id_child")),
        sa.ForeignKeyConstraint(["list_id"], ["disposal_list.id"],
                                name=op.f("fk_disposal_item_list_id_disposal_list")),
        sa.PrimaryKeyConstraint("list_id", "child_id", name=op.f("pk_disposal_item")),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"],
                                name=op.f("fk_legal_hold_child_id_child")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index(op.f("ix_legal_hold_child_id"), "legal_hold", ["child_id"])
    op.create_table(
        "subject_access_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("identity_confirmed_on", sa.Date(), nullable=True),
        sa.Column("extended_because", sa.Text(), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"],
                                name=op.f("fk_subject_access_request_child_id_child")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_access_request")),
        sa.UniqueConstraint("reference", name=op.f("uq_subject_access_request_reference")),
    )
    op.create_index(op.f("ix_subject_access_request_child_id"),
                    "subject_access_request", ["child_id"])
    op.create_table(
        "disposal_approval",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["disposal_list.id"],
                                name=op.f("fk_disposal_approval_list_id_disposal_list")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"],
                                name=op.f("fk_disposal_approval_person_id_person")),
        sa.PrimaryKeyConstraint("list_id", "person_id", name=op.f("pk_disposal_approval")),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("wrong", sa.Text(), nullable=False),
        sa.Column("right", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("decided_because", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("statement_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"],
                                name=op.f("fk_correction_child_id_child")),
        sa.ForeignKeyConstraint(["version_id"], ["record_version.id"],
                                name=op.f("fk_correction_version_id_record_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_child_id"), "correction", ["child_id"])
    op.create_index(op.f("ix_correction_version_id"), "correction", ["version_id"])
    op.create_table(
        "withholding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.String(length=200), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("phrase", sa.Text(), nullable=True),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"],
                                name=op.f("fk_withholding_child_id_child")),
        sa.ForeignKeyConstraint(["version_id"], ["record_version.id"],
                                name=op.f("fk_withholding_version_id_record_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withholding")),
    )
    op.create_index(op.f("ix_withholding_child_id"), "withholding", ["child_id"])


def downgrade() -> None:
    for table in ("withholding", "correction", "disposal_approval", "subject_access_request",
                  "legal_hold", "disposal_item", "disposal_list", "destruction_certificate"):
        op.drop_table(table)
    with _append_only_again(), op.batch_alter_table("event") as event:
        event.create_foreign_key(op.f("fk_event_case_id_case"), "case", ["case_id"], ["id"])


def _let_events_outlive_cases() -> None:
    """SQLite makes the table anew for it, and loses its triggers on the way."""
    with _append_only_again(), op.batch_alter_table("event") as event:
        event.drop_constraint(op.f("fk_event_case_id_case"), type_="foreignkey")


@contextmanager
def _append_only_again() -> Iterator[None]:
    yield
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER event_no_{what.lower()} BEFORE {what} ON event "
                f"BEGIN SELECT RAISE(ABORT, '{_WHY}'); END"
            )
