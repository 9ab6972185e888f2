"""Checks that no machine could stand, and one that is wrong itself."""

from typing import Any


def for_ever(*_files: Any, **_more: Any) -> list[Any]:
    while True:
        pass


def all_memory(*_files: Any, **_more: Any) -> list[Any]:
    return [bytearray(10**9)]


def fails(*_files: Any, **_more: Any) -> list[Any]:
    return [1 // 0]
