"""Which people have signed in on this device before: a signed cookie of its own, that outlives
signing out. It opens nothing; it gives its owner tries that nobody else can use up. Which devices a
person has is kept nowhere else: each is forgotten on itself."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from web.network import network_of_request
from web.settings import Settings
from workflows.accounts.throttling import Browser

LASTS = timedelta(days=400)
"""Browsers keep no cookie longer."""
MOST_PEOPLE = 8


def this_browser() -> Browser:
    return Browser(network_of_request(), _devices())


def remember_device(response: Response, person_id: UUID) -> None:
    """From now on this device is known for this person."""
    known = dict(_devices())
    device = known.pop(person_id, None) or secrets.token_urlsafe(16)
    _keep(response, dict([*known.items(), (person_id, device)][-MOST_PEOPLE:]))


def is_known(person_id: UUID) -> bool:
    return person_id in _devices()


def forget_device(response: Response, person_id: UUID) -> None:
    """From now on this device is one like any other for this person; for others it stays known."""
    _keep(response, {person: each for person, each in _devices().items() if person != person_id})


def _keep(response: Response, known: Mapping[UUID, str]) -> None:
    response.set_cookie(
        _name(), _signer().dumps({str(person): each for person, each in known.items()}),
        max_age=LASTS, secure=_settings().secure, httponly=True, samesite="Lax",
    )


def _devices() -> Mapping[UUID, str]:
    with suppress(BadSignature, ValueError, AttributeError):
        kept = _signer().loads(request.cookies.get(_name(), ""))
        return {UUID(person): str(device) for person, device in kept.items()}
    return {}


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(_settings().secret_keys[::-1], salt="device")


def _name() -> str:
    return "__Host-pepway-device" if _settings().secure else "pepway-device"


def _settings() -> Settings:
    settings: Settings = current_app.extensions["pepway_settings"]
    return settings
