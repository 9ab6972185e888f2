"""What a thread is at, for the log: ids and the rules of addresses, never a name or an answer."""

from collections.abc import Mapping
from contextvars import ContextVar

_DOING: ContextVar[Mapping[str, str]] = ContextVar("pepway_doing")


def what_is_done() -> Mapping[str, str]:
    return _DOING.get({})


def be_doing(**known: str) -> None:
    """From here on; without anything, nothing is known."""
    _DOING.set(known)
