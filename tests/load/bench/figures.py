"""What was measured: one table for people, one JSON object a line for programs."""

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    store: str
    value: float
    unit: str
    floor: float | None
    """What it is compared with, measured in the same run."""
    ratio: float | None
    goal: str
    met: bool | None
    """None where there is no goal: it is told to compare."""


def milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def median(once: Callable[[int], object], times: int) -> float:
    return statistics.median(milliseconds(lambda n=n: once(n)) for n in range(times))


def p95(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def show(figures: Iterable[Figure]) -> list[Figure]:
    """Each line of the table as soon as it is measured; the JSON at the end."""
    shown = []
    for each in figures:
        shown.append(each)
        sys.stdout.write(_line(each))
        sys.stdout.flush()
    return shown


def show_json(figures: Iterable[Figure]) -> None:
    for each in figures:
        sys.stdout.write(json.dumps(asdict(each)) + "\n")


def _line(each: Figure) -> str:
    ratio = f"{each.ratio:6.1f} x" if each.ratio is not None else ""
    met = {True: "met", False: "NOT MET", None: ""}[each.met]
    return (f"{each.name:50} {each.store:11} {each.value:10.2f} {each.unit:11} {ratio:9} "
            f"{each.goal:32} {met}\n")
