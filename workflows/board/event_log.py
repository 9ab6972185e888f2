"""What finished cases did, as XES (IEEE 1849): for tools that study processes.

Cases are numbered anew and nobody is named: a log is about steps, roles and times.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import IO, Any, NamedTuple
from uuid import UUID

from lxml import etree
from sqlalchemy import select

from engine.store.models import Case, CaseStatus, Task, TaskStatus
from engine.work import Work, query, verb
from workflows.access import visible

NAMESPACE = "http://www.xes-standard.org/"
_EXTENSIONS = (
    ("Concept", "concept"), ("Lifecycle", "lifecycle"), ("Organizational", "org"), ("Time", "time"),
)
_CASES_AT_ONCE = 200


@query
def write_event_log(work: Work, procedure: str, year: int, to: IO[bytes]) -> int:
    """Write the log of the cases that ended in a year, of those that the actor may see; tells how
    many. Each step has the moment at which it could be done (start) and was (complete), in UTC."""
    begins, ends = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    ids = work.session.scalars(
        select(Case.id)
        .where(Case.procedure == procedure, Case.status == CaseStatus.ENDED,
               Case.ended_at >= begins, Case.ended_at < ends,
               visible(work, Case.child_id, "see_case"))
        .order_by(Case.ended_at, Case.id)
    ).all()
    with etree.xmlfile(to, encoding="UTF-8") as document:
        document.write_declaration()
        with document.element("log", {"xes.version": "1.0"}, nsmap={None: NAMESPACE}):
            for name, prefix in _EXTENSIONS:
                document.write(etree.Element("extension", name=name, prefix=prefix,
                                             uri=f"{NAMESPACE}{prefix}.xesext"))
            for number, steps in enumerate(_cases(work, ids), 1):
                document.write(_trace(number, steps))
    return len(ids)


@verb
def note_event_log_taken(work: Work, procedure: str, year: int, cases: int) -> None:
    """On record before it leaves."""
    work.audit("export_event_log", about=f"procedure:{procedure}", year=year, cases=cases)


class _Moment(NamedTuple):
    at: datetime
    is_end: bool
    task_id: UUID
    name: str
    role: str


def _cases(work: Work, ids: Sequence[UUID]) -> Iterator[list[_Moment]]:
    """Of each case what began and what was done, in order."""
    for first in range(0, len(ids), _CASES_AT_ONCE):
        some = ids[first:first + _CASES_AT_ONCE]
        found: dict[UUID, list[_Moment]] = {each: [] for each in some}
        rows: Iterable[Any] = work.session.execute(
            select(Task.case_id, Task.id, Task.name, Task.role, Task.opened_at, Task.ended_at)
            .where(Task.case_id.in_(some), Task.status == TaskStatus.COMPLETED)
        )
        for case_id, task_id, name, role, opened_at, ended_at in rows:
            found[case_id] += [_Moment(opened_at, False, task_id, name, role),
                               _Moment(ended_at, True, task_id, name, role)]
        for each in some:
            yield sorted(found[each])


def _trace(number: int, steps: Sequence[_Moment]) -> etree._Element:
    trace = etree.Element("trace")
    _string(trace, "concept:name", str(number))
    for step in steps:
        event = etree.SubElement(trace, "event")
        _string(event, "concept:name", step.name)
        _string(event, "concept:instance", str(step.task_id))
        _string(event, "lifecycle:transition", "complete" if step.is_end else "start")
        _string(event, "org:role", step.role)
        etree.SubElement(event, "date", key="time:timestamp",
                         value=step.at.astimezone(UTC).isoformat(timespec="milliseconds"))
    return trace


def _string(parent: etree._Element, key: str, value: str) -> None:
    etree.SubElement(parent, "string", key=key, value=value)
