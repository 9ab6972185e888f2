"""Answers over HTTP until it is told to stop; whoever has asked by then is still answered."""

import select
import time
from socket import socket
from threading import Event
from typing import Any

from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel

THREADS = 8
MOST_CONNECTIONS = 1_000
"""A browser keeps its connection between two pages, so there are far more of them than requests.
Waitress's own 100 let whoever came next wait for somebody else to leave."""
ROUND_SECONDS = 0.2
"""How long at most it takes to notice that one is told to stop."""
LAST_WORDS_SECONDS = 30
"""In which everyone who has asked gets their answer."""
JUST_SPOKEN_SECONDS = 1
"""Somebody who has connected or asked so lately may be about to ask: they are not cut off."""


def answer(
    app: Any, sockets: list[socket], stop: Event, *, behind_proxies: bool, threads: int = THREADS
) -> None:
    """Where no proxy stands before Pepway, what is said of other addresses is left out."""
    connections: dict[int, Any] = {}
    server = create_server(
        app, sockets=sockets, map=connections, threads=threads, ident=None,
        connection_limit=MOST_CONNECTIONS, clear_untrusted_proxy_headers=not behind_proxies,
    )
    try:
        while not stop.is_set():
            _one_round(connections)
        _take_no_more(connections)
        until = time.monotonic() + LAST_WORDS_SECONDS
        while _waits_for_an_answer(connections) and time.monotonic() < until:
            _one_round(connections)
    finally:
        server.task_dispatcher.shutdown()
        wasyncore.close_all(connections)


def _one_round(connections: dict[int, Any]) -> None:
    # `select`, the other way to wait, takes no file whose number is above 1,023
    wasyncore.loop(timeout=ROUND_SECONDS, map=connections, count=1, use_poll=True)


def _take_no_more(connections: dict[int, Any]) -> None:
    """Who stands in the queue is let in first: a connection that is reset after a form was sent may
    not be tried elsewhere. The next one is refused, and a proxy goes to another process."""
    for listening in [each for each in connections.values() if each.accepting]:
        while select.select([listening.socket], [], [], 0)[0]:
            listening.handle_accept()
        wasyncore.dispatcher.close(listening)


def _waits_for_an_answer(connections: dict[int, Any]) -> bool:
    return any(_is_served(each) for each in connections.values() if isinstance(each, HTTPChannel))


def _is_served(channel: HTTPChannel) -> bool:
    lately = time.time() - channel.last_activity < JUST_SPOKEN_SECONDS
    return bool(lately or channel.requests or channel.request or channel.total_outbufs_len)
