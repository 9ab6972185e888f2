"""`make soak`: the server is killed at every point of every recorded action, and at random moments.

`python tests/load/chaos/chaos.py [--seed N] [--share 0.1] [--store sqlite]`. Prints the seed, what
it is at, and at the end the figures. Exit 1 where a promise was broken; each sentence names the
store, the action and the point.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random, SystemRandom

from moments import kill_at_random_moments
from points import Figures, Ready, ready
from postgres import Postgres
from rounds import rounds

STORES = ("sqlite", "postgresql")
KILLS = 60
"""At random moments, on each store."""
Say = Callable[[str], object]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=SystemRandom().randrange(10**9))
    options.add_argument("--share", type=float, default=1.0, help="of the points, such as 0.1")
    options.add_argument("--store", choices=STORES, action="append")
    options.add_argument("--action", help="only this one")
    options.add_argument("--point", type=int, help="of it, at which the server dies")
    options.add_argument("--statement", type=int, help="of it, which fails")
    chosen = options.parse_args()
    stores = chosen.store or STORES
    if chosen.action:
        return one_point(stores[0], chosen.action, chosen.point, chosen.statement)
    sys.stdout.write(f"seed {chosen.seed}\n")
    with ProcessPoolExecutor(len(stores)) as processes:
        done = [processes.submit(both, name, chosen.seed, chosen.share) for name in stores]
        figures = [each.result() for each in done]
    for name, each in zip(stores, figures, strict=True):
        show(name, each)
    return 1 if any(each.wrong for each in figures) else 0


def one_point(store: str, action: str, point: int | None, statement: int | None) -> int:
    with tempfile.TemporaryDirectory() as folder, ready(store, Path(folder)) as council:
        council.count(council.action(action))
        if point is not None:
            council.kill_at(council.action(action), point)
        if statement is not None:
            council.fail_at(council.action(action), statement)
        show(store, council.figures)
        return 1 if council.figures.wrong else 0


def both(store: str, seed: int, share: float) -> Figures:
    """Every point, then random moments, on one store; on SQLite its background work as well."""
    figures = Figures()
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres() if store == "postgresql" else None
        if server is not None:
            server.start()
        try:
            parts = {"points": every_point, "moments": random_moments}
            for part, run in {**parts, **OF_ONE_STORE.get(store, {})}.items():
                within = Path(folder) / part
                within.mkdir()
                figures.add(run(store, within, server, seed, share))
        finally:
            if server is not None:
                server.stop()
    return figures


def every_point(
    store: str, folder: Path, server: Postgres | None, seed: int, share: float
) -> Figures:
    with ready(store, folder, server) as council:
        for action in council.actions:
            begun = time.monotonic()
            counted = council.count(action)
            chance = Random(f"{seed} {action.name}")
            council.kill_after_the_answer(action)
            for point in some_of(counted.points, share, chance):
                council.kill_at(action, point)
            for statement in some_of(counted.statements, share, chance):
                council.fail_at(action, statement)
            _tell(f"{store}: {action.name}: {counted.points} points, {counted.statements} "
                  f"statements, {time.monotonic() - begun:.0f} s, {_so_far(council)}")
        return council.figures


def random_moments(
    store: str, folder: Path, server: Postgres | None, seed: int, share: float
) -> Figures:
    return kill_at_random_moments(
        store, folder, server, seed, kills=max(1, round(KILLS * share)), tell=_tell
    )


def every_round(
    store: str, folder: Path, server: Postgres | None, seed: int, share: float
) -> Figures:
    with rounds(folder) as council:
        for point in some_of(council.points, share, Random(f"{seed} round")):
            council.kill_at(point)
        _tell(f"{store}: a round of the background: {council.points} points, "
              f"{council.figures.killed} killed, {len(council.figures.wrong)} sentences")
        return council.figures


OF_ONE_STORE = {"sqlite": {"rounds": every_round}}


def some_of(count: int, share: float, chance: Random) -> list[int]:
    """So many of 1 to `count`; the last three, around the last commit, always."""
    numbers = range(1, count + 1)
    chosen = chance.sample(numbers, round(count * share))
    return sorted({*chosen, *numbers[-3:]})


def show(store: str, figures: Figures) -> None:
    sys.stdout.write(
        f"{store}: {figures.killed} points killed, {figures.failed} statements failed, "
        f"{figures.acknowledged} acknowledged, {figures.of('lost')} lost, "
        f"{figures.of('doubled')} doubled, {len(figures.wrong)} sentences in all\n"
    )
    sys.stdout.writelines(f"  {each}\n" for each in figures.wrong[:20])


def _so_far(council: Ready) -> str:
    return f"{council.figures.killed} killed so far, {len(council.figures.wrong)} sentences"


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
