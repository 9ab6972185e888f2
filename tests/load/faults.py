"""Faults to plant."""
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    plant: Callable[[], None]


FAULTS: dict[str, Fault] = {}
