"""The check in a process of its own, with limits on time and memory: no file can hang us."""

import multiprocessing
import resource
from collections.abc import Mapping
from multiprocessing.connection import Connection

from engine.checker import check_files
from engine.checker.report import ERROR, FileReport, Finding, report
from engine.domain import Vocabulary

SECONDS = 60
BYTES = 1_000_000_000


def check_within_limits(
    files: Mapping[str, bytes],
    vocabulary: Vocabulary,
    procedure: str | None,
    *,
    alone: bool = False,
) -> list[FileReport]:
    """As `check_files`; beyond 60 seconds or 1 GB every file is refused as too complex."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(
        target=_check, args=(theirs, files, vocabulary, procedure, alone), daemon=True
    )
    child.start()
    theirs.close()
    try:
        if ours.poll(SECONDS):
            found: list[FileReport] = ours.recv()
            return found
    except EOFError:
        pass
    finally:
        child.kill()
        child.join()
    too_complex = Finding("too-complex", ERROR, None, "This takes more than 60 seconds or 1 GB to "
                          "check. Divide it into smaller processes.")
    return [report(path, procedure, [too_complex]) for path in sorted(files)]


def _check(
    pipe: Connection,
    files: Mapping[str, bytes],
    vocabulary: Vocabulary,
    procedure: str | None,
    alone: bool,
) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_DATA, (used + BYTES, used + BYTES))
    pipe.send(check_files(files, vocabulary, procedure=procedure, alone=alone))
    pipe.close()
