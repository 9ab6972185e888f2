"""Tells a program what happened, as Standard Webhooks writes it, and reaches no private network."""

import json
from collections.abc import Callable

import requests
from requests_hardened import Config, Manager
from requests_hardened.ip_filter import InvalidIPAddress
from standardwebhooks import Webhook

from engine.background import Message, NotDelivered
from engine.work import Acting
from web.settings import Settings
from workflows.accounts.sealing import Sealing
from workflows.webhooks.delivering import Delivery, delivery_of, note_delivered

SECONDS_TO_CONNECT, SECONDS_TO_ANSWER = 5.0, 10.0


def teller_of(by: Acting, settings: Settings) -> Callable[[Message], None]:
    """What the background does with the messages to programs."""
    sealing, programs = Sealing(settings.secret_keys), in_public(loopback=settings.demo)

    def tell(message: Message) -> None:
        delivery = delivery_of(by, message, sealing)
        if delivery is not None:
            post(programs, delivery)
            note_delivered(by, delivery.id)

    return tell


def in_public(*, loopback: bool) -> Manager:
    """Reaches what has a public address; `loopback`: and this machine."""
    return Manager(Config(
        default_timeout=(SECONDS_TO_CONNECT, SECONDS_TO_ANSWER), never_redirect=True,
        ip_filter_enable=True, ip_filter_allow_loopback_ips=loopback,
        user_agent_override="Pepway",
    ))


def post(programs: Manager, delivery: Delivery) -> None:
    """Raises `NotDelivered`. What the program answers is neither read nor kept.

    The name is looked up once, its address must be a public one, and that address is connected to.
    """
    body = json.dumps(delivery.body)
    try:
        with programs.get_session() as session:
            session.trust_env = False  # a proxy would look the name up anew
            with session.post(delivery.address, data=body.encode(), stream=True,
                              headers=_headers(delivery, body)) as answer:
                status = answer.status_code
    except InvalidIPAddress:
        raise NotDelivered("The address leads into a private network") from None
    except requests.Timeout:
        raise NotDelivered("The program did not answer in time") from None
    except requests.exceptions.SSLError:
        raise NotDelivered("The program's certificate is not trusted") from None
    except (requests.RequestException, ValueError):
        raise NotDelivered("The program cannot be reached at this address") from None
    if not 200 <= status < 300:
        raise NotDelivered(f"The program answered with {status}")


def _headers(delivery: Delivery, body: str) -> dict[str, str]:
    message_id = f"msg_{delivery.id}"
    signed = [Webhook(secret).sign(message_id, delivery.at, body) for secret in delivery.secrets]
    return {
        "Content-Type": "application/json", "webhook-id": message_id,
        "webhook-timestamp": str(int(delivery.at.timestamp())),
        "webhook-signature": " ".join(signed),
    }
