"""The launcher, from outside: forks of one warm server, each on the store as it stands then."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chaos_council import SERVER_BEGINS
from oracle import AUDIT_KEY
from over_http import FORM, LOST, Answer, Http
from postgres import free_port

ROOT = Path(__file__).parents[3]
PATHS = ("", "tests", "tests/load/chaos", "tests/engine")


def settings(database_url: str) -> dict[str, str]:
    """The environment of a server: the demonstration's, for its clock; its council is ours."""
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith("PEPWAY_")},
        "PYTHONPATH": os.pathsep.join(str(ROOT / path) for path in PATHS),
        "PEPWAY_DATABASE_URL": database_url, "PEPWAY_AUDIT_KEY": AUDIT_KEY,
        "PEPWAY_SECRET_KEY": "the chaos harness's key for cookies", "PEPWAY_DEMO": "1",
        "PEPWAY_TODAY": SERVER_BEGINS,
    }


class Forks:
    """One launcher on one store."""

    def __init__(self, database_url: str, log: Path) -> None:
        self.port = free_port()
        self._log = log.open("ab")
        self._launcher = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("launcher.py")), "--port",
             str(self.port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
            env=settings(database_url), text=True,
        )
        while not (said := self._heard()).startswith("{"):
            assert said, f"the launcher has ended: see {log}"

    def warm(self, http: Http, address: str, body: str) -> None:
        """Answer once without forking, so that every fork begins with what that has taught."""
        self._ask(do="warm", address=address, body=body, content_type=FORM, cookie=http.cookie)

    @contextmanager
    def server(self, **plan: Any) -> Iterator["Fork"]:
        """One server; it is killed when it is not needed any more. `plan` is `kill_at`, `fail_at`
        or `fault`."""
        fork = Fork(self, self._ask(do="fork", **plan)["child"])
        try:
            yield fork
        finally:
            fork.kill()

    def reap(self, child: int) -> int:
        return int(self._ask(do="reap", child=child)["ended"])

    def stop(self) -> None:
        assert self._launcher.stdin is not None
        self._launcher.stdin.close()
        self._launcher.wait(30)
        self._launcher.stdout.close()
        self._log.close()

    def _ask(self, **command: Any) -> dict[str, Any]:
        assert self._launcher.stdin is not None
        self._launcher.stdin.write(json.dumps(command) + "\n")
        self._launcher.stdin.flush()
        while not (said := self._heard()).startswith("{"):
            assert said, f"the launcher has ended: see {self._log.name}"
        heard: dict[str, Any] = json.loads(said)
        return heard

    def _heard(self) -> str:
        assert self._launcher.stdout is not None
        return self._launcher.stdout.readline()


class Fork:
    def __init__(self, forks: Forks, child: int) -> None:
        self._forks, self._child, self.ended = forks, child, None

    def kill(self) -> int:
        """Kill it at once, if it lives; how it ended: -9 where it was killed by whomever."""
        if self.ended is None:
            os.kill(self._child, signal.SIGKILL)
            self.ended = self._forks.reap(self._child)
        return self.ended

    def sent(self, http: Http, address: str, body: str) -> Answer | None:
        """The answer, or None where the server has died of it."""
        try:
            return http.ask("POST", address, body)
        except LOST:
            return None
