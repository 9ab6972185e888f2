"""The MAC on each row of `event` and `audit`: over what the row says, with the audit key."""

import hashlib
import hmac

from engine.store.base import to_json
from engine.store.models import Audit, Event


def mac_of(key: bytes, row: Event | Audit) -> str:
    """HMAC-SHA-256 as hexadecimal, over the table's name and every column but the MAC itself."""
    columns = [column.key for column in row.__table__.columns if column.key not in ("seq", "mac")]
    body = to_json([row.__tablename__, {name: getattr(row, name) for name in columns}])
    return hmac.new(key, body.encode(), hashlib.sha256).hexdigest()


def is_intact(key: bytes, row: Event | Audit) -> bool:
    return hmac.compare_digest(mac_of(key, row), row.mac)
