"""Where the bench's databases are: on a real disk, thrown away; or councils that are made once.

A council is made anew when the diagrams, the state or the generator change, and migrated when the
tables do. Delete `var/bench` after a change of what is counted for the board.
"""

import hashlib
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from counted import add_up_the_years
from large_council import Size, load
from lives import ROOT, tell_lives
from postgres import Postgres, name_of
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.store.database import Database
from engine.store.schema import migrate
from workflows.child_names import NameEnding, endings
from workflows.children import Child

SEED = 1
TOLD_FROM = ("bpmn/*/*", "engine/spiff/codec.py", "workflows/demonstration/*.py",
             "tests/load/bench/lives.py")
STAMPED_FROM = (*TOLD_FROM, "engine/seal.py", *(
    f"tests/load/bench/{name}.py"
    for name in ("stamping", "staff", "chaining", "large_council", "bulk", "counted")
))


def on_disk() -> Path:
    """A real disk: the temporary folder may lie in memory, where a commit costs nothing."""
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def database(url: str) -> Iterator[Database]:
    """Opened, with all tables."""
    opened = Database(url)
    migrate(opened)
    yield opened
    opened.engine.dispose()


@contextmanager
def postgres(*, kept: bool = False) -> Iterator[Postgres]:
    """A server of the bench's own; a `kept` one has the councils that were made before."""
    server = (Postgres(durable=True, kept=on_disk() / "postgresql") if kept
              else Postgres(durable=True, inside=on_disk()))
    server.start()
    try:
        yield server
    finally:
        server.stop()


def sqlite_council(size: Size, share: float) -> str:
    """URL of the council, made now where it has not been made yet."""
    file = on_disk() / f"{_name(size, share)}.db"
    if not file.exists():
        part = file.with_suffix(".part")
        part.unlink(missing_ok=True)
        _make(f"sqlite:///{part}", size, share)
        part.rename(file)
    return _migrated(f"sqlite:///{file}")


def postgres_council(server: Postgres, size: Size, share: float) -> str:
    name = _name(size, share)
    if not server.has(name):
        server.drop(server.url(f"{name}_part"))
        url = server.new_database(name=f"{name}_part")
        _make(url, size, share)
        server.rename(url, name)
    return _migrated(server.url(name))


def copied(url: str, place: Path, server: Postgres | None) -> str:
    """A copy of a council to write to, so that the next run finds it as it was made."""
    if server is None:
        file = place / "copy.db"
        shutil.copyfile(url.removeprefix("sqlite:///"), file)
        return f"sqlite:///{file}"
    name = name_of(url)
    server.drop(server.url(f"{name}_copy"))
    return server.new_database(name, name=f"{name}_copy")


@contextmanager
def used_up(url: str, server: Postgres) -> Iterator[str]:
    """A council to write to that is too large to be copied: it is gone afterwards."""
    used = f"{name_of(url)}_used"
    server.drop(server.url(used))
    server.rename(url, used)
    try:
        yield server.url(used)
    finally:
        server.drop(server.url(used))


def _make(url: str, size: Size, share: float) -> None:
    lives = on_disk() / f"lives_{_key(TOLD_FROM)}.db"
    store = url.partition(":")[0]
    if not lives.exists():
        _took("the lives that councils are stamped from", lambda: tell_lives(lives))
    _migrated(f"sqlite:///{lives}")
    _took(f"{share:.1%} of the {size.name} council on {store}",
          lambda: load(url, size.of_share(share), SEED, lives))
    _keep_names(url)
    with database(url) as opened:
        _took("what it adds up to over the years", lambda: add_up_the_years(opened))


def _keep_names(url: str) -> None:
    """Let the children be found by the names that they were stamped with."""
    with database(url) as opened, opened.as_owner() as engine, Session(engine) as session:
        children = session.execute(
            select(Child.id, Child.given_names, Child.known_as, Child.family_name)
        )
        for some in children.partitions(1_000):
            session.execute(insert(NameEnding), [
                {"ending": ending, "child_id": child_id}
                for child_id, *names in some for ending in endings(names)
            ])
        session.commit()


def _migrated(url: str) -> str:
    with database(url):
        return url


def _took(what: str, make: Callable[[], None]) -> None:
    sys.stderr.write(f"making {what}\n")
    begun = time.monotonic()
    make()
    sys.stderr.write(f"made in {time.monotonic() - begun:.0f} s\n")


def _name(size: Size, share: float) -> str:
    return f"{size.name}_{share:g}_{_key(STAMPED_FROM)}".replace(".", "_")


def _key(sources: Sequence[str]) -> str:
    said = hashlib.sha256()
    for pattern in sources:
        for path in sorted(ROOT.glob(pattern)):
            said.update(path.read_bytes())
    return said.hexdigest()[:8]
