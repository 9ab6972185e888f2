"""Checks that no machine could stand, to be tried where the limits are small."""

from typing import Any


def for_ever(*_files: Any, **_more: Any) -> list[Any]:
    while True:
        pass


def all_memory(*_files: Any, **_more: Any) -> list[Any]:
    return [bytearray(10**9)]
