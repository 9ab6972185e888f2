"""What `requirements.lock` says: each package, its hashes, and who asks for it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LOCK = Path(__file__).parents[1] / "requirements.lock"
BLOCK = re.compile(r"^([\w.-]+)==([^\s;]+)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
ASKED_FOR = "pepway (pyproject.toml)"


@dataclass(frozen=True)
class Locked:
    name: str
    version: str
    below: str
    """All that the lock says of it behind the version."""
    needed: bool
    """Whether a council runs it; else it builds and tests."""

    @property
    def hashes(self) -> list[str]:
        return re.findall(r"--hash=sha256:(\w+)", self.below)


def locked() -> Iterator[Locked]:
    blocks = {name: (version, below) for name, version, below in BLOCK.findall(LOCK.read_text())}
    needed = _needed({name: _via(below) for name, (_, below) in blocks.items()})
    for name, (version, below) in blocks.items():
        yield Locked(name, version, below, name in needed)


def _via(below: str) -> list[str]:
    """Who asks for a package, as the lock says below it."""
    said = [line.strip().removeprefix("#").strip() for line in below.splitlines() if "#" in line]
    return [each.removeprefix("via").strip() for each in said]


def _needed(asked_by: dict[str, list[str]]) -> set[str]:
    needed: set[str] = set()
    while True:
        more = {name for name, by in asked_by.items()
                if ASKED_FOR in by or needed & {each.split("[")[0] for each in by}}
        if more == needed:
            return needed
        needed = more
