"""Whole lives in care, told by the product's own verbs: what a council of any size is stamped from.

The invented council of the demonstration has a case at every step. Beside its children stand some
who have been in care for years, and some who have left it.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from figures_followed import follow_to_the_end
from sqlalchemy import select

from engine.audit import record_view
from engine.clock import FixedClock
from engine.domain import SYSTEM
from engine.releases import load_procedures
from engine.store.database import Database
from engine.store.models import Outbox, Submission, Task, TaskStatus
from engine.store.schema import migrate
from engine.work import Installation, Work, query, verb
from workflows.demonstration import furnish
from workflows.demonstration.council import CHILDREN, DemoChange, DemoChild
from workflows.people import find_actor
from workflows.pep.domain import PepDomain

ROOT = Path(__file__).parents[3]
MORNING = datetime(2026, 3, 25, 9, tzinfo=UTC)
"""The day on which every council of the bench stands."""
KEY = b"the bench's key for seals, 32 b."

PRIMARY, SECONDARY, COLLEGE = "Quillbeck Primary School", "Osmerdale Academy", "Hasperton College"


def _for_years(days: int, age: int, school: str, stops_at: str = "", before: int = 1) -> DemoChild:
    return DemoChild(f"Day{days}", "Yearsley", age, school, days, stops_at=stops_at,
                     stops_before=before)


def _left(days: int, age: int, school: str) -> DemoChild:
    """Ceased to be looked after a fortnight ago, after so many working days."""
    answers = {"on": 0, "outcome": "home", "reason": "Home, agreed at the review."}
    return DemoChild(f"Left{days}", "Goneby", age, school, days + 10,
                     changes=(DemoChange(days, "cease_to_be_looked_after", answers),))


IN_CARE_FOR_YEARS = (
    _for_years(255, 9, PRIMARY),
    _for_years(330, 12, SECONDARY, "hold_review_meeting", 4),
    _for_years(405, 7, PRIMARY),
    _for_years(455, 13, SECONDARY, "assure_quality", 5),
    _for_years(610, 10, PRIMARY),
    _for_years(715, 14, SECONDARY, "sign_off_social_worker", 7),
    _for_years(905, 15, SECONDARY),
    _for_years(1270, 12, SECONDARY),
    _for_years(1890, 16, COLLEGE),
)
"""Who waits at a step does so for the review that is due just now."""
LEFT_CARE = tuple(
    _left(*each) for each in (
        (15, 8, PRIMARY), (60, 15, SECONDARY), (140, 10, PRIMARY), (275, 13, SECONDARY),
        (520, 9, PRIMARY), (900, 16, SECONDARY), (1300, 14, SECONDARY),
    )
)
LIVES = (*CHILDREN, *IN_CARE_FOR_YEARS, *LEFT_CARE)
A_FEW_LIVES = (*CHILDREN[8:12], IN_CARE_FOR_YEARS[0], LEFT_CARE[0], LEFT_CARE[2])
"""Told in a few seconds, for a test of the generator."""


def tell_lives(file: Path, children: tuple[DemoChild, ...] = LIVES) -> None:
    """Make a SQLite database in which these children have lived up to `MORNING`.

    It appears under its name once it is whole.
    """
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    database = Database(f"sqlite:///{part}")
    migrate(database)
    clock = FixedClock(MORNING)
    installation = Installation(database, clock, PepDomain(), KEY)
    by = installation.acting(SYSTEM)
    load_procedures(by, ROOT / "bpmn")
    furnish(installation, lambda: None, children)
    _look_at_what_is_done(installation)
    _let_messages_leave(by)
    follow_to_the_end(installation)
    database.engine.dispose()
    part.rename(file)


def _look_at_what_is_done(installation: Installation) -> None:
    """Whoever completed a task had seen their list, the case and the task before, and sent a form.

    The story completes tasks without a browser; this is what a browser would have left.
    """
    by = installation.acting(SYSTEM)
    actors = {}
    for task in _completed(by):
        if task.completed_by not in actors:
            actors[task.completed_by] = find_actor(by, task.completed_by)
        clock = FixedClock(task.ended_at - timedelta(minutes=5))
        acting = replace(installation, clock=clock).acting(actors[task.completed_by])
        _look(acting, task)


@query
def _completed(work: Work) -> list[Task]:
    return list(work.session.scalars(select(Task).where(Task.status == TaskStatus.COMPLETED)))


@verb
def _look(work: Work, task: Task) -> None:
    reason, child = f"{task.role} since {task.opened_at.date()}", task.child_id
    record_view(work, "see_my_tasks", None, "page:tasks.my_tasks", "signed in", [child])
    record_view(work, "see_case", child, f"case:{task.case_id}", reason)
    record_view(work, "see_task", child, f"task:{task.id}", reason)
    work.append(Submission, {"nonce": uuid4().hex, "task_id": task.id, "actor_id": work.actor.id,
                             "at": task.ended_at})


@verb
def _let_messages_leave(work: Work) -> None:
    for message in work.session.scalars(select(Outbox)):
        message.sent_at, message.attempts = message.created_at, 1
