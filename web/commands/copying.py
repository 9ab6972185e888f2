"""What `pepway backup` and `pepway restore` share: the database's file, progress, the answer."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from engine.errors import Refused
from engine.store.copying import Watch
from engine.store.database import Database
from web.settings import read_settings


def sqlite_file(otherwise: str) -> Path:
    """The file of the database in the settings. Raises `Refused(otherwise)` on PostgreSQL."""
    file = Database(read_settings(may_make_keys=False).database_url).file
    if file is None:
        raise Refused(otherwise)
    return Path(file)


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


def answer(in_words: str, *, as_json: bool, **facts: str | int | None) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False) if as_json else in_words)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(1)
