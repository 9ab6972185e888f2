"""Who a request of the API comes from, whether its token reaches so far, and how often it comes."""

from datetime import datetime
from uuid import UUID

from flask import current_app, g, request
from werkzeug.exceptions import UnsupportedMediaType

from engine.domain import SYSTEM
from web.access import require
from web.api.problems import Denied
from web.network import network_of_request
from web.readable import must_be_readable
from web.reading import begin_reading, end_reading, read_for
from workflows.tokens import find_bearer, note_wrong_token

OPEN_TO_ANYONE = frozenset({"api.openapi"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Rates:
    """Counts requests a minute, in this process."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._minute: datetime | None = None
        self._counts: dict[UUID, int] = {}

    def is_too_often(self, who: UUID, at: datetime) -> bool:
        """Whether this request of `who` is one too many in its minute."""
        minute = at.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._counts = minute, {}
        self._counts[who] = self._counts.get(who, 0) + 1
        return self._counts[who] > self.most


def ask_who() -> None:
    """Set who acts from the bearer token, before anything of the request is read.

    Raises `Denied` with 401, 403 or 429.
    """
    if request.endpoint in OPEN_TO_ANYONE:
        return
    rates: Rates = current_app.extensions["pepway_rates"]
    at = current_app.extensions["pepway_wall_clock"].now()
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    known = kind.lower() == "bearer" and token.strip()
    work = begin_reading()
    bearer = find_bearer(work, token.strip()) if known else None
    if bearer is None:
        end_reading()
        by = current_app.extensions["pepway"].acting(SYSTEM)
        raise Denied(429 if note_wrong_token(by, network_of_request(), at) else 401)
    if rates.is_too_often(bearer.token_id, at):
        raise Denied(429)
    if ("read" if request.method in READING else "write") not in bearer.scopes:
        raise Denied(403)
    g.acting = read_for(work, bearer.actor)
    require("use_api")
    if request.get_data() and not request.is_json:
        raise UnsupportedMediaType
    must_be_readable()
