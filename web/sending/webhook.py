"""Tells a program what happened."""

import json
from collections.abc import Callable

from engine.background import Message
from engine.work import Acting
from web.sending.outside import Outside, Signed, post_signed
from web.settings import Settings
from workflows.accounts.sealing import Sealing
from workflows.webhooks.delivering import Delivery, delivery_of, note_delivered


def teller_of(by: Acting, settings: Settings, outside: Outside) -> Callable[[Message], None]:
    """What the background does with the messages to programs."""
    sealing = Sealing(settings.secret_keys)

    def tell(message: Message) -> None:
        delivery = delivery_of(by, message, sealing)
        if delivery is not None:
            post(outside, delivery)
            note_delivered(by, delivery.id)

    return tell


def post(outside: Outside, delivery: Delivery) -> None:
    """Raises `NotDelivered`. What the program answers is neither read nor kept."""
    post_signed(outside, Signed(delivery.id, delivery.address, delivery.secrets, delivery.at,
                                json.dumps(delivery.body).encode()))
