"""Pepway's own processes on a council of the bench, at their work."""

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from council_pages import SECRET
from lives import KEY
from postgres import free_port

Process = subprocess.Popen[bytes]


@contextmanager
def serving(url: str, folder: Path, *words: str) -> Iterator[tuple[str, Process]]:
    """A web process that is ready, and where; it ends with this."""
    site = f"127.0.0.1:{free_port()}"
    with _running(url, folder, site, "serve", "--port", site.partition(":")[2], *words) as process:
        wait_until(lambda: _is_ready(site), 120)
        yield site, process


@contextmanager
def working(url: str, folder: Path) -> Iterator[Process]:
    """A worker."""
    with _running(url, folder, f"127.0.0.1:{free_port()}", "worker") as process:
        yield process


@contextmanager
def two_of_each(url: str, folder: Path) -> Iterator[tuple[list[str], list[Process]]]:
    """Two web processes that leave all work to two workers, and where they are."""
    with ExitStack() as leaving:
        serve = [leaving.enter_context(serving(url, folder, "--no-worker")) for _ in range(2)]
        workers = [leaving.enter_context(working(url, folder)) for _ in range(2)]
        yield [site for site, _ in serve], [*(process for _, process in serve), *workers]


def wait_for_the_day(processes: Sequence[Process], seconds: float) -> None:
    """Until what a new day brings has been done: people come in afterwards."""
    wait_until(lambda: all(rests(each) for each in processes), seconds)


@contextmanager
def _running(url: str, folder: Path, site: str, *words: str) -> Iterator[Process]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PEPWAY_")},
        "PEPWAY_DATABASE_URL": url, "PEPWAY_SECRET_KEY": SECRET, "PEPWAY_AUDIT_KEY": KEY.decode(),
        "PEPWAY_DEMO": "1", "PEPWAY_TODAY": "2026-03-25T09:00",
        "PEPWAY_PUBLIC_URL": f"http://{site}", "MALLOC_ARENA_MAX": "2",  # as in README's units
    }
    command = [str(Path(sys.executable).with_name("pepway")), *words]
    with ExitStack() as leaving:
        log = leaving.enter_context((folder / "said").open("ab"))
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
        leaving.callback(process.wait, 60)
        leaving.callback(process.terminate)
        yield process


def faults(folder: Path) -> list[str]:
    """Requests that ended as a fault of Pepway's own."""
    return re.findall(r"request \w+ failed.*", (folder / "said").read_text())


def rests(process: Process) -> bool:
    before = processor_seconds(process)
    time.sleep(2)
    return processor_seconds(process) - before < 0.1


def processor_seconds(process: Process) -> float:
    spent = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


@dataclass
class Busy:
    share: float = 0.0
    """Of the time of all processors of the machine, whoever they worked for."""


@contextmanager
def processors_at_work() -> Iterator[Busy]:
    """How busy the machine was meanwhile, known at its end."""
    busy, (worked, rested) = Busy(), _ticks()
    yield busy
    now_worked, now_rested = _ticks()
    busy.share = (now_worked - worked) / (now_worked + now_rested - worked - rested)


def _ticks() -> tuple[int, int]:
    """Of all processors since the machine started: at work, and at rest or waiting for a disk."""
    ticks = [int(each) for each in Path("/proc/stat").read_text().split()[1:9]]
    rested = ticks[3] + ticks[4]
    return sum(ticks) - rested, rested


def memory_mb(process: Process) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) / 1024


def wait_until(true: Callable[[], bool], seconds: float) -> None:
    give_up = time.monotonic() + seconds
    while not true():
        if time.monotonic() > give_up:
            msg = "Pepway does not answer"
            raise TimeoutError(msg)
        time.sleep(0.2)


def _is_ready(site: str) -> bool:
    connection = http.client.HTTPConnection(site, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
