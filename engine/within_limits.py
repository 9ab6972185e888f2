"""A piece of work in a process of its own, with limits on time and memory: nothing can hang us."""

import multiprocessing
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, TypeVar

R = TypeVar("R")

OUT_OF_MEMORY = 3
"""What the child exits with where Python found no more; a library that finds none aborts."""
FAILED = 1
"""What Python exits with where nothing caught an exception."""
PRELOADED = ["engine.checker.bounded"]
"""Modules that the children's server holds, so that the next child need not load them."""


class BeyondLimits(Exception):
    """The work was broken off."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


@dataclass(frozen=True, slots=True)
class _Task:
    call: Callable[..., Any]
    arguments: tuple[Any, ...]
    named: Mapping[str, Any]


def within_limits(
    call: Callable[..., R], *arguments: Any, seconds: int, most_bytes: int, **named: Any
) -> R:
    """What `call`, a function of a module, gives for these arguments; all of it can be pickled.

    Raises `BeyondLimits`, and `RuntimeError` where the call raises anything: that is a fault of
    ours. The child is forked from a server that holds no thread, lock or connection of ours, which
    is why it takes hundredths of a second and is safe beside other threads.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    ours, theirs = context.Pipe(duplex=False)
    task = _Task(call, arguments, named)
    child = context.Process(target=_answer, args=(theirs, task, seconds, most_bytes), daemon=True)
    child.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            raise BeyondLimits(f"{seconds} seconds")
        found: R = ours.recv()
    except EOFError as broken_off:
        child.join(1)
        if child.exitcode == FAILED:
            msg = f"{call.__name__} failed: its process has written why"
            raise RuntimeError(msg) from broken_off
        out_of_time = child.exitcode in (-signal.SIGXCPU, -signal.SIGKILL)
        limit = f"{seconds} seconds" if out_of_time else "1 GB of memory"
        raise BeyondLimits(limit) from broken_off
    finally:
        child.kill()
        child.join()
        child.close()
        ours.close()
    return found


def _answer(pipe: Connection, task: _Task, seconds: int, most: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_DATA, (used + most, used + most))
    try:
        found = task.call(*task.arguments, **task.named)
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    pipe.send(found)
    pipe.close()
