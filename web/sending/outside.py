"""Posts what is signed to programs elsewhere, as Standard Webhooks writes it; reaches no private
network but those that the settings name."""

import logging
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Any
from uuid import UUID

import requests
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from standardwebhooks import Webhook

from engine.background import NotDelivered

Network = IPv4Network | IPv6Network

SECONDS_TO_CONNECT, SECONDS_TO_ANSWER = 5.0, 10.0
SECONDS_TO_READ = 3.0
"""Of an answer that is read: what has not come by then is left."""
AT_ONCE = 4_096

# It calls forbidden what the settings may allow; what is refused is told by `NotDelivered`.
logging.getLogger("requests_hardened.ip_filter").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Signed:
    """What is posted to a program."""

    id: UUID
    """The same each time that it is sent."""
    address: str
    secrets: Sequence[str]
    """Each of them signs."""
    at: datetime
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Outside:
    """Reaches what has a public address, or one in these networks; `loopback`: and this machine.

    A name is looked up once for each message, its address is judged, and that address is connected
    to: a name that leads elsewhere when it is asked again is not asked again.
    """

    def __init__(self, networks: Sequence[Network] = (), *, loopback: bool) -> None:
        self._networks, self._loopback = networks, loopback

    def session(self) -> requests.Session:
        session: requests.Session = HTTPSession(Config(
            default_timeout=(SECONDS_TO_CONNECT, SECONDS_TO_ANSWER), never_redirect=True,
            ip_filter_enable=True, ip_filter_allow_loopback_ips=self._loopback,
            user_agent_override="Pepway",
        ))
        session.trust_env = False  # a proxy would look the name up anew
        session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Guard(
                self._networks, is_https_proto=scheme == "https://", allow_loopback=self._loopback))
        return session


class _Guard(IPFilterAdapter):  # type: ignore[misc] # its package has no types
    """Lets through as well what the filter refuses, where it lies in a network that is allowed."""

    def __init__(
        self, networks: Sequence[Network], *, is_https_proto: bool, allow_loopback: bool
    ) -> None:
        super().__init__(is_https_proto, allow_loopback)
        self._networks, self._is_https = networks, is_https_proto

    def build_connection_pool_key_attributes(
        self, request: PreparedRequest, verify: bool | str,
        cert: str | tuple[str, str] | None = None,
    ) -> Any:
        try:
            return super().build_connection_pool_key_attributes(request, verify, cert)
        except InvalidIPAddress as refused:
            [address] = refused.args
            if not any(address in network for network in self._networks):
                raise
        # The `Host` of the request is set by now; what follows is as the filter does it.
        host, more = HTTPAdapter.build_connection_pool_key_attributes(self, request, verify, cert)
        if self._is_https:
            more["assert_hostname"] = more["server_hostname"] = host["host"]
        host["host"] = str(address) if address.version == 4 else f"[{address}]"
        return host, more


def post_signed(outside: Outside, message: Signed, *, read: int = 0) -> bytes:
    """So many bytes of what the program answers, where it says yes. Raises `NotDelivered`."""
    try:
        with (
            outside.session() as session,
            session.post(message.address, data=message.body, stream=True,
                         headers=_headers(message)) as answer,
        ):
            status = answer.status_code
            if 200 <= status < 300:
                return _beginning_of(answer, read)
    except InvalidIPAddress:
        raise NotDelivered("The address leads into a private network") from None
    except requests.Timeout:
        raise NotDelivered("The program did not answer in time") from None
    except requests.exceptions.SSLError:
        raise NotDelivered("The program's certificate is not trusted") from None
    except (requests.RequestException, ValueError):
        raise NotDelivered("The program cannot be reached at this address") from None
    raise NotDelivered(f"The program answered with {status}")


def _beginning_of(answer: requests.Response, most: int) -> bytes:
    """A yes is a yes, whatever becomes of the words after it."""
    got, until = b"", time.monotonic() + SECONDS_TO_READ
    try:
        while len(got) < most and time.monotonic() < until:
            more = answer.raw.read1(AT_ONCE, decode_content=True)
            if not more:
                break
            got += more
    except Exception:  # urllib3's own, of many kinds
        return b""
    return got[:most]


def _headers(message: Signed) -> dict[str, str]:
    message_id, body = f"msg_{message.id}", message.body.decode()
    signed = [Webhook(secret).sign(message_id, message.at, body) for secret in message.secrets]
    return {
        "Content-Type": "application/json", "webhook-id": message_id,
        "webhook-timestamp": str(int(message.at.timestamp())),
        "webhook-signature": " ".join(signed), **message.headers,
    }
