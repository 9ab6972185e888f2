"""Takes the address to serve at before anything else is done, or says why it cannot be had."""

import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from engine.errors import Refused


@contextmanager
def taken_address(host: str, port: int) -> Iterator[list[socket.socket]]:
    """A socket for each address that `host` stands for. Who calls before Pepway is ready waits.

    Raises `Refused` with a sentence where the port is taken or not allowed, or the host unknown.
    """
    with ExitStack() as closing:
        yield [
            closing.enter_context(_bound(family, address, port))
            for family, address in _addresses(host, port)
        ]


def _addresses(host: str, port: int) -> list[tuple[int, tuple[object, ...]]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as problem:
        msg = f"There is no address called {host} here. Choose another, such as 127.0.0.1."
        raise Refused(msg) from problem
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def _bound(family: int, address: tuple[object, ...], port: int) -> socket.socket:
    taking = socket.socket(family, socket.SOCK_STREAM)
    try:
        taking.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            taking.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        taking.bind(address)
        taking.listen()
    except OSError as problem:
        taking.close()
        raise Refused(_why_not(problem, str(address[0]), port)) from problem
    return taking


def _why_not(problem: OSError, host: str, port: int) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program. Stop that one, or choose another port."
    if problem.errno == errno.EACCES:
        return f"You may not use port {port}. Choose one above 1023, such as 8000."
    return f"This machine does not have the address {host}. Choose another, such as 127.0.0.1."
