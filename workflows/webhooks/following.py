"""Writes a message for each event that an address asks for, in order, and none twice.

Each address has come so far in the events; how far is written with the messages. Only few of its
messages wait at once: a receiver that is away fills no outbox, and gets the rest when it is back.
Where one is given up nothing more is written, and the administrators are told.

Of a child whose record is restricted nothing is written: a program is nobody who works with the
child, and an id tells already that there is one.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, exists, or_, select

from engine.faults import is_passing, where
from engine.settled import events_settled
from engine.store.models import Event, Outbox
from engine.work import Acting, Work, query, verb
from workflows.people import PersonRole
from workflows.sight.table import is_restricted
from workflows.webhooks.table import Webhook, WebhookDelivery

log = logging.getLogger(__name__)

MOST_WAITING = 20
EVENTS_AT_ONCE = 500
LISTED_FOR = timedelta(days=30)
"""After it was delivered."""
MESSAGE = "webhook"
GIVEN_UP = "webhook_given_up"


def let_programs_hear(by: Acting, stopping: Callable[[], bool]) -> None:
    """For the background, at each round; outside any transaction."""
    if not _are_any(by):
        return
    upto = events_settled(by)
    for webhook_id in _with_something_to_do(by, upto):
        if stopping():
            return
        try:
            _write_messages(by, webhook_id, upto)
        except Exception as fault:  # messages to people and other programs go on
            if is_passing(fault):
                raise
            log.error("program %s is not told\n%s", webhook_id, where(fault))


@query
def _are_any(work: Work) -> bool:
    return bool(work.session.scalar(select(exists().where(Webhook.ended_at.is_(None)))))


@query
def _with_something_to_do(work: Work, upto: int) -> list[UUID]:
    has_given_up = exists().where(
        WebhookDelivery.webhook_id == Webhook.id, WebhookDelivery.delivered_at.is_(None),
        Outbox.id == WebhookDelivery.id, Outbox.given_up_at.is_not(None),
    )
    return list(work.session.scalars(
        select(Webhook.id)
        .where(Webhook.ended_at.is_(None),
               or_(Webhook.event_seq < upto, Webhook.stopped_at.is_not(None), has_given_up))
        .order_by(Webhook.id)
    ))


@verb
def _write_messages(work: Work, webhook_id: UUID, upto: int) -> None:
    webhook = work.session.get(Webhook, webhook_id, with_for_update=True)
    if webhook is None or webhook.ended_at is not None:
        return
    work.session.execute(delete(WebhookDelivery).where(
        WebhookDelivery.webhook_id == webhook_id,
        WebhookDelivery.delivered_at < work.now - LISTED_FOR))
    waiting = _waiting(work, webhook_id)
    if any(each.given_up_at is not None for each in waiting):
        _stop(work, webhook)
        return
    webhook.stopped_at = None
    events = work.session.execute(
        select(Event, is_restricted(Event.child_id))
        .where(Event.seq > webhook.event_seq, Event.seq <= upto)
        .order_by(Event.seq).limit(EVENTS_AT_ONCE)
    ).all()
    room = MOST_WAITING - len(waiting)
    for event, restricted in events:
        if event.kind in webhook.kinds and not restricted:
            if room <= 0:
                return
            room -= 1
            _write(work, webhook, event)
        webhook.event_seq = event.seq


def _write(work: Work, webhook: Webhook, event: Event) -> None:
    message_id = work.tell(MESSAGE, None, webhook=webhook.id)
    work.append(WebhookDelivery, {
        "id": message_id, "webhook_id": webhook.id, "event_seq": event.seq, "event_id": event.id,
        "kind": event.kind, "written_at": work.now, "delivered_at": None,
    })


def _stop(work: Work, webhook: Webhook) -> None:
    if webhook.stopped_at is not None:
        return
    webhook.stopped_at = work.now
    for person_id in work.session.scalars(
        select(PersonRole.person_id).where(PersonRole.role == "administrator")
    ):
        work.tell(GIVEN_UP, person_id, webhook=webhook.id)


def _waiting(work: Work, webhook_id: UUID) -> list[Outbox]:
    return list(work.session.scalars(
        select(Outbox).join(WebhookDelivery, WebhookDelivery.id == Outbox.id)
        .where(WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.delivered_at.is_(None))
    ))
