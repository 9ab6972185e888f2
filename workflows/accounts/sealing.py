"""Secrets of second factors as they are kept: encrypted, each for one person alone.

The key is derived from Pepway's secret key. Older keys still open what they sealed, until it is
sealed anew at its next use.
"""

import base64
from collections.abc import Sequence
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"pepway second factor 1"


class Sealing:
    """`keys` are Pepway's secret keys, the newest first."""

    def __init__(self, keys: Sequence[str]) -> None:
        boxes = [Fernet(_derived(key)) for key in keys]
        self._newest, self._all = boxes[0], MultiFernet(boxes)

    def seal(self, person_id: UUID, secret: str) -> str:
        return self._newest.encrypt(f"{person_id}:{secret}".encode()).decode()

    def open(self, person_id: UUID, sealed: str) -> str | None:
        """None where no key of ours opens it, or it was sealed for somebody else."""
        try:
            owner, _, secret = self._all.decrypt(sealed.encode()).decode().partition(":")
        except InvalidToken:
            return None
        return secret if owner == str(person_id) else None

    def is_of_newest_key(self, sealed: str) -> bool:
        try:
            self._newest.decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True


def _derived(key: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode())
    return base64.urlsafe_b64encode(derived)
