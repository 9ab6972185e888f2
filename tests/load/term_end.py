"""The last week of a term: 1,500 people with 2,000 children, 300 of them at work at once.

    PYTHONPATH=tests:tests/engine:tests/load/bench .venv/bin/python tests/load/term_end.py
        [--minutes 10] [--people 300] [--share 1.0]

On PostgreSQL, with two web processes and two workers. Practitioners come to their tasks, open one,
save what they have, complete it and look at its case; the virtual school and managers go from the
board to what will be late, to a list and to a case. Everybody thinks between two pages. With
`--minutes 60` it is a soak: what each process holds is told every five minutes.
"""

import argparse
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from random import Random
from uuid import UUID

from bench_stores import copied, on_disk, postgres, postgres_council
from council_pages import CouncilPages
from large_council import Size
from running import faults, memory_mb, two_of_each, wait_for_the_day
from seen import Seen, say, tell
from serving import Browser, fields_of
from staff import Numbers
from steps import Step, steps_to_do

from engine.waiting import what_waits

TERM_END = Size("term_end", 2_000, 8_000, 2, Numbers(760, 40, 30, 585))
"""With their team managers and one of each other role some 1,500 people."""
THINKS = 15.0
"""Seconds between two pages, on average: few think exactly as long, some much longer."""
MANAGERS = 0.1
EVERY = 300
"""Seconds after which the memory is told."""
MOST_STEPS = 4_000


class Person:
    """In one browser, until the time is over."""

    def __init__(self, site: str, cookie: str, seen: Seen, until: float, chance: Random) -> None:
        self._browser, self.seen, self._until = Browser(site, cookie), seen, until
        self.chance = chance

    def work(self, go_round: Callable[["Person"], None]) -> None:
        """The same round again and again; whatever breaks is counted, and they go on."""
        self._think()
        while time.monotonic() < self._until:
            try:
                go_round(self)
            except Exception as fault:  # whatever it is
                self.seen.note_wrong(type(fault).__name__)
                self._browser.close()
                self._think()
        self._browser.close()

    def open(self, kind: str, address: str) -> str:
        began = time.perf_counter()
        page = self._browser.get(address).decode()
        self.seen.note(kind, (time.perf_counter() - began) * 1_000)
        if self._browser.last_status != 200:
            self.seen.note_wrong(f"{self._browser.last_status} at {kind}")
        self._think()
        return page

    def send(self, kind: str, address: str, fields: list[tuple[str, str]]) -> str:
        """And see what comes next; where that is."""
        began = time.perf_counter()
        arrived = self._browser.post(address, fields)
        self._browser.get(arrived)
        self.seen.note(kind, (time.perf_counter() - began) * 1_000)
        self._think()
        return arrived

    def _think(self) -> None:
        seconds = self.chance.expovariate(1 / THINKS)
        time.sleep(max(min(seconds, self._until - time.monotonic()), 0))


def do_a_task(person: Person, steps: list[Step]) -> None:
    person.open("My tasks", "/tasks")
    if not steps:
        person.open("cases", "/cases")
        return
    step = steps.pop()
    address = f"/tasks/{step.task_id}"
    page = person.open("a task", address)
    person.send("save a draft", address, [*fields_of(page), *step.typed, ("do", "save")])
    page = person.open("a task", address)
    arrived = person.send("complete", address,
                          [*fields_of(page), *step.typed, ("do", "complete")])
    person.seen.note_completed(arrived)
    person.open("a case", f"/cases/{step.case_id}")


def look_after_all(person: Person, cases: Sequence[UUID]) -> None:
    person.open("board", "/board")
    person.open("late soon", "/board/late-soon")
    person.open("cases", "/cases?due=late")
    case = person.chance.choice(cases)
    person.open("a case", f"/cases/{case}")
    person.open("why late", f"/cases/{case}/why-late")
    person.open("workload", "/workload")


def work_the_week(url: str, folder: Path, people: int, minutes: float) -> None:
    with closing(CouncilPages(url)) as pages, ExitStack() as leaving:
        say(f"{pages.number_of_people()} people; {people} of them at once, for {minutes:g} minutes")
        chance = Random(1)
        steps: defaultdict[UUID, list[Step]] = defaultdict(list)
        for step in steps_to_do(pages, MOST_STEPS):
            steps[step.holder].append(step)
        cases = [step.case_id for each in steps.values() for step in each]
        busiest = sorted(steps, key=lambda holder: (-len(steps[holder]), str(holder)))
        sites, processes = leaving.enter_context(two_of_each(url, folder))
        wait_for_the_day(processes, 600)
        began = time.monotonic()
        until, seen = began + minutes * 60, Seen()
        managing = [pages.busiest(role).id for role in ("virtual_school", "manager")]
        everyone = []
        for number in range(people):
            manages = number < people * MANAGERS
            holder = managing[number % 2] if manages else busiest[number % len(busiest)]
            person = Person(sites[number % len(sites)], pages.cookie(holder), seen, until,
                            Random(chance.random()))
            go_round = (partial(look_after_all, cases=cases) if manages
                        else partial(do_a_task, steps=steps[holder]))
            everyone.append(threading.Thread(target=person.work, args=(go_round,), daemon=True))
        held = [[memory_mb(each) for each in processes]]
        for person in everyone:
            person.start()
        while time.monotonic() < until:
            time.sleep(max(0, min(EVERY, until - time.monotonic())))
            held.append([memory_mb(each) for each in processes])
        for person in everyone:
            person.join(120)
        tell(seen, what_waits(pages.system), held, time.monotonic() - began, faults(folder))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__,
                                    formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--minutes", type=float, default=10)
    asked.add_argument("--people", type=int, default=300)
    asked.add_argument("--share", type=float, default=1.0, help="of the council")
    said = asked.parse_args()
    with postgres(kept=True) as server, tempfile.TemporaryDirectory(dir=on_disk()) as folder:
        url = copied(postgres_council(server, TERM_END, said.share), Path(folder), server)
        try:
            work_the_week(url, Path(folder), said.people, said.minutes)
        finally:
            server.drop(url)


if __name__ == "__main__":
    main()
