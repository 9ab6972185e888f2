"""The same small procedure twice: by SpiffWorkflow as its tutorials use it, and by Pepway's engine.

The tutorials keep a run as one whole JSON document, the parsed diagram in it. Here it is read and
written anew for each completion, as it must be between two requests, with a table of tasks beside
it. No roles, no forms, no audit, no record: what a completion costs there is the flow alone.
"""

import io
import sqlite3
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from bench_stores import database, on_disk, postgres
from diagrams import diagram, flow, form, radio, user_task
from figures import Figure, median, milliseconds
from floor import postgres_floor, sqlite_floor
from lives import KEY, MORNING
from lxml import etree
from plain_domain import ANN, CHILD, PlainDomain
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from engine.cases import open_case
from engine.clock import FixedClock
from engine.domain import SYSTEM
from engine.releases import load_folder
from engine.tasks import complete_task, list_tasks
from engine.work import Installation

FLOORS, RUNS = 200, 60
STEPS = ("ask", "choose", "sign_here", "sign_there", "send")
ANSWERS = {"ask": {"go": "yes"}}
TABLES = (
    "CREATE TABLE run (id INTEGER PRIMARY KEY, state TEXT)",
    "CREATE TABLE run_task (id VARCHAR(36) PRIMARY KEY, run INTEGER, name TEXT, open INTEGER)",
    "CREATE INDEX run_task_open ON run_task (run) WHERE open = 1",
)


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(dir=on_disk()) as folder:
        file = Path(folder)
        floor = median(sqlite_floor(file / "floor.db"), FLOORS)
        yield from _compare("sqlite", floor, Plain(_sqlite(file / "plain.db"), "?"),
                            f"sqlite:///{file / 'ours.db'}")
    with postgres() as server:
        floor = median(postgres_floor(server.new_database()), FLOORS)
        yield from _compare("postgresql", floor, Plain(_postgres(server.new_database()), "%s"),
                            server.new_database())


def _compare(store: str, floor: float, plain: "Plain", url: str) -> Iterator[Figure]:
    theirs = statistics.median(plain.completions())
    ours = statistics.median(_completions(url))
    yield Figure("plain SpiffWorkflow, a completion", store, theirs, "ms", floor, theirs / floor,
                 "", None)
    yield Figure("Pepway's engine, the same diagram", store, ours, "ms", theirs, ours / theirs,
                 "", None)


@dataclass
class Plain:
    connection: Any
    mark: str

    def completions(self) -> list[float]:
        """Milliseconds of each, in runs one after the other."""
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.parse(io.BytesIO(_content(quoted=True))))
        self._spec = parser.get_spec("letter")
        self._serializer = BpmnWorkflowSerializer(registry=BpmnWorkflowSerializer.configure())
        for table in TABLES:
            self._do(table)
        self._end()
        spent = []
        for run in range(RUNS):
            self._begin(run)
            spent += [milliseconds(lambda run=run, step=step: self._complete(run, step))
                      for step in STEPS]
        return spent

    def _begin(self, run: int) -> None:
        workflow = BpmnWorkflow(self._spec)
        workflow.do_engine_steps()
        self._do("INSERT INTO run VALUES ({}, {})", run, self._serializer.serialize_json(workflow))
        self._note(run, workflow)
        self._end()

    def _complete(self, run: int, step: str) -> None:
        [state] = self._do("SELECT state FROM run WHERE id = {}", run).fetchone()
        [task_id] = self._do(
            "SELECT id FROM run_task WHERE run = {} AND name = {} AND open = 1", run, step
        ).fetchone()
        workflow = self._serializer.deserialize_json(state)
        task = next(each for each in workflow.get_tasks(state=TaskState.READY)
                    if str(each.id) == task_id)
        task.data.update(ANSWERS.get(step, {}))
        task.run()
        workflow.refresh_waiting_tasks()
        workflow.do_engine_steps()
        self._do("UPDATE run_task SET open = 0 WHERE id = {}", task_id)
        self._note(run, workflow)
        self._do("UPDATE run SET state = {} WHERE id = {}",
                 self._serializer.serialize_json(workflow), run)
        self._end()

    def _note(self, run: int, workflow: BpmnWorkflow) -> None:
        for task in workflow.get_tasks(state=TaskState.READY, manual=True):
            self._do("INSERT INTO run_task VALUES ({}, {}, {}, 1) ON CONFLICT DO NOTHING",
                     str(task.id), run, task.task_spec.name)

    def _do(self, statement: str, *values: Any) -> Any:
        marks = statement.format(*(self.mark for _ in values))
        return self.connection.execute(marks, values)

    def _end(self) -> None:
        self.connection.commit()


def _completions(url: str) -> list[float]:
    with database(url) as opened:
        installation = Installation(opened, FixedClock(MORNING), PlainDomain(), KEY)
        files = {"letter.bpmn": _content(quoted=False),
                 "ask.form": form("ask", radio("go", "yes", "no")),
                 "plain.form": form("plain")}
        load_folder(installation.acting(SYSTEM), "letter", files)
        by, spent = installation.acting(ANN), []
        for _ in range(RUNS):
            case_id = open_case(by, "letter", CHILD)
            for step in STEPS:
                [task] = [each for each in list_tasks(by, case_id=case_id) if each.element == step]
                answers = ANSWERS.get(step, {})
                spent.append(milliseconds(
                    lambda task=task, answers=answers: complete_task(by, task.id, answers)
                ))
        return spent


def _content(*, quoted: bool) -> bytes:
    """Ask; if yes choose, watched by a timer; two sign at once; send.

    SpiffWorkflow evaluates a duration as Python, so there it is quoted.
    """
    lasts = '"P20D"' if quoted else "P20D"
    nodes = ["begun", "which", "waited", "reminded", "fork", "join", "done", "refused", *STEPS]
    condition = 'go == "yes"'
    body = (
        '<bpmn:startEvent id="begun"/>'
        '<bpmn:exclusiveGateway id="which" default="which_to_refused"/>'
        + user_task("ask", "ask") + "".join(user_task(step, "plain") for step in STEPS[1:])
        + '<bpmn:boundaryEvent id="waited" attachedToRef="choose" cancelActivity="false">'
        f'<bpmn:timerEventDefinition id="t"><bpmn:timeDuration>{lasts}</bpmn:timeDuration>'
        '</bpmn:timerEventDefinition></bpmn:boundaryEvent>'
        '<bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/>'
        + "".join(f'<bpmn:endEvent id="{end}"/>' for end in ("done", "refused", "reminded"))
        + flow("begun", "ask") + flow("ask", "which") + flow("which", "choose", condition)
        + flow("which", "refused") + flow("waited", "reminded") + flow("choose", "fork")
        + flow("fork", "sign_here") + flow("fork", "sign_there") + flow("sign_here", "join")
        + flow("sign_there", "join") + flow("join", "send") + flow("send", "done")
    )
    return diagram("letter", {"social_worker": nodes}, body)


def _sqlite(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _postgres(url: str) -> psycopg.Connection:
    return psycopg.connect(url)
