"""What people at work met with, told when they have gone."""

import statistics
import sys
import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from figures import p95

from engine.waiting import Waiting


@dataclass
class Seen:
    """By many at once."""

    took: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Milliseconds, by kind of page."""
    wrong: Counter[str] = field(default_factory=Counter)
    completed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, ms: float) -> None:
        with self.lock:
            self.took[kind].append(ms)

    def note_completed(self, arrived: str) -> None:
        """`arrived` is where the browser was sent on to."""
        if not arrived.endswith("/done"):
            self.note_wrong("not completed")
            return
        with self.lock:
            self.completed += 1

    def note_wrong(self, what: str) -> None:
        with self.lock:
            self.wrong[what] += 1


def tell(
    seen: Seen, left: Waiting, held: list[list[float]], seconds: float, broke: list[str]
) -> None:
    """`held` is the memory of each process, in MB, at one time after another."""
    say(f"{'page':14} {'times':>7} {'median':>8} {'p95':>8} {'p99':>8} {'longest':>8}  ms")
    for kind, took in sorted(seen.took.items()):
        ordered = sorted(took)
        say(f"{kind:14} {len(took):7} {statistics.median(took):8.1f} {p95(took):8.1f} "
            f"{ordered[int(len(ordered) * 0.99)]:8.1f} {ordered[-1]:8.1f}")
    pages = sum(map(len, seen.took.values()))
    say(f"{pages / seconds:.1f} pages a second, {seen.completed} tasks completed "
        f"({seen.completed / seconds:.2f} a second)")
    say(f"wrong: {dict(seen.wrong) or 'nothing'}; faults in the log: {len(broke)}", *broke[:5])
    say(f"left behind: {left}")
    say("memory in MB of each process: "
        + "; ".join(" ".join(f"{each:.0f}" for each in row) for row in held))


def say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
