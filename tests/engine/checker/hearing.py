"""An audit hook: it hears what a process opens, starts, connects to, imports or compiles."""

import sys
from contextlib import contextmanager

HARM = {"open", "exec", "compile", "socket.connect", "socket.getaddrinfo", "urllib.Request",
        "os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen"}
"""What a file that is only read has no need of."""
_heard: list[list[str]] = []


def _hear(event, arguments):
    for events in _heard:
        events.append(f"import {arguments[0]}" if event == "import" else event)


@contextmanager
def listening():
    """The events of what is done meanwhile. A hook stays for as long as the process lives."""
    if not _is_there:
        sys.addaudithook(_hear)
        _is_there.append(True)
    events = []
    _heard.append(events)
    try:
        yield events
    finally:
        _heard.remove(events)


_is_there: list[bool] = []
