"""What of one case does not fit together: its state, its tables, its release. Nothing is changed.

Each is a sentence that a process owner can act on, with the case's own repairs in the studio.
"""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from engine.advance import to_be_retried
from engine.domain import Misfit
from engine.errors import EngineError
from engine.releases import compiled
from engine.spiff import Flow, Procedure
from engine.store.models import RUNNING, Case, Release, Task, Timer
from engine.work import Work

_ASK = "Ask whoever runs Pepway to look into the last backup, or cancel the case."
_BACK = "It is there again once the next step of the case is done; or say where the case goes on."
_GONE = "It goes once the next step of the case is done; or say where the case goes on."
NO_RELEASE = Misfit("release", f"The release that this case runs on is not there. {_ASK}")
NO_STATE = Misfit(
    "state", f"Where this case stands cannot be read, or is nowhere in its release. {_ASK}"
)
LEFT_OPEN = Misfit("left-open", "The case is over, and a task or a date of it is open still.")


def misfits_of(
    work: Work, case: Case, tasks: Sequence[Task], timers: Sequence[Timer]
) -> list[Misfit]:
    """`tasks` are the case's open ones, `timers` its pending ones."""
    if work.session.get(Release, case.release_id) is None:
        return [NO_RELEASE]
    if case.status not in RUNNING:
        return [LEFT_OPEN] if tasks or timers else []
    try:
        procedure = compiled(work, case.release_id)
        flow = Flow.decode(procedure, case.state)
        asked = {each.token: each.element for each in flow.open_tasks}
        dates = {each.token: each.element for each in flow.timers}
    except (EngineError, LookupError, ValueError):
        return [NO_STATE]
    if not (asked or dates):
        return [NO_STATE]
    names, again = _Names(procedure), to_be_retried(case)
    return [
        *_apart(names, _missing(asked, tasks, again), "task-missing",
                f"The case waits for {{}}, and nobody has that task. {_BACK}"),
        *_apart(names, _left_over(asked, tasks), "task-left-over",
                f"{{}} is open as a task, and the case does not stand there. {_GONE}"),
        *_apart(names, _missing(dates, timers, again), "date-missing",
                f"The case waits for the date {{}}, and nothing looks out for it. {_BACK}"),
        *_apart(names, _left_over(dates, timers), "date-left-over",
                f"The date {{}} is looked out for, and the case does not wait for it. {_GONE}"),
        *work.domain.misfits(work, case, tasks),
    ]


class _Names:
    def __init__(self, procedure: Procedure) -> None:
        self._elements = procedure.elements

    def of(self, element: str) -> str:
        found = self._elements.get(element)
        return f"“{found.name if found else element}”"


def _missing(
    standing: Mapping[UUID, str], rows: Sequence[Task | Timer], again: set[UUID]
) -> Iterator[str]:
    """Elements of the state that no row has; of a move that is to be made again there is none."""
    there = {(row.token, row.element) for row in rows}
    return (element for token, element in standing.items()
            if (token, element) not in there and token not in again)


def _left_over(standing: Mapping[UUID, str], rows: Sequence[Task | Timer]) -> Iterator[str]:
    return (row.element for row in rows if standing.get(row.token) != row.element)


def _apart(
    names: _Names, elements: Iterator[str], kind: str, sentence: str
) -> Iterator[Misfit]:
    for element in elements:
        yield Misfit(kind, sentence.format(names.of(element)), element)
