"""Addresses of programs, as administrators keep them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select

from engine.background.outbox import send_again
from engine.errors import AnswersInvalid, NotFound
from engine.forms import Field, Form, Option, valid_answers
from engine.store.base import new_id
from engine.store.models import Event, Outbox
from engine.work import Work, query, verb
from workflows.accounts.sealing import Sealing
from workflows.webhooks.kinds import KINDS
from workflows.webhooks.signing import exchange_secret, new_secret
from workflows.webhooks.table import Webhook, WebhookDelivery

MOST_LISTED = 100
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
FORM = Form("webhook", "Programs that are told", (
    Field("name", "text", "What is the program called?", "name", required=True, max_length=80),
    Field("address", "text", "Its address", "address", required=True, max_length=500,
          hint="It begins with https://. Inside the council's own network only what the settings "
               "of Pepway allow is reached"),
    Field("kinds", "checkboxes", "What is it told of?", "kinds", required=True,
          options=tuple(Option(kind, words) for kind, words in KINDS.items())),
))


@dataclass(frozen=True, slots=True)
class WebhookView:
    id: UUID
    name: str
    address: str
    kinds: Sequence[str]
    """In words."""
    stopped_at: datetime | None
    old_until: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    id: UUID
    says: str
    written_at: datetime
    delivered_at: datetime | None
    attempts: int
    failure: str
    again_at: datetime | None
    given_up: bool


@query
def webhooks_listed(work: Work) -> list[WebhookView]:
    rows = work.session.scalars(
        select(Webhook).where(Webhook.ended_at.is_(None)).order_by(Webhook.name, Webhook.id))
    return [_view(work, row) for row in rows]


@query
def webhook_page(work: Work, webhook_id: UUID) -> tuple[WebhookView, list[DeliveryView]]:
    """With its last deliveries, the newest first. Raises `NotFound`."""
    rows = work.session.execute(
        select(WebhookDelivery, Outbox).join(Outbox, Outbox.id == WebhookDelivery.id)
        .where(WebhookDelivery.webhook_id == webhook_id)
        .order_by(WebhookDelivery.event_seq.desc()).limit(MOST_LISTED)
    )
    return _view(work, _webhook(work, webhook_id)), [_delivery(*row) for row in rows]


@verb
def add_webhook(
    work: Work, answers: Mapping[str, Any], sealing: Sealing, *, loopback: bool
) -> tuple[UUID, str]:
    """Its id, and its secret, told this once. It is told of what happens from now on.

    `loopback`: an address on this machine may be given, without https. Raises `AnswersInvalid`.
    """
    said = valid_answers(FORM, answers)
    must_be_an_address(str(said["address"]), loopback=loopback)
    webhook_id, secret = new_id(), new_secret()
    latest = work.session.scalar(select(func.coalesce(func.max(Event.seq), 0))) or 0
    work.session.add(Webhook(
        id=webhook_id, name=str(said["name"]), address=str(said["address"]),
        kinds=list(said["kinds"]), secret=sealing.seal(webhook_id, secret), old_secret=None,
        old_until=None, added_by=work.actor.id, added_at=work.now, ended_at=None,
        event_seq=latest, stopped_at=None,
    ))
    work.audit("add_webhook", about=f"webhook:{webhook_id}")
    return webhook_id, secret


@verb
def change_secret(work: Work, webhook_id: UUID, sealing: Sealing) -> str:
    """A new secret; the one before signs as well for a day. Raises `NotFound`."""
    secret = exchange_secret(_webhook(work, webhook_id), sealing, work.now)
    work.audit("change_webhook_secret", about=f"webhook:{webhook_id}")
    return secret


@verb
def end_webhook(work: Work, webhook_id: UUID) -> None:
    """Nothing leaves for it any more, what waits neither. Raises `NotFound`."""
    _webhook(work, webhook_id).ended_at = work.now
    work.audit("end_webhook", about=f"webhook:{webhook_id}")


@verb
def send_delivery_again(work: Work, webhook_id: UUID, message_id: UUID) -> None:
    """As `send_again`. Raises `NotFound` for a message that this program is not told."""
    row = work.session.get(WebhookDelivery, message_id)
    if row is None or row.webhook_id != _webhook(work, webhook_id).id:
        raise NotFound
    send_again(work, message_id)


def must_be_an_address(text: str, *, loopback: bool) -> None:
    """Where a name leads is looked at each time that something is sent there."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise AnswersInvalid({"address": "Enter an address that begins with https://"}) from None
    is_here = loopback and host in LOOPBACK
    if not host or (parts.scheme != "https" and not (is_here and parts.scheme == "http")):
        raise AnswersInvalid({"address": "Enter an address that begins with https://"})
    if parts.username or parts.password or parts.fragment:
        raise AnswersInvalid({"address": "Enter it without a user, a password or a #"})
    if host in LOOPBACK and not is_here:
        raise AnswersInvalid({"address": "Enter an address that is not on this machine"})


def _webhook(work: Work, webhook_id: UUID) -> Webhook:
    row = work.session.get(Webhook, webhook_id)
    if row is None or row.ended_at is not None:
        raise NotFound
    return row


def _view(work: Work, row: Webhook) -> WebhookView:
    both = row.old_until if row.old_until and row.old_until > work.now else None
    return WebhookView(row.id, row.name, row.address,
                       [KINDS.get(kind, kind) for kind in row.kinds], row.stopped_at, both)


def _delivery(row: WebhookDelivery, message: Outbox) -> DeliveryView:
    given_up = message.given_up_at is not None
    waits = row.delivered_at is None and not given_up
    return DeliveryView(
        row.id, KINDS.get(row.kind, row.kind), row.written_at, row.delivered_at,
        message.attempts, message.failure or "",
        message.held_until if waits else None, given_up and row.delivered_at is None,
    )
