"""Several threads fire the timers of one case at the same moment, as two workers would.

`python at_once.py URL MOMENT [FAULT]`: a process of its own, for a fault stays planted.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import faults
from oracle import AUDIT_KEY
from sqlalchemy import select

import engine.timers as timers
from engine.clock import FixedClock
from engine.domain import SYSTEM
from engine.store.database import Database
from engine.store.models import Case
from engine.work import Acting, Installation
from workflows.pep.domain import PepDomain

THREADS = 4


def fire_at_once(url: str, moment: str, fault: str = "") -> None:
    if fault:
        faults.FAULTS[fault].plant()
    clock = FixedClock(datetime.fromisoformat(moment))
    by = Installation(Database(url), clock, PepDomain(), AUDIT_KEY.encode()).acting(SYSTEM)
    with by.begin(writing=False) as work:
        cases = list(work.session.scalars(select(Case.id)))
    together = Barrier(THREADS)

    def fire_all(by: Acting) -> None:
        for case_id in cases:
            together.wait(30)
            timers.fire_due_timers_of(by, case_id)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(fire_all, [by] * THREADS))


if __name__ == "__main__":
    fire_at_once(*sys.argv[1:])
