"""The check in a process of its own, with limits on time and memory: no file can hang us."""

from collections.abc import Mapping
from dataclasses import replace
from threading import BoundedSemaphore
from typing import Any

from engine.checker import check_files
from engine.checker.report import ERROR, FileReport, Finding, report
from engine.domain import Vocabulary
from engine.within_limits import BeyondLimits, within_limits

SECONDS = 60
BYTES = 1_000_000_000

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
    """
    try:
        with _at_once:
            return within_limits(
                check_files, files, _words_of(vocabulary), procedure=procedure, alone=alone,
                seconds=SECONDS, most_bytes=BYTES,
            )
    except BeyondLimits as beyond:
        too_complex = Finding("too-complex", ERROR, None, f"This is too complex: checking it takes "
                              f"more than {beyond.limit}. Divide it into smaller processes.")
    return [report(path, procedure, [too_complex]) for path in sorted(files)]


def _words_of(vocabulary: Vocabulary) -> Vocabulary:
    """All that a check asks of it: what may be named, not what the domain does when it is."""
    return replace(vocabulary, paths={}, functions=tuple(
        replace(each, call=_nothing_is_called, explain=None) for each in vocabulary.functions
    ))


def _nothing_is_called(*_arguments: Any) -> Any:
    raise AssertionError
