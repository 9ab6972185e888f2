"""`make soak`: the database is struck under people at work, and many do the same at once.

`python tests/load/chaos/failing_over.py [--seed N] [--share 0.1]`. Figures as they come; exit 1
where something was lost, doubled, overwritten or refused without a word.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random, SystemRandom

from chaos_council import ChaosCouncil
from cluster import Cluster
from editors import Desk, all_at_once, one_after_the_other
from many_at_once import all_finish, same_submit
from postgres import Postgres
from strikes import strike

STOPS, PROMOTIONS, KILLS = 300, 50, 200
IN_A_ROW = 10
"""Runs, each with a council of its own, that share the strikes."""
SUBMITS, COPIES = 50, 200
FINISHED, EDITED = 1000, 2000
STORES = ("sqlite", "postgresql")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=SystemRandom().randrange(10**9))
    options.add_argument("--share", type=float, default=1.0, help="of the rounds, such as 0.1")
    chosen = options.parse_args()
    say(f"seed {chosen.seed}")
    wrong = strikes(chosen.seed, chosen.share)
    for store in STORES:
        with council_on(store) as council:
            wrong += together(store, council, chosen.seed, chosen.share)
    return 1 if wrong else 0


def strikes(seed: int, share: float) -> int:
    """How many sentences were wrong."""
    cluster, runs = Cluster(), max(1, round(IN_A_ROW * share))
    stops, promotions, kills = (
        max(1, round(each * share / runs)) for each in (STOPS, PROMOTIONS, KILLS)
    )
    wrong = 0
    cluster.start()
    try:
        for run in range(runs):
            struck = strike(cluster, seed + run, stops=stops, promotions=promotions, kills=kills)
            say(f"strikes: {struck}", *struck.wrong[:20])
            wrong += len(struck.wrong)
    finally:
        cluster.stop()
    return wrong


def together(store: str, council: ChaosCouncil, seed: int, share: float) -> int:
    """How many sentences were wrong."""
    chance, desk = Random(seed), Desk(council)
    rounds: dict[str, tuple[int, Callable[[int], Iterator[str]]]] = {
        f"one submit {COPIES} times at once": (SUBMITS, lambda _: same_submit(council, COPIES)),
        "2 to 20 people finish one task": (
            FINISHED, lambda _: all_finish(council, chance.randint(2, 20))),
        "2 to 5 windows, any order": (EDITED, lambda each: one_after_the_other(desk, seed + each)),
        "2 to 5 windows at once": (EDITED, lambda each: all_at_once(desk, seed + each)),
    }
    wrong = 0
    for name, (number, run) in rounds.items():
        begun, times = time.monotonic(), max(1, round(number * share))
        found = [each for turn in range(times) for each in run(turn)]
        took = time.monotonic() - begun
        say(f"{store}: {name}: {times} rounds, {len(found)} wrong, {took:.0f} s", *found[:20])
        wrong += len(found)
    return wrong


@contextmanager
def council_on(store: str) -> Iterator[ChaosCouncil]:
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres() if store == "postgresql" else None
        if server is not None:
            server.start()
        council = ChaosCouncil(
            server.new_database() if server else f"sqlite:///{Path(folder) / 'pepway.db'}"
        )
        try:
            yield council
        finally:
            council.close()
            if server is not None:
                server.stop()


def say(*lines: str) -> None:
    sys.stdout.writelines(f"{each}\n" for each in lines)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
