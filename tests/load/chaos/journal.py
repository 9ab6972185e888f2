"""What clients sent and what they were told, kept on disk: the witness against a server that dies.

Each line is on disk before anything else happens. Two entries with the same `submit` are one action
that was sent again, as a browser does after a lost answer; a `submit` that was begun and never
acknowledged may have happened or not.
"""

import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    acknowledged: bool
    kind: str
    submit: str
    details: dict[str, Any]


class Journal:
    """One file; threads and processes may write to it at the same time."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        self._file = os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    def begun(self, kind: str, *, submit: str, **details: Any) -> None:
        """Before the request is sent."""
        self._write("begun", kind, submit, details)

    def acknowledged(self, kind: str, *, submit: str, **details: Any) -> None:
        """As soon as the server has said that it is done. `details` are those that it began with;
        they may be left out where it began."""
        self._write("acknowledged", kind, submit, details)

    def read(self) -> list[Entry]:
        """In order; a last line that was cut off says nothing."""
        *lines, _cut = self.path.read_text().split("\n")
        return [
            Entry(said.pop("said") == "acknowledged", said.pop("kind"), said.pop("submit"), said)
            for said in map(json.loads, lines)
        ]

    def close(self) -> None:
        os.close(self._file)

    def _write(self, said: str, kind: str, submit: str, details: dict[str, Any]) -> None:
        line = {"said": said, "kind": kind, "submit": submit, **details}
        with self._lock:
            os.write(self._file, json.dumps(line, default=str).encode() + b"\n")
            os.fsync(self._file)
