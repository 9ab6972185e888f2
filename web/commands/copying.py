"""What `pepway backup` and `pepway restore` share: the file, the audit, progress, the answer."""

import json
import os
import pwd
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click

from engine.audit import record_copying
from engine.domain import SYSTEM
from engine.errors import Refused
from engine.store.copying import Watch
from engine.store.database import Database
from web.installation import installation_on
from web.settings import Settings


def sqlite_file(settings: Settings, otherwise: str) -> Path:
    """The file of the database in the settings. Raises `Refused(otherwise)` on PostgreSQL."""
    file = Database(settings.database_url).file
    if file is None:
        raise Refused(otherwise)
    return Path(file)


def record(database: Database, settings: Settings, action: str, file: Path) -> None:
    """Write into the audit of this database who does this, and with which file."""
    system = installation_on(database, settings).acting(SYSTEM)
    record_copying(system, action, _operator(), str(file.resolve()))


def _operator() -> str:
    """The account of the machine that runs the command; its number where it has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


@contextmanager
def progress(label: str) -> Iterator[Watch]:
    """A bar on a terminal. A program that is told to stop clears its half copy away first."""
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        with click.progressbar(
            length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar:

            def watch(done: int, pages: int) -> None:
                bar.length = pages
                bar.update(done - bar.pos)

            yield watch
    finally:
        signal.signal(signal.SIGTERM, before)


def answer(in_words: str, *, as_json: bool, **facts: Any) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False) if as_json else in_words)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(1)
