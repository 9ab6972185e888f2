"""A port of its own for what is measured, beside the web front end or in a worker."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click
import waitress

from engine.errors import Refused
from engine.work import Installation
from web.commands.listening import taken_address
from web.metrics import app_of_metrics
from web.settings import Settings


def measured_at(command: Callable[..., Any]) -> Callable[..., Any]:
    """The two options that say where."""
    port = click.option("--metrics-port", type=click.IntRange(1, 65535),
                        help="Also answer /metrics here, and nothing else, by any name.")
    host = click.option("--metrics-host", default="127.0.0.1", show_default=True)
    return host(port(command))


@contextmanager
def measured_beside(
    installation: Installation, settings: Settings, host: str, port: int | None
) -> Iterator[None]:
    """Meanwhile a thread of its own answers there. Raises `Refused` without a token, and where the
    address cannot be had."""
    if port is None:
        yield
        return
    if not settings.metrics_token:
        msg = "--metrics-port wants PEPWAY_METRICS_TOKEN, without which nobody may read it."
        raise Refused(msg)
    with taken_address(host, port) as sockets:
        server = waitress.create_server(
            app_of_metrics(installation, settings), sockets=sockets, threads=1, ident=None
        )
        threading.Thread(target=_answer, args=(server,), name="pepway-metrics", daemon=True).start()
        yield


def _answer(server: Any) -> None:
    with suppress(OSError):  # the process ends, and its sockets are closed
        server.run()
