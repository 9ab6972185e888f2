from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from workflows.webhooks.signing import Signing


class Webhook(Signing, Base):
    """An address that is told of some kinds of events, in the order in which they happened."""

    __tablename__ = "webhook"

    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(500))
    kinds: Mapped[Any]
    """A list."""
    added_by: Mapped[UUID]
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    event_seq: Mapped[int] = mapped_column(BigInteger)
    """The last event of which a message was written, or none was needed."""
    stopped_at: Mapped[datetime | None]
    """Since when a delivery is given up: nothing more is written until it is sent again."""


_WAITING = text("delivered_at IS NULL")


class WebhookDelivery(Base):
    """One event for one address. Its message in the outbox has the same id."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_webhook", "webhook_id", "event_seq"),
        Index("ix_webhook_delivery_waiting", "webhook_id", sqlite_where=_WAITING,
              postgresql_where=_WAITING),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhook.id"))
    event_seq: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(64))
    written_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
