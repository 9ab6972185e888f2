"""The check in a process of its own, with limits on time and memory: no file can hang us."""

import multiprocessing
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from threading import BoundedSemaphore
from typing import Any

from engine.checker import check_files
from engine.checker.report import ERROR, FileReport, Finding, report
from engine.domain import Vocabulary

SECONDS = 60
BYTES = 1_000_000_000
OUT_OF_MEMORY = 3
"""What the child exits with where Python found no more; a library that finds none aborts."""
FAILED = 1
"""What Python exits with where nothing caught an exception."""

_at_once = BoundedSemaphore(2)
"""However many people check at once, no more than twice the limit is taken from the machine."""


def check_within_limits(
    files: Mapping[str, bytes],
    vocabulary: Vocabulary,
    procedure: str | None,
    *,
    alone: bool = False,
) -> list[FileReport]:
    """As `check_files`; beyond 60 seconds or 1 GB every file is refused as too complex.

    Raises `RuntimeError` where the check itself fails, which is a fault of ours and not the file's.
    The child is forked from a server that holds the check and no thread, lock or connection of
    ours, which is why it takes hundredths of a second and is safe beside other threads.
    """
    task = _Check(check_files, files, _words_of(vocabulary), procedure, alone)
    try:
        with _at_once:
            return _found(task)
    except _BeyondLimits as beyond:
        too_complex = Finding("too-complex", ERROR, None, f"This is too complex: checking it takes "
                              f"more than {beyond.limit}. Divide it into smaller processes.")
    return [report(path, procedure, [too_complex]) for path in sorted(files)]


class _BeyondLimits(Exception):
    """The check was broken off."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


@dataclass(frozen=True, slots=True)
class _Check:
    check: Callable[..., list[FileReport]]
    files: Mapping[str, bytes]
    vocabulary: Vocabulary
    procedure: str | None
    alone: bool


def _found(task: _Check) -> list[FileReport]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(theirs, task, SECONDS, BYTES), daemon=True)
    child.start()
    theirs.close()
    try:
        if not ours.poll(SECONDS):
            raise _BeyondLimits(f"{SECONDS} seconds")
        found: list[FileReport] = ours.recv()
    except EOFError as broken_off:
        child.join(1)
        if child.exitcode == FAILED:
            msg = "the check of a diagram failed: its process has written why"
            raise RuntimeError(msg) from broken_off
        out_of_time = child.exitcode in (-signal.SIGXCPU, -signal.SIGKILL)
        limit = f"{SECONDS} seconds" if out_of_time else "1 GB of memory"
        raise _BeyondLimits(limit) from broken_off
    finally:
        child.kill()
        child.join()
        child.close()
        ours.close()
    return found


def _answer(pipe: Connection, task: _Check, seconds: int, most: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_DATA, (used + most, used + most))
    try:
        found = task.check(
            task.files, task.vocabulary, procedure=task.procedure, alone=task.alone
        )
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    pipe.send(found)
    pipe.close()


def _words_of(vocabulary: Vocabulary) -> Vocabulary:
    """All that a check asks of it: what may be named, not what the domain does when it is."""
    return replace(vocabulary, paths={}, functions=tuple(
        replace(each, call=_nothing_is_called, explain=None) for each in vocabulary.functions
    ))


def _nothing_is_called(*_arguments: Any) -> Any:
    raise AssertionError
