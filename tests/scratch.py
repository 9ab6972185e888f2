"""Where tests keep their files: in the machine's memory, where it has enough of it.

Each test has a database of its own. To copy PostgreSQL's takes ten times as long on a disk.
"""

import os
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - folders in it get names that nobody can guess
LEAST_FREE = 6 * 1024**3
"""Bytes. A whole run takes some 1.5 GB."""


def keep_files_in_memory() -> None:
    """Of this process and of those that it starts, unless somebody has said where to."""
    if "TMPDIR" not in os.environ and _is_fit():
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def _is_fit() -> bool:
    """PostgreSQL's programs may be copied there, and are run from there."""
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK)):
        return False
    kept = os.statvfs(MEMORY)
    free = min(kept.f_bavail * kept.f_frsize, _free_memory())
    return not kept.f_flag & os.ST_NOEXEC and free > LEAST_FREE


def _free_memory() -> int:
    lines = Path("/proc/meminfo").read_text().splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(kilobytes) * 1024
