"""Letters by the thousand over connections that are cut: what `make test` tries with 200."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from council import new_council
from postgres import Postgres
from posting import Post, Provider
from quick import QUICK

from engine.background import Embedded
from engine.background.distributed import Distributed
from engine.store.database import Database
from engine.store.schema import migrate

LETTERS = 1000


def post_letters(store: str, seed: int) -> int:
    """Raises where a letter is missing, or more came twice than connections were cut."""
    logging.disable(logging.INFO)
    logging.lastResort = None
    with _url(store) as url:
        database = Database(url)
        migrate(database)
        council = new_council(database)
        council.load("waiting")
        post = Post(council, Provider(seed), seed)

        def new_background(deliver):
            if store == "sqlite":
                return Embedded(council.installation, deliver)
            return Distributed(council.installation, deliver, pace=QUICK)

        letters = post.write(LETTERS)
        post.until_all_have_left(new_background)
        post.check(letters)
        post.close()
        database.engine.dispose()
    return len(letters)


@contextmanager
def _url(store: str) -> Iterator[str]:
    if store == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'pepway.db'}"
        return
    server = Postgres()
    server.start()
    try:
        yield server.new_database()
    finally:
        server.stop()
