"""Pepway's own processes on one database: web processes and workers."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from chaos_council import SERVER_BEGINS
from oracle import AUDIT_KEY
from postgres import free_port

PEPWAY = str(Path(sys.executable).with_name("pepway"))
READY = (200, "ready\n")
AWAY = (503, "the database is away: Pepway goes on when it is back\n")


class Processes:
    """None is ever started again by itself."""

    def __init__(self, url: str, folder: Path, pepway: str | Path = PEPWAY) -> None:
        self._url, self._folder, self._pepway = url, folder, pepway
        self.serving: list[subprocess.Popen[bytes]] = []
        self.working: list[subprocess.Popen[bytes]] = []

    def serve(self, port: int = 0) -> int:
        """The port; one that is free, if none is said."""
        port, alone = port or free_port(), self._url.startswith("sqlite")
        words = ["serve", "--port", str(port), *([] if alone else ["--no-worker"])]
        self.serving.append(self._started(*words))
        until(lambda: readyz(port)[0] == 200, 60)
        return port

    def kill_serving(self, port: int) -> None:
        """Whoever it was answering; another is started in its place."""
        victim = self._let_go(port)
        victim.kill()
        victim.wait()
        self.serve(port)

    def stop_serving(self, port: int) -> int:
        """Told to, as when machines or versions are changed; what it ends with."""
        leaving = self._let_go(port)
        leaving.terminate()
        return leaving.wait()

    def _let_go(self, port: int) -> "subprocess.Popen[bytes]":
        [process] = [each for each in self.serving if str(port) in each.args]
        self.serving.remove(process)
        return process

    def run(self, *words: str) -> int:
        """A command to its end, and what it ends with."""
        return self._started(*words).wait()

    def worker(self) -> None:
        self.working.append(self._started("worker"))

    def kill_worker(self, number: int) -> None:
        """Whatever it is at; another is started in its place."""
        victim = self.working.pop(number)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        self.worker()

    def all_live(self) -> bool:
        return all(process.poll() is None for process in (*self.serving, *self.working))

    def faults(self) -> list[str]:
        """Requests that ended as a fault of Pepway's own, with where it happened."""
        said = (self._folder / "said").read_text()
        return re.findall(r"request \w+ failed.*(?:\n(?!INFO|WARNING|ERROR).*)*", said)

    def kill(self) -> None:
        for process in (*self.serving, *self.working):
            process.kill()
            process.wait()

    def _started(self, *words: str) -> "subprocess.Popen[bytes]":
        clean = {name: value for name, value in os.environ.items()
                 if not name.startswith(("PEPWAY_", "PYTHON"))}
        with (self._folder / "said").open("ab") as said:
            return subprocess.Popen(
                [self._pepway, *words], cwd=self._folder, stdout=said, stderr=said,
                env={**clean, "PEPWAY_DATABASE_URL": self._url, "PEPWAY_DEMO": "1",
                     "PEPWAY_TODAY": SERVER_BEGINS, "PEPWAY_AUDIT_KEY": AUDIT_KEY,
                     "PEPWAY_SECRET_KEY": "s" * 32},
            )


def readyz(port: int) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=15) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()
    except (URLError, OSError):
        return 0, ""


def until(happened: Callable[[], object], within: float = 40) -> None:
    until = time.monotonic() + within
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.1)
