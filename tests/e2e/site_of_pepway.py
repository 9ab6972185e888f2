"""Pepway as a real process with the invented council, on a database of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from postgres import free_port

from engine.demo_clock import move_demo_clock
from engine.domain import SYSTEM
from engine.work import Acting
from web.installation import open_existing
from web.settings import read_settings
from workflows.people import find_by_email
from workflows.tokens import add_token

ROOT = Path(__file__).parents[2]
PEPWAY = str(Path(sys.executable).with_name("pepway"))
FIRST_DAY = "2026-03-25"
"""Where the council's clock starts: a Wednesday before Easter."""
READY_WITHIN = 300
STOP_WITHIN = 20


@dataclass
class Site:
    """One running `pepway serve`. `email_of` says who holds a role."""

    folder: Path
    database_url: str
    port: int = field(default_factory=free_port)
    today: str = FIRST_DAY
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "serve.log"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [PEPWAY, "serve", "--port", str(self.port)],
                cwd=self.folder, env=self._environment(), stdout=log, stderr=log,
            )
        self._wait_until_ready()

    def stop(self) -> None:
        if self.process is not None:
            self.go_on()
            self.process.terminate()
            self.process.wait(STOP_WITHIN)

    def stand_by(self) -> None:
        """It takes no time of the processor until it is to go on."""
        if self.process is not None:
            self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)

    def restart(self) -> None:
        self.stop()
        self.start()

    def command(self, *arguments: str) -> str:
        """What `pepway` with these arguments answers, beside the running site."""
        done = subprocess.run(
            [PEPWAY, *arguments], cwd=self.folder, env=self._environment(), check=True,
            capture_output=True, text=True,
        )
        return done.stdout

    def move_clock(self, moment: str) -> None:
        """As `pepway demo clock` does."""
        with self._from_here() as by:
            move_demo_clock(by, datetime.fromisoformat(moment))

    def token_of(self, email: str) -> str:
        """As `pepway token add` prints it, for reading and writing."""
        with self._from_here() as by:
            actor = find_by_email(by, email)
            assert actor is not None
            return add_token(by, actor.id, frozenset({"read", "write"}))

    def email_of(self, role: str, number: int = 0) -> str:
        """E-mail of the number-th person who holds a role."""
        request = Request(f"{self.url}/demo", headers={"Accept": "application/json"})  # noqa: S310 - own site
        with urlopen(request) as answer:  # noqa: S310 - own site
            people = json.load(answer)
        return [person["email"] for person in people if role in person["roles"]][number]

    @contextmanager
    def _from_here(self) -> Iterator[Acting]:
        """Pepway on the site's database, beside the running one and in this process: a program of
        its own that does the same takes two seconds to start."""
        keys = {f"PEPWAY_{name.upper()}": (self.folder / "var" / name).read_text().strip()
                for name in ("secret_key", "audit_key")}
        opened = open_existing(read_settings({**self._environment(), **keys}))
        try:
            yield opened.acting(SYSTEM)
        finally:
            opened.database.engine.dispose()

    def _environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("PEPWAY_")},
            "PEPWAY_DEMO": "1",
            "PEPWAY_DATABASE_URL": self.database_url,
            "PEPWAY_PUBLIC_URL": self.url,
            "PEPWAY_TODAY": self.today,
        }

    def _wait_until_ready(self) -> None:
        assert self.process is not None
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until and self.process.poll() is None:
            if _answers(f"{self.url}/readyz"):
                return
            time.sleep(0.1)
        raise AssertionError(f"Pepway did not start:\n{self.log.read_text()[-4000:]}")


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 - own site
            return answer.status == 200
    except (URLError, OSError):
        return False
