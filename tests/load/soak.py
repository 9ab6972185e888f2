"""`make soak`: what `make test` tries a few hundred times, by thousands, from a new seed each time.

`make soak SEED=123` plays the same again. Exit 1 where anything differed; each line says with which
seed of its own it can be played alone.
"""

import argparse
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path
from random import SystemRandom

from asking_by_schema import ask_a_thousand
from fuzzing_forms import send_a_thousand
from letters import post_letters
from moved_to_and_fro import CHANGES, move_to_and_fro
from playing import play
from spiffs_own import keep_twice
from swapping import swap_a_hundred
from test_seeded_faults import refuse_faults_of, refuse_faults_of_invented
from test_soundness import play_a_hundred
from wandering import WanderingTwice

from engine.checker.token_game import net_of
from engine.releases import read_folder
from engine.spiff import compile_procedure
from workflows.pep.domain import vocabulary

BPMN = Path(__file__).parents[2] / "bpmn"


def wander_twice(name: str, seed: int) -> int:
    procedure, net = _procedure(name)
    case = WanderingTwice(procedure, net, seed)
    case.to_the_end()
    return case.moves


@cache
def _procedure(name: str):
    procedure = compile_procedure(read_folder(BPMN / name), vocabulary(), name)
    return procedure, net_of(procedure.elements, name)


def move_about(name: str, seed: int) -> int:
    return sum(move_to_and_fro(name, change, seed)[0] for change in CHANGES)


RUNS: dict[str, tuple[Callable[[int], int], int]] = {
    "invented diagrams against the token game": (play, 5000),
    "invented diagrams against SpiffWorkflow's own serializer": (keep_twice, 5000),
    "a hundred invented diagrams: what is accepted comes to an end": (play_a_hundred, 200),
    "an invented diagram is good, and with any fault it is not": (refuse_faults_of_invented, 300),
    "faults of initial-pep, a fiftieth": (partial(refuse_faults_of, "initial-pep"), 50),
    "faults of review-pep, a fiftieth": (partial(refuse_faults_of, "review-pep"), 50),
    "initial-pep against both": (partial(wander_twice, "initial-pep"), 250),
    "review-pep against both": (partial(wander_twice, "review-pep"), 250),
    "initial-pep, moved to and fro between releases": (partial(move_about, "initial-pep"), 250),
    "review-pep, moved to and fro between releases": (partial(move_about, "review-pep"), 250),
    "a hundred requests with ids of others' children": (swap_a_hundred, 200),
    "a thousand forms with what nobody should type": (send_a_thousand, 50),
    "a thousand requests made out of the OpenAPI text": (ask_a_thousand, 50),
    "a thousand letters over cut connections, SQLite": (partial(post_letters, "sqlite"), 10),
    "a thousand letters over cut connections, PostgreSQL": (
        partial(post_letters, "postgresql"), 10,
    ),
}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=SystemRandom().randrange(10**9))
    options.add_argument("--share", type=float, default=1.0, help="of the runs, such as 0.1")
    chosen = options.parse_args()
    sys.stdout.write(f"seed {chosen.seed}\n")
    differed = 0
    with ProcessPoolExecutor() as pool:
        for name, (run, runs) in RUNS.items():
            seeds = range(chosen.seed, chosen.seed + round(runs * chosen.share))
            moves, wrong = 0, []
            for done, problem in pool.map(partial(_tried, run), seeds, chunksize=5):
                moves += done
                wrong += [problem] if problem else []
            sys.stdout.write(f"{name}: {len(seeds)} runs, {moves} moves, {len(wrong)} differed\n")
            sys.stdout.writelines(f"  {each}\n" for each in wrong[:5])
            sys.stdout.flush()
            differed += len(wrong)
    return 1 if differed else 0


def _tried(run: Callable[[int], int], seed: int) -> tuple[int, str]:
    try:
        return run(seed), ""
    except Exception as problem:  # whatever it is, the seed is what matters
        return 0, f"seed {seed}: {type(problem).__name__}: {problem}"[:600]


if __name__ == "__main__":
    sys.exit(main())
