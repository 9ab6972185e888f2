"""The real `pepway serve` is killed at random moments while twenty people work at it.

Between two lives of the server the oracle looks at what it has left; the clock goes on by a day, so
that timers come due and are fired in the next one.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

from chaos_council import ChaosCouncil
from chaos_stores import new_store
from clients import HOLDERS, Client, sign_in
from forks import settings
from journal import Journal
from oracle import wrong_with
from over_http import LOST, Http
from points import Figures
from postgres import Postgres, free_port

from engine.clock import MovableClock
from engine.demo_clock import clock_ahead, keep_clock_ahead
from engine.domain import SYSTEM

CLIENTS = 20
CASES = 12
"""Running before the first kill."""
MOST_DONE, LONGEST_LIFE = 40, 20.0
"""Actions that a server lives to acknowledge, and seconds, at most."""
A_DAY = timedelta(days=1)


class Served:
    """One server after another on one database, as an operator's supervisor would start them."""

    def __init__(self, database_url: str, log: Path) -> None:
        self.port = free_port()
        self.up = threading.Event()
        self._url, self._log = database_url, log
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._server = subprocess.Popen(
                [Path(sys.executable).with_name("pepway"), "serve", "--port", str(self.port)],
                stdout=log, stderr=log, env=settings(self._url), start_new_session=True,
            )
        until = time.monotonic() + 120
        while not self._answers():
            assert self._server.poll() is None, f"the server does not start: see {self._log}"
            assert time.monotonic() < until, f"the server does not answer: see {self._log}"
            time.sleep(0.05)
        self.up.set()

    def kill(self) -> None:
        self.up.clear()
        if self._server is not None:
            os.kill(self._server.pid, signal.SIGKILL)
            self._server.wait()
            self._server = None

    def _answers(self) -> bool:
        try:
            return Http(self.port, timeout=5).ask("GET", "/healthz").status_code == 200
        except LOST:
            return False


def kill_at_random_moments(
    store: str, folder: Path, server: Postgres | None, seed: int, *, kills: int,
    tell: Callable[[str], None] = lambda line: None,
) -> Figures:
    figures, chance = Figures(), Random(seed)
    with new_store(store, folder, server) as kept:
        council, journal = ChaosCouncil(kept.url), Journal(folder / "journal")
        for number in range(CASES):
            council.start_case(f"Testerby {number}")
        served = Served(kept.url, folder / "server.log")
        try:
            served.start()
            with _at_work(council, served, journal, chance) as clients:
                for _ in range(kills):
                    _let_them_work(clients, chance)
                    served.kill()
                    figures.killed += 1
                    wrong = wrong_with(kept.url, journal)
                    figures.wrong += [f"{store}, kill {figures.killed}: {each}" for each in wrong]
                    _the_next_day(council)
                    served.start()
                    tell(f"{store}: killed {figures.killed} of {kills} times, "
                         f"{sum(each.acknowledged for each in clients)} acknowledged, "
                         f"{len(figures.wrong)} sentences")
            figures.acknowledged += sum(each.acknowledged for each in clients)
            figures.wrong += [f"{store}, a client: {w}" for each in clients for w in each.wrong]
        finally:
            served.kill()
            council.close()
        wrong = wrong_with(kept.url, journal)
        figures.wrong += [f"{store}, at the end: {each}" for each in wrong]
        journal.close()
    return figures


@contextmanager
def _at_work(
    council: ChaosCouncil, served: Served, journal: Journal, chance: Random
) -> Iterator[list[Client]]:
    """Whoever waits for an answer as the work ends gets it, from the server that runs then."""
    signed_in = {who: sign_in(served.port, who) for who in HOLDERS}
    clients = [
        Client(council, who, *signed_in[who], served.port, journal, served.up,
               Random(chance.random()))
        for who in (HOLDERS[number % len(HOLDERS)] for number in range(CLIENTS))
    ]
    _follow_the_server(council)
    for each in clients:
        each.start()
    try:
        yield clients
        time.sleep(1)
    finally:
        for each in clients:
            each.stop()
        for each in clients:
            each.join(60)


def _let_them_work(clients: list[Client], chance: Random) -> None:
    """Until so much is done, which may be nothing, and a moment more."""
    enough = sum(each.acknowledged for each in clients) + chance.randrange(MOST_DONE)
    until = time.monotonic() + LONGEST_LIFE
    while sum(each.acknowledged for each in clients) < enough and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(chance.uniform(0.0, 0.3))


def _follow_the_server(council: ChaosCouncil) -> None:
    """Our own clock goes with the server's."""
    clock, database = council.installation.clock, council.installation.database
    assert isinstance(clock, MovableClock)
    clock.set_ahead(clock_ahead(database))


def _the_next_day(council: ChaosCouncil) -> None:
    ahead = clock_ahead(council.installation.database) + A_DAY
    keep_clock_ahead(council.installation.acting(SYSTEM), ahead)
    _follow_the_server(council)
