"""One council for the thousands of requests of a run, put back as it was before each thousand.

So a seed says all that a thousand does, whatever ran before it in the same process.
"""

import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

from workflows.sight.unusual import Openings


class Standing:
    """What `make` builds of a council on SQLite; its folder goes when the process does."""

    def __init__(self, make):
        from conftest import council_in

        self._folder = tempfile.TemporaryDirectory()
        self._within = council_in(Path(self._folder.name))
        council = self._within.__enter__()
        self._council, self._made = council, make(council)
        self._file = council.installation.database.engine.url.database
        self._kept = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(self._file)) as file:
            file.backup(self._kept)

    def as_it_was(self):
        with closing(sqlite3.connect(self._file)) as file:
            self._kept.backup(file)
        self._council.app.extensions["pepway_openings"] = Openings()
        return self._made


@cache
def standing(make):
    """One for all runs of a process."""
    return Standing(make)
