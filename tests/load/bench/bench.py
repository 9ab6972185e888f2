"""`make bench`: how fast Pepway is, on both stores, as multiples of what is measured beside it.

A table for people, then one JSON object a line for programs. Councils are made once and kept in
`var/bench`; `--share 0.1` reads from a tenth of the large one, `make bench-national` from all
England.

    PYTHONPATH=tests:tests/engine .venv/bin/python tests/load/bench/bench.py
        [--share 1.0] [--only completing,reading,...] [--national]
"""

import argparse
from collections.abc import Callable, Iterator, Mapping
from itertools import chain

import completing
import counting
import plain_spiffworkflow
import reading
import sealing
import serving
import timers
from figures import Figure, show, show_json

SUBJECTS: Mapping[str, Callable[[float], Iterator[Figure]]] = {
    "completing": lambda _: completing.figures(),
    "plain": lambda _: plain_spiffworkflow.figures(),
    "reading": reading.figures,
    "counting": counting.figures,
    "serving": lambda _: serving.figures(),
    "sealing": lambda _: sealing.figures(),
    "timers": lambda _: timers.figures(),
}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__,
                                    formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--share", type=float, default=1.0, help="of the council that is read from")
    asked.add_argument("--only", default=",".join(SUBJECTS), help="subjects, with commas between")
    asked.add_argument("--national", action="store_true", help="read from all England instead")
    said = asked.parse_args()
    if said.national:
        show_json(show(chain(reading.national_figures(said.share),
                             counting.national_figures(said.share))))
        return
    subjects = [SUBJECTS[name] for name in said.only.split(",")]
    show_json(show(figure for subject in subjects for figure in subject(said.share)))


if __name__ == "__main__":
    main()
