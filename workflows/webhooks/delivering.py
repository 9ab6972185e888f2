"""What is sent of an event, and that it arrived."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.background import Message
from engine.store.models import Event
from engine.work import Work, query, verb
from workflows.accounts.sealing import Sealing
from workflows.webhooks.signing import secrets_of
from workflows.webhooks.table import Webhook, WebhookDelivery


@dataclass(frozen=True, slots=True)
class Delivery:
    id: UUID
    """The same each time that it is sent."""
    address: str
    secrets: tuple[str, ...]
    """Each of them signs."""
    body: dict[str, Any]
    at: datetime


@query
def delivery_of(work: Work, message: Message, sealing: Sealing) -> Delivery | None:
    """None where the address has ended: nothing leaves any more."""
    row = work.session.get(WebhookDelivery, message.id)
    webhook = work.session.get(Webhook, row.webhook_id) if row else None
    if row is None or webhook is None or webhook.ended_at is not None:
        return None
    event = work.session.get_one(Event, row.event_seq)
    return Delivery(message.id, webhook.address, secrets_of(webhook, sealing, work.now),
                    _body(event), work.now)


@verb
def note_delivered(work: Work, delivery_id: UUID) -> None:
    work.session.get_one(WebhookDelivery, delivery_id).delivered_at = work.now


def _body(event: Event) -> dict[str, Any]:
    """Ids and kinds: never a name, an answer or a reason. By the event's id a program reads the
    rest, as far as its person may."""
    ids = {"event": event.id, "case": event.case_id, "child": event.child_id,
           "task": event.task_id}
    return {
        "type": event.kind, "timestamp": event.at.isoformat(),
        "data": {**{name: str(each) if each else None for name, each in ids.items()},
                 "seq": event.seq, "element": event.element},
    }
