"""Many people, or one person's many clicks, at the same task at the same moment.

Each function gives a sentence for whatever is not as promised: one effect, everyone told what has
happened, and nobody told of a database that is locked.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

from chaos_council import PASSWORD, ChaosCouncil, email_of, plausible
from sqlalchemy import func, select

from engine.domain import SYSTEM
from engine.errors import TaskGone, TaskTaken
from engine.store.models import Audit, Event
from engine.tasks import Completed, complete_task
from workflows.accounts.passwords import hash_password
from workflows.people import add_person

QUEUE = "allocate_caseworker"
"""A step that everyone in the virtual school may do."""


def at_once(times: int, do: Callable[[int], Any]) -> list[Any]:
    """What it gave, or raised, in as many threads that begin together."""
    together = Barrier(times)

    def begin(number: int) -> Any:
        together.wait()
        try:
            return do(number)
        except Exception as problem:
            return problem

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(begin, range(times)))


def virtual_school(council: ChaosCouncil, number: int) -> list[str]:
    """The names of so many people who may all do the same."""
    names = [f"v{each}" for each in range(number)]
    password_hash = hash_password(PASSWORD)
    for name in names:
        if name not in council.people:
            council.people[name] = add_person(
                council.installation.acting(SYSTEM), name.title(), email_of(name),
                ["virtual_school"], password_hash,
            )
    return names


def queued_task(council: ChaosCouncil) -> UUID:
    """Of a new case."""
    case_id = council.start_case(f"Queue {uuid4()}")
    council.play_until(case_id, lambda open_now: QUEUE in open_now)
    return council.open_tasks(case_id)[QUEUE].id


def same_submit(council: ChaosCouncil, times: int) -> Iterator[str]:
    """One form, sent so many times at once: a double click, a browser's and a proxy's retries."""
    task_id, by, nonce = queued_task(council), council.by("vera"), str(uuid4())
    raw, seen = plausible(by, task_id, council.people["viktor"])

    said = at_once(times, lambda _: complete_task(by, task_id, raw, seen, nonce=nonce))

    refused = [each for each in said if not isinstance(each, Completed)]
    yield from (f"a repeated submit was answered by {each!r}" for each in refused)
    done = [each for each in said if isinstance(each, Completed)]
    if sum(not each.repeated for each in done) != 1:
        yield "not exactly one submit was the first"
    answers = {(each.task, each.case_status, frozenset(each.next_tasks)) for each in done}
    if len(answers) > 1:
        yield f"{len(answers)} different answers were given to one submit"
    yield from wrong_effects(council, task_id)


def all_finish(council: ChaosCouncil, number: int) -> Iterator[str]:
    """So many people of one queue finish the same task, each with a form of their own."""
    names, task_id = virtual_school(council, number), queued_task(council)
    forms = [(by, *plausible(by, task_id, council.people["viktor"]))
             for by in map(council.by, names)]

    def finish(each: int) -> Completed:
        by, raw, seen = forms[each]
        return complete_task(by, task_id, raw, seen, nonce=str(uuid4()))

    said = at_once(number, finish)

    winners = [each.task for each in said if isinstance(each, Completed)]
    if len(winners) != 1:
        yield f"{len(winners)} of {number} have finished one task: {Counter(map(repr, said))}"
        return
    for loser in (each for each in said if not isinstance(each, Completed)):
        if isinstance(loser, TaskGone):
            if (loser.by, loser.at) != (winners[0].completed_by, winners[0].ended_at):
                yield f"the loser was not told who and when: {loser.by}, {loser.at}"
        elif not (isinstance(loser, TaskTaken) and loser.by == winners[0].completed_by):
            yield f"the loser was told {loser!r}"
    yield from wrong_effects(council, task_id)


def wrong_effects(council: ChaosCouncil, task_id: UUID) -> Iterator[str]:
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        events = work.session.scalar(select(func.count()).where(
            Event.task_id == task_id, Event.kind == "task_completed"
        ))
        audited = work.session.scalar(select(func.count()).where(
            Audit.about == f"task:{task_id}", Audit.action == "complete_task"
        ))
    if (events, audited) != (1, 1):
        yield f"one completion left {events} events and {audited} rows of the audit"
