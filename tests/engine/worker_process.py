"""A worker as a process of its own, on the plain domain and a clock that stands still.

`python worker_process.py URL MOMENT FOLDER [PLANTED]`. What it delivers stands in `FOLDER/left`,
a line for each message. Where there is a file `FOLDER/die` it kills itself in the midst of a step,
once; for the case that `FOLDER/deadly` names, each time; with the one that `FOLDER/endless` names
it never comes to an end.
"""

import os
import signal
import sys
import time
from datetime import datetime
from pathlib import Path

import planted
from plain_domain import PlainDomain
from quick import QUICK

from engine import watchdog
from engine.background.distributed import Distributed
from engine.clock import FixedClock
from engine.store.database import Database
from engine.work import Installation


class TellingDomain(PlainDomain):
    def __init__(self, folder):
        super().__init__()
        self._folder = folder

    def perform(self, work, case, call, known):
        if case.id.bytes[-1] < 64:  # a message of every fourth case will do
            work.tell("posted", None, case)
        work.write()
        if (self._folder / "die").exists():
            (self._folder / "die").unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        if self._is_named("deadly", case):
            os.kill(os.getpid(), signal.SIGKILL)
        while self._is_named("endless", case):
            time.sleep(0.01)
        return super().perform(work, case, call, known)


    def _is_named(self, name, case):
        file = self._folder / name
        return file.exists() and file.read_text() == str(case.id)


def main(url, moment, folder, fault=""):
    folder = Path(folder)
    watchdog.LONGEST, watchdog.LOOK = 1.0, 0.1
    if fault:
        planted.PLANTED[fault]()
    clock = FixedClock(datetime.fromisoformat(moment))
    installation = Installation(Database(url), clock, TellingDomain(folder), b"test key")
    left = (folder / "left").open("a", buffering=1)
    worker = Distributed(installation, lambda message: left.write(f"{message.id}\n"), pace=QUICK)
    signal.signal(signal.SIGTERM, lambda _number, _frame: worker.ask_to_stop())
    worker.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
