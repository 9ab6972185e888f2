"""All England in one Pepway, with fifteen tasks completed a second.

    PYTHONPATH=tests:tests/engine:tests/load/bench .venv/bin/python tests/load/all_england.py
        [--rate 15] [--minutes 5] [--share 1.0]

Fifteen a second is twenty times what all of England's children come to while schools are open. On
PostgreSQL, with two web processes and two workers. People come when they come, whether those
before them have been answered or not: each opens a task, thinks, completes it and sees what comes
next. The council of `make bench-national` is used up by it: the next run of either makes it anew.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random
from uuid import UUID

from bench_stores import on_disk, postgres, postgres_council, used_up
from council_pages import CouncilPages
from large_council import SIZES
from running import faults, memory_mb, processors_at_work, two_of_each, wait_for_the_day
from seen import Seen, say, tell
from serving import Browser, fields_of
from steps import Step, steps_to_do

from engine.waiting import what_waits

THINKS = 2.0
"""Seconds between opening a task and completing it."""
MOST_AT_ONCE = 200
LONGEST_DAY = 3_600
"""Seconds: each running case is looked over, as once a day."""
WARMING = 60
"""Steps that are done first, one after another, and not counted."""


class Arrivals:
    """People who come at a rate, one by one, by chance, to the web processes in turn."""

    def __init__(self, sites: Sequence[str], cookies: dict[UUID, str]) -> None:
        self._sites, self._cookies, self.seen = sites, cookies, Seen()

    def come_one_after_another(self, steps: Sequence[Step]) -> None:
        for number, step in enumerate(steps):
            self._complete(number, step, time.monotonic(), 0)

    def come(self, steps: Sequence[Step], rate: float) -> None:
        """Until the last of them has gone again."""
        chance, comes = Random(1), time.monotonic()
        with ThreadPoolExecutor(MOST_AT_ONCE) as people:
            for number, step in enumerate(steps):
                comes += chance.expovariate(rate)
                time.sleep(max(0, comes - time.monotonic()))
                people.submit(self._complete, number, step, comes, THINKS)

    def _complete(self, number: int, step: Step, comes: float, thinks: float) -> None:
        browser = Browser(self._sites[number % len(self._sites)], self._cookies[step.holder])
        address = f"/tasks/{step.task_id}"
        try:
            page = browser.get(address).decode()
            self._note("a task", comes)
            time.sleep(thinks)
            sent = time.monotonic()
            arrived = browser.post(address, [*fields_of(page), *step.typed, ("do", "complete")])
            self._note("complete", sent)
            self.seen.note_completed(arrived)
            browser.get(arrived)
            self._note("and what comes", sent)
        except Exception as fault:  # whatever it is, the next one comes
            self.seen.note_wrong(type(fault).__name__)
        finally:
            browser.close()

    def _note(self, kind: str, since: float) -> None:
        self.seen.note(kind, (time.monotonic() - since) * 1_000)


def complete_at(rate: float, minutes: float, url: str, folder: Path) -> None:
    with closing(CouncilPages(url)) as pages, two_of_each(url, folder) as (sites, processes):
        steps = steps_to_do(pages, WARMING + round(rate * minutes * 60))
        cookies = {holder: pages.cookie(holder) for holder in {step.holder for step in steps}}
        say(f"{pages.number_of_people()} people; {len(cookies)} of them complete "
            f"{len(steps) - WARMING} tasks, {rate:g} a second")
        wait_for_the_day(processes, LONGEST_DAY)
        Arrivals(sites, cookies).come_one_after_another(steps[:WARMING])
        held = [[memory_mb(each) for each in processes]]
        arrivals, began = Arrivals(sites, cookies), time.monotonic()
        with processors_at_work() as busy:
            arrivals.come(steps[WARMING:], rate)
        seconds = time.monotonic() - began
        held.append([memory_mb(each) for each in processes])
        tell(arrivals.seen, what_waits(pages.system), held, seconds, faults(folder))
        say(f"the machine's processors were at work for {busy.share:.0%} of the time, the people's"
            " and the database's work included")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__,
                                    formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rate", type=float, default=15, help="completions a second")
    asked.add_argument("--minutes", type=float, default=5)
    asked.add_argument("--share", type=float, default=1.0, help="of England")
    said = asked.parse_args()
    with postgres(kept=True) as server, tempfile.TemporaryDirectory(dir=on_disk()) as folder:
        council = postgres_council(server, SIZES["national"], said.share)
        with used_up(council, server) as url:
            complete_at(said.rate, said.minutes, url, Path(folder))


if __name__ == "__main__":
    main()
