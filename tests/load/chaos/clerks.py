"""People at work while the database dies under them.

Each is a thread that completes tasks, keeps drafts and starts cases by the engine's verbs. Where
the database does not answer, the same is sent again with the same nonce, as the button "Try again"
does; what was sent and what was answered stands in the journal.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID, uuid4

from chaos_council import ChaosCouncil, plausible
from journal import Journal
from sqlalchemy import select

from engine.domain import SYSTEM
from engine.errors import EngineError
from engine.faults import is_passing, where
from engine.store.models import Task, TaskStatus
from engine.tasks import TaskView, complete_task, save_draft, task_form, view_of

FEWEST_OPEN = 20
"""With fewer tasks open a case is started, so that nobody runs out of work."""
PAUSE = 0.1
WORDS = ("text", "textarea")
"""What is kept as it was sent. A question that another answer may hide is left out: completing the
task takes its words away, as it should."""


@dataclass
class Clerks:
    council: ChaosCouncil
    journal: Journal
    seed: int
    answered_at: list[float] = field(default_factory=list)
    """When something was acknowledged, on the monotonic clock."""
    met_dead: int = 0
    """How often somebody was asked to try again."""
    never: list[str] = field(default_factory=list)
    """What a user would have seen as an error of Pepway's own."""

    def __post_init__(self) -> None:
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self._typed: set[tuple[UUID, str]] = set()
        self._typing = threading.Lock()

    def start(self, number: int) -> None:
        for each in range(number):
            chance = Random(f"{self.seed}:{each}")
            self._threads.append(threading.Thread(target=self._work, args=(chance, each)))
            self._threads[-1].start()

    def stop(self) -> None:
        """Each ends what it is at."""
        self._ended.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive(), "somebody waits for an answer without end"

    def first_answer_after(self, moment: float) -> float:
        """Seconds until something was acknowledged again."""
        while not (later := [each for each in self.answered_at[-200:] if each > moment]):
            time.sleep(0.01)
        return later[0] - moment

    def types_first(self, task: TaskView, path: str) -> bool:
        """Whether nobody has typed there yet: who overwrites a draft makes it look lost."""
        with self._typing:
            is_new = (task.child_id, path) not in self._typed
            self._typed.add((task.child_id, path))
        return is_new

    def _work(self, chance: Random, number: int) -> None:
        started = 0
        while not self._ended.is_set():
            try:
                tasks = self.open_tasks()
                if len(tasks) < FEWEST_OPEN:
                    started += 1
                    self._start_case(f"Clerk {number} {started}")
                else:
                    self._do(chance, chance.choice(tasks))
            except EngineError:
                continue  # somebody was faster
            except Exception as fault:
                self._meet(fault)

    def open_tasks(self) -> list[TaskView]:
        with self.council.installation.acting(SYSTEM).begin(writing=False) as work:
            rows = work.session.scalars(
                select(Task).where(Task.status == TaskStatus.OPEN).order_by(Task.id)
            )
            return [view_of(row) for row in rows]

    def _start_case(self, family_name: str) -> None:
        """One that was not answered may be there or not: nobody knows its id."""
        case_id = self.council.start_case(f"{family_name} {uuid4()}")
        self.answered("open_case", str(uuid4()), case=case_id)

    def _do(self, chance: Random, task: TaskView) -> None:
        by, submit = self.council.who(task), str(uuid4())
        raw, seen = plausible(by, task.id, self.council.people["viktor"])
        asked = list(task_form(by, task.id).form.inputs())
        seen = {each.key: seen.get(each.key, 0) for each in asked}  # 0: it showed no answer
        words = {each.key: each.path for each in asked
                 if each.kind in WORDS and raw.get(each.key) and not each.hidden_when}
        details: dict[str, Any] = {"task": task.id, "actor": by.actor.id}
        key = chance.choice(sorted(words)) if words else ""
        if key and chance.random() < 0.4:
            if not self.types_first(task, words[key]):
                return
            typed = {key: f"Typed in {submit}"}
            details["answers"] = {words[key]: typed[key]}
            self._send("save_draft", submit, details,
                       lambda: save_draft(by, task.id, typed, {key: seen[key]}))
        else:
            details |= {"nonce": submit,
                        "answers": {path: raw[key] for key, path in words.items()}}
            self._send("complete_task", submit, details,
                       lambda: complete_task(by, task.id, raw, seen, nonce=submit))

    def _send(
        self, kind: str, submit: str, details: dict[str, Any], verb: Callable[[], object]
    ) -> None:
        """Until it is answered."""
        self.journal.begun(kind, submit=submit, **details)
        while True:
            try:
                verb()
            except EngineError:
                raise
            except Exception as fault:
                self._meet(fault)
            else:
                self.answered(kind, submit)
                return

    def answered(self, kind: str, submit: str, **details: Any) -> None:
        self.journal.acknowledged(kind, submit=submit, **details)
        self.answered_at.append(time.monotonic())

    def _meet(self, fault: Exception) -> None:
        self.met_dead += 1
        if not is_passing(fault):
            self.never.append(where(fault))
            self._ended.set()
        time.sleep(PAUSE)
