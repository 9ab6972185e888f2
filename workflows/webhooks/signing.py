"""The secrets with which messages to a program are signed; after a change both sign for a day."""

import base64
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import new_id
from workflows.accounts.sealing import Sealing

BOTH_SIGN_FOR = timedelta(hours=24)


class Signing:
    """Columns of an address that has a secret of its own."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    secret: Mapped[str] = mapped_column(String(300))
    """Sealed."""
    old_secret: Mapped[str | None] = mapped_column(String(300))
    """The one before, which signs as well until `old_until`."""
    old_until: Mapped[datetime | None]


def new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def exchange_secret(address: Signing, sealing: Sealing, now: datetime) -> str:
    """The new one, told this once."""
    secret = new_secret()
    address.old_secret, address.old_until = address.secret, now + BOTH_SIGN_FOR
    address.secret = sealing.seal(address.id, secret)
    return secret


def secrets_of(address: Signing, sealing: Sealing, now: datetime) -> tuple[str, ...]:
    sealed = [address.secret]
    if address.old_secret and address.old_until and now < address.old_until:
        sealed.append(address.old_secret)
    return tuple(filter(None, (sealing.open(address.id, each) for each in sealed)))
