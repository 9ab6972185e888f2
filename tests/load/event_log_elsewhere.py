"""`make soak`: the log of finished cases, read by pm4py: what it finds is what the board says.

pm4py is AGPL: it is no dependency, and is installed into an environment of its own for this alone.
The invented council lives its year first. Of the model that pm4py discovers, every step that
follows another may do so by our diagram, as told by `successions.py`. Exit 1 where anything
differs.
"""

import json
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from figures_followed import follow_to_the_end
from site_of_pepway import Site
from sqlalchemy import select
from successions import successions

from engine.clock import SystemClock
from engine.domain import SYSTEM
from engine.releases import compiled, live_releases
from engine.store.database import Database
from engine.store.models import Task
from engine.work import Acting, Installation
from workflows.board.event_log import write_event_log
from workflows.figures.tables import Variant
from workflows.people import PersonRole, find_actor
from workflows.pep.domain import PepDomain

PM4PY = "pm4py==2.7.23.11"
READER = """
import json, sys
import pm4py
log = pm4py.read_xes(sys.argv[1])
done = log[log["lifecycle:transition"] == "complete"]
ways = [list(trace["concept:name"]) for _, trace in done.groupby("case:concept:name", sort=False)]
net, initial, final = pm4py.discover_petri_net_inductive(done)
fit = pm4py.fitness_token_based_replay(done, net, initial, final)["log_fitness"]
follows, _, _ = pm4py.discover_dfg(done)
print(json.dumps({"ways": ways, "events": len(log), "fitness": fit,
                  "follows": [[*pair, times] for pair, times in follows.items()]}))
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = _environment(folder / "pm4py")
        site = Site(folder, f"sqlite:///{folder / 'pepway.db'}")
        site.start()
        site.stop()
        return 1 if any([*_differences(folder, python)]) else 0


def _environment(folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", PM4PY], check=True)
    return python


def _differences(folder: Path, python: Path) -> Iterator[str]:
    database = Database(f"sqlite:///{folder / 'pepway.db'}")
    installation = Installation(database, SystemClock(), PepDomain(), b"not read here")
    follow_to_the_end(installation)
    by = _virtual_school(installation)
    with by.begin(writing=False) as work:
        called = dict(work.session.execute(select(Task.element, Task.name).distinct()).all())
        years = work.session.execute(
            select(Variant.procedure, Variant.year).distinct().order_by(Variant.procedure)
        ).all()
        diagrams = {each.procedure: compiled(work, each.id).elements
                    for each in live_releases(work)}
    for procedure, year in years:
        file = folder / f"{procedure}-{year}.xes"
        with file.open("wb") as log:
            cases = write_event_log(by, procedure, year, log)
        found = json.loads(subprocess.run(
            [python, "-c", READER, str(file)], check=True, capture_output=True, text=True
        ).stdout.splitlines()[-1])
        theirs = Counter(tuple(step for step, _ in groupby(way)) for way in found["ways"])
        ours = _ways(by, procedure, year, called)
        sys.stdout.write(f"{procedure} {year}: {cases} cases, {found['events']} events, "
                         f"{len(theirs)} ways, fitness of their model {found['fitness']:.3f}\n")
        if theirs != ours:
            yield _say(f"{procedure} {year}: the ways differ: {theirs - ours} and {ours - theirs}")
        elements = diagrams[procedure]
        known = {element.name for element in elements.values()}
        if strange := {step for way in theirs for step in way} - known:
            yield _say(f"{procedure} {year}: steps that no diagram has: {strange}")
        allowed = {(elements[one].name, elements[other].name)
                   for one, other in successions(elements)}
        follows = {(one, other): times for one, other, times in found["follows"]}
        sys.stdout.write(f"{procedure} {year}: {len(follows)} steps that follow another, "
                         f"of {len(allowed)} that may\n")
        for one, other in sorted(follows.keys() - allowed):
            yield _say(f"{procedure} {year}: “{other}” follows “{one}” {follows[one, other]} "
                       "times, and by no diagram")
        if found["fitness"] < 0.9:
            yield _say(f"{procedure} {year}: their model does not fit what it was found in")
    if not years:
        yield _say("no case has come to its end")


def _virtual_school(installation: Installation) -> Acting:
    """One of those who may take the log."""
    system = installation.acting(SYSTEM)
    with system.begin(writing=False) as work:
        person_id = work.session.scalars(
            select(PersonRole.person_id).where(PersonRole.role == "virtual_school")).first()
    actor = find_actor(system, person_id)
    assert actor is not None
    return installation.acting(actor)


def _ways(by: Acting, procedure: str, year: int, called: dict[str, str]) -> Counter[Any]:
    with by.begin(writing=False) as work:
        rows = work.session.scalars(
            select(Variant).where(Variant.procedure == procedure, Variant.year == year)).all()
    ways: Counter[Any] = Counter()
    for row in rows:
        ways[tuple(called[step] for step in row.steps)] += row.cases
    del ways[()]  # a case in which nothing had to be done is no way that pm4py tells of
    return ways


def _say(sentence: str) -> str:
    sys.stdout.write(f"{sentence}\n")
    return sentence


if __name__ == "__main__":
    sys.exit(main())
