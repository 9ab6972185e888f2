"""What a completion of a task costs, as a multiple of a bare transaction on the same machine."""

import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

from bench_stores import database, on_disk, postgres
from diagrams import two_signatures
from figures import Figure, median, milliseconds
from floor import postgres_floor, sqlite_floor
from lives import KEY, MORNING, ROOT
from plain_domain import ANN, BEN, CAT, CHILD, PlainDomain
from sqlalchemy import event

from engine.cases import open_case
from engine.clock import FixedClock
from engine.domain import SYSTEM, Actor
from engine.releases import load_folder, load_procedures
from engine.store.database import Database
from engine.tasks import complete_task, list_tasks, task_form
from engine.work import Installation
from workflows.demonstration.answers import answers_for
from workflows.people import add_person
from workflows.pep.domain import PepDomain
from workflows.pep.starting import start_initial_pep

FLOORS = 300
CHILDREN = 120
ROUNDS, COMPLETIONS_A_ROUND = 250, 4
GOAL = {"sqlite": 6.0, "postgresql": 3.0}
GROWTH = 1.3
STATEMENTS = 8


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(dir=on_disk()) as folder:
        file = Path(folder)
        floor = median(sqlite_floor(file / "floor.db"), FLOORS)
        yield from measure("sqlite", floor, lambda name: f"sqlite:///{file / name}.db")
    with postgres() as server:
        floor = median(postgres_floor(server.new_database()), FLOORS)
        yield from measure("postgresql", floor, lambda _: server.new_database())


def measure(store: str, floor: float, new_url: Callable[[str], str]) -> Iterator[Figure]:
    """One completion of the first task of the initial PEP; then what a long case costs."""
    with database(new_url("pep")) as opened:
        value, statements = complete_first_tasks(opened)
    ratio = value / floor
    yield Figure("complete a task", store, value, "ms", floor, ratio,
                 f"<= {GOAL[store]:g} x floor", ratio <= GOAL[store])
    if store == "postgresql":
        yield Figure("statements of a completion", store, statements, "statements", None, None,
                     f"<= {STATEMENTS}", statements <= STATEMENTS)
    with database(new_url("long")) as opened:
        first, last = complete_in_one_case(opened)
    growth = last / first
    yield Figure("the 1,000th completion of a case to its first", store, last, "ms", first,
                 growth, f"<= {GROWTH:g} x first", growth <= GROWTH)


def complete_first_tasks(database: Database) -> tuple[float, float]:
    """Median milliseconds and statements of a completion, each in a case of its own."""
    installation = Installation(database, FixedClock(MORNING), PepDomain(), KEY)
    by = installation.acting(SYSTEM)
    people = {
        role: add_person(by, role, f"{role}@bench.example", [role], "no one signs in")
        for role in ("social_worker", "team_manager", "designated_teacher", "virtual_school",
                     "reviewing_officer")
    }
    load_procedures(by, ROOT / "bpmn")
    worker = installation.acting(
        Actor(people["social_worker"], "Worker", frozenset({"social_worker"}))
    )
    for number in range(CHILDREN):
        start_initial_pep(worker, _child(number, people))
    counting = _Statements(database)
    spent, counts = [], []
    for task in list_tasks(worker, mine=True, limit=CHILDREN):
        asked = task_form(worker, task.id)
        raw = answers_for(asked.form, asked.facts, worker.today, {})
        before = counting.number
        spent.append(milliseconds(lambda task=task, raw=raw: complete_task(worker, task.id, raw)))
        counts.append(counting.number - before)
    return statistics.median(spent[10:]), statistics.median(counts[10:])


def complete_in_one_case(database: Database) -> tuple[float, float]:
    """Median milliseconds of a completion, at the beginning and at the end of a long loop."""
    installation = Installation(database, FixedClock(MORNING), PlainDomain(), KEY)
    load_folder(installation.acting(SYSTEM), "letter", two_signatures())
    case_id = open_case(installation.acting(ANN), "letter", CHILD)
    rounds = [
        milliseconds(lambda: _round(installation, case_id)) / COMPLETIONS_A_ROUND
        for _ in range(ROUNDS)
    ]
    return statistics.median(rounds[5:25]), statistics.median(rounds[-20:])


def _round(installation: Installation, case_id: UUID) -> None:
    steps = {"write": (ANN, {"letter_text": "Dear all"}), "sign_teacher": (BEN, {}),
             "sign_social_worker": (ANN, {}), "check": (CAT, {"rating": "red"})}
    for element, (actor, answers) in steps.items():
        by = installation.acting(actor)
        [task] = [t for t in list_tasks(by, case_id=case_id) if t.element == element]
        complete_task(by, task.id, answers)


class _Statements:
    """Counts what is sent to the database, commits left out."""

    def __init__(self, database: Database) -> None:
        self.number = 0
        event.listen(database.engine, "before_cursor_execute", self._one_more)

    def _one_more(self, *_details: object) -> None:
        self.number += 1


def _child(number: int, people: dict[str, UUID]) -> dict[str, str]:
    today = MORNING.date().isoformat()
    return {
        "given_names": "Robin", "family_name": f"Benchley {number}", "born_on": "2016-05-04",
        "became_looked_after_on": today, "first_placement_on": today, "entry": "emergency",
        "lives_out_of_area": "no",
        **{role: str(person) for role, person in people.items() if role != "virtual_school"},
    }
