"""How messages leave: to people by mail, by GOV.UK Notify or not at all, to programs and the case
system by HTTP."""

import logging
from collections.abc import Callable
from typing import Protocol

from engine.background import Message
from engine.domain import SYSTEM
from engine.work import Installation
from web.sending.filing import filer_of, trier_of
from web.sending.invitation import address_of_file
from web.sending.notify import Notify
from web.sending.outside import Outside
from web.sending.smtp import MailServer
from web.sending.webhook import teller_of
from web.settings import Settings
from workflows.filing.signed import MESSAGE as TO_BE_FILED
from workflows.filing.system import TRIAL
from workflows.telling.letters import Letter, letter_for
from workflows.webhooks.following import MESSAGE as TO_A_PROGRAM

log = logging.getLogger("pepway")


class Post(Protocol):
    """Whoever takes letters."""

    def send(self, letter: Letter) -> None:
        """Raises `NotDelivered`; where trying again would not help, `RefusedForGood`."""


def post_of(settings: Settings) -> Post | None:
    """None where nothing is set up: then messages stay in Pepway."""
    if settings.mail_url:
        return MailServer(settings.mail_url, settings.sender, settings.public_host)
    if settings.notify_key:
        return Notify(settings.notify_key, settings.notify_template, settings.notify_url,
                      lambda entry: address_of_file(entry, settings))
    return None


def delivery(installation: Installation, settings: Settings) -> Callable[[Message], None]:
    """What the background work does with each message."""
    post, by = post_of(settings), installation.acting(SYSTEM)
    outside = Outside(settings.private_networks, loopback=settings.demo)
    to_a_system = {
        TO_A_PROGRAM: teller_of(by, settings, outside),
        TO_BE_FILED: filer_of(by, settings, outside),
        TRIAL: trier_of(by, settings, outside),
    }

    def deliver(message: Message) -> None:
        if message.kind in to_a_system:
            to_a_system[message.kind](message)
            return
        if post is None:
            _stays_in_pepway(message)
            return
        letter = letter_for(by, message, settings.public_url)
        if letter is not None:
            post.send(letter)

    return deliver


def _stays_in_pepway(message: Message) -> None:
    log.debug("message %s of kind %s is on the case", message.id, message.kind)
