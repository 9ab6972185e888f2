"""The database struck again and again under people at work, on a primary and its standby.

Everyone's last answer is in the journal; the oracle says what is lost or doubled. In the end all
timers come due, and workers are killed in the midst of firing them.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

from browsers import Browser
from chaos_council import ChaosCouncil
from clerks import Clerks
from cluster import Cluster
from journal import Journal
from oracle import wrong_with
from over_http import Http
from processes import PEPWAY, Processes, until
from sqlalchemy import func, select

from engine.background.handing_over import living_workers
from engine.demo_clock import clock_ahead, move_demo_clock
from engine.domain import SYSTEM
from engine.due import is_due
from engine.store.models import Timer, TimerStatus

LATER = datetime(2026, 7, 1, 9)  # noqa: DTZ001 - London's, as the demonstration's clock takes it
SOON = 30
"""Seconds within which Pepway is back."""


@dataclass
class Struck:
    """What a run has done, and what was wrong."""

    seed: int
    stops: int = 0
    promotions: int = 0
    kills: int = 0
    web_kills: int = 0
    acknowledged: int = 0
    tried_again: int = 0
    fired: int = 0
    back_after: list[float] = field(default_factory=list)
    """Seconds from each strike to the first commit after it."""
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        after = sorted(self.back_after)
        lost, doubled = (sum(each.startswith(word) for each in self.wrong)
                         for word in ("lost", "doubled"))
        return (
            f"seed {self.seed}: {self.stops} stops, {self.promotions} promotions, "
            f"{self.acknowledged} acknowledged, {self.tried_again} tried again, {lost} lost, "
            f"{doubled} doubled, {len(self.wrong) - lost - doubled} wrong otherwise; first commit "
            f"after {after[len(after) // 2]:.2f} s (median), {after[-1]:.2f} s (worst); "
            f"{self.fired} timers fired, {self.kills} workers and {self.web_kills} web processes "
            "killed"
        )


@contextmanager
def straight_to_them(*ports: int) -> Iterator[list[Http]]:
    """How browsers reach the web processes, where no proxy stands before them."""
    yield [Http(port) for port in ports]


@dataclass(frozen=True)
class Setting:
    """What is struck, where it is not this checkout's own Pepway on a database of its own."""

    url: str
    pepway: Path
    ways: Callable[[int, int], AbstractContextManager[list[Http]]] = straight_to_them
    web_kills: int = 0


def strike(
    cluster: Cluster, seed: int, *, stops: int, promotions: int, kills: int, pause: float = 0.5,
    setting: Setting | None = None,
) -> Struck:
    chance, struck = Random(seed), Struck(seed)
    setting = setting or Setting(cluster.new_database(), Path(PEPWAY))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as leaving:
        url = setting.url
        council = ChaosCouncil(url)
        processes = Processes(url, Path(folder), setting.pepway)
        try:
            clerks = Clerks(council, Journal(Path(folder) / "journal"), seed)
            ports = [processes.serve(), processes.serve()]
            ways = leaving.enter_context(setting.ways(*ports))
            browsers = [Browser(clerks, name, way, seed)
                        for name, way in zip(("wilma", "tara"), ways, strict=True)]
            council.installation.clock.set_ahead(clock_ahead(council.installation.database))
            processes.worker()
            processes.worker()
            until(lambda: living_workers(council.installation.acting(SYSTEM), 30) == 2)
            _under_people(cluster, struck, chance, clerks, browsers, {
                "stop": stops, "promotion": promotions, "web": setting.web_kills,
            }, pause, lambda: processes.kill_serving(chance.choice(ports)))
            _while_timers_fire(cluster, struck, chance, council, processes, kills)
            struck.acknowledged = len(clerks.answered_at)
            struck.tried_again = clerks.met_dead
            struck.wrong += [*clerks.never, *processes.faults(),
                             *wrong_with(url, clerks.journal)]
        finally:
            processes.kill()
            council.close()
    return struck


def _under_people(
    cluster: Cluster, struck: Struck, chance: Random, clerks: Clerks, browsers: list[Browser],
    times: dict[str, int], pause: float, kill_a_web_process: Callable[[], None],
) -> None:
    strikes = [each for each, number in times.items() for _ in range(number)]
    chance.shuffle(strikes)
    clerks.start(2)
    for browser in browsers:
        browser.start()
    try:
        clerks.first_answer_after(time.monotonic())
        for each in strikes:
            time.sleep(chance.uniform(0, 2 * pause))
            cluster.add_standby()
            moment = time.monotonic()
            if each == "stop":
                cluster.crash()
                struck.stops += 1
            elif each == "web":
                kill_a_web_process()
                struck.web_kills += 1
            else:
                cluster.fail_over()
                struck.promotions += 1
            struck.back_after.append(clerks.first_answer_after(moment))
            if struck.back_after[-1] > SOON:
                struck.wrong.append(f"late: {struck.back_after[-1]:.0f} s after a {each}")
    finally:
        for browser in browsers:
            browser.stop()
        clerks.stop()


def _while_timers_fire(
    cluster: Cluster, struck: Struck, chance: Random, council: ChaosCouncil,
    processes: Processes, kills: int,
) -> None:
    """Everything comes due; whoever fires it is killed, and once the database stops as well."""
    if not processes.all_live():
        struck.wrong.append("died: a process did not outlive its database")
    move_demo_clock(council.installation.acting(SYSTEM), LATER)
    for kill in range(kills):
        time.sleep(chance.uniform(0.2, 2))
        processes.kill_worker(chance.randrange(2))
        struck.kills += 1
        if kill == kills // 2:
            cluster.crash()
    until(lambda: not _count(council, is_due(council.installation.clock.now())), 180)
    struck.fired = _count(council, Timer.status == TimerStatus.FIRED)


def _count(council: ChaosCouncil, which: object) -> int:
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        return work.session.scalar(select(func.count()).select_from(Timer).where(which)) or 0
