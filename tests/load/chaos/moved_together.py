"""Whether state, tasks, timers, record, events, audit and outbox have moved together.

Nothing here knows what was done: whatever a table says, the others must say too.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from standing import Standing

from engine.errors import FlowFailed
from engine.spiff import Flow
from engine.store.models import RUNNING, CaseStatus, TaskStatus, TimerStatus

TASK_EVENTS = {TaskStatus.COMPLETED: "task_completed", TaskStatus.CANCELLED: "task_cancelled"}
CASE_EVENTS = {CaseStatus.ENDED: "case_ended", CaseStatus.CLOSED: "case_closed"}
TIMER_EVENTS = {
    TimerStatus.FIRED: ("timer_fired", "timer_woken"),
    TimerStatus.CANCELLED: ("timer_cancelled",),
}
TOLD_TWICE = {
    "complete_task": "task_completed", "release_task": "task_released", "open_case": "case_opened",
    "close_case": "case_closed", "retry_incident": "incident_retried",
    "publish_release": "release_published", "load_release": "release_loaded",
    "propose_release": "release_proposed", "approve_release": "release_approved",
    "return_release": "release_returned",
    "start_involvement": "involvement_started", "change_placement": "placement_changed",
}
"""The event that each row of the audit stands beside."""
TOLD_AS_WELL = {"claim_task": "task_claimed", "reassign_task": "task_reassigned"}
"""As above; the event comes without a row of the audit too, where a rule gives a task away."""


def wrong_among(found: Standing) -> Iterator[str]:
    for check in CHECKS:
        yield from check(found)


def flow_and_tables(found: Standing) -> Iterator[str]:
    """The state of a running case, decoded, has open what the tables have open."""
    for case in found["case"]:
        if case.status not in RUNNING:
            continue
        try:
            flow = Flow.decode(found.procedure_of(case), case.state)
        except FlowFailed as unreadable:
            yield f"half done: the state of case {case.id} cannot be read: {unreadable.message}"
            continue
        yield from _flow_and_tables(found, case, flow)


def _flow_and_tables(found: Standing, case: Any, flow: Flow) -> Iterator[str]:
    pending = (case.incident or {}).get("pending", [])
    of_flow = {str(each.token): each.element for each in (*flow.open_tasks, *flow.timers)}
    of_tables = {
        str(each.token): each.element
        for table, status in (("task", TaskStatus.OPEN), ("timer", TimerStatus.PENDING))
        for each in found.by_case[table][case.id] if each.status == status
    }
    if not of_tables and not pending:
        yield f"half done: case {case.id} runs, and nothing of it is open"
    held = {move.get("complete") or move.get("fire") for move in pending}
    for token in of_flow.keys() - of_tables.keys() - held:
        yield (f"half done: in the state of case {case.id} {of_flow[token]} is open, in the "
               "tables it is not")
    for token in of_tables.keys() - of_flow.keys():
        yield (f"half done: in the tables of case {case.id} {of_tables[token]} is open, in its "
               "state it is not")


def cases_and_events(found: Standing) -> Iterator[str]:
    for case in found["case"]:
        told = {kind: found.events_of_case[case.id, kind]
                for kind in ("case_opened", *CASE_EVENTS.values())}
        due = {"case_opened": 1, **{kind: int(case.status == status)
                                    for status, kind in CASE_EVENTS.items()}}
        yield from _compared(f"case {case.id}", told, due)
        if case.status not in RUNNING:
            for table, status in (("task", TaskStatus.OPEN), ("timer", TimerStatus.PENDING)):
                for row in found.by_case[table][case.id]:
                    if row.status == status:
                        yield f"half done: case {case.id} is over, and its {row.element} is open"


def tasks_and_events(found: Standing) -> Iterator[str]:
    for task in found["task"]:
        told = {kind: found.events_of_task[task.id, kind]
                for kind in ("task_opened", *TASK_EVENTS.values())}
        due = {"task_opened": 1, **{kind: int(task.status == status)
                                    for status, kind in TASK_EVENTS.items()}}
        yield from _compared(f"task {task.id} ({task.element})", told, due)


def timers_and_events(found: Standing) -> Iterator[str]:
    rows = Counter((each.case_id, each.element, each.status) for each in found["timer"])
    for case_id, element in {(each.case_id, each.element) for each in found["timer"]}:
        told = {status: sum(found.events_at[case_id, kind, element] for kind in kinds)
                for status, kinds in TIMER_EVENTS.items()}
        due = {status: rows[case_id, element, status] for status in TIMER_EVENTS}
        yield from _compared(f"timer {element} of case {case_id}", told, due)
        started = found.events_at[case_id, "timer_started", element]
        if started != (all_of := sum(rows[case_id, element, each] for each in TimerStatus)):
            yield f"half done: timer {element} of case {case_id} started {started} of {all_of}"


def audit_and_events(found: Standing) -> Iterator[str]:
    """What was done stands in both, written at the same moment."""
    told = Counter((each.kind, each.actor_id, each.at) for each in found["event"])
    done = Counter((each.action, each.actor_id, each.at) for each in found.acts)
    for action, kind in (*TOLD_TWICE.items(), *TOLD_AS_WELL.items()):
        moments = {key[1:] for key in done if key[0] == action}
        if action in TOLD_TWICE:
            moments |= {key[1:] for key in told if key[0] == kind}
        for moment in moments:
            if told[kind, *moment] != done[action, *moment]:
                yield (f"half done: {told[kind, *moment]} events {kind} and "
                       f"{done[action, *moment]} rows of the audit by {moment[0]} at {moment[1]}")


def outbox_and_events(found: Standing) -> Iterator[str]:
    """Whoever was given a task as it opened has a message about it, one."""
    if not found.tells_assignees:
        return
    told = Counter(each.data.get("task") for each in found["outbox"]
                   if each.kind == "task_assigned")
    for event in found["event"]:
        if event.kind == "task_opened":
            due = int(event.data.get("assignee") is not None)
            if told[str(event.task_id)] != due:
                yield (f"{_too(told[str(event.task_id)], due)}: {told[str(event.task_id)]} of "
                       f"{due} messages that task {event.task_id} is there")


def record_and_tasks(found: Standing) -> Iterator[str]:
    """Every completed task has its answers in the record."""
    if not found["record_version"]:
        return
    case_of = {each.id: each for each in found["case"]}
    for task in found["task"]:
        if task.status != TaskStatus.COMPLETED or task.form is None:
            continue
        case = case_of[task.case_id]
        form = found.procedure_of(case).forms[task.form]
        for field in form.fields:
            if field.is_input and field.required and not field.hidden_when and not (
                found.kept[case.child_id].get(field.path)
            ):
                yield (f"half done: task {task.id} ({task.element}) is completed, and its answer "
                       f"{field.key} is not in the record")


def record_and_audit(found: Standing) -> Iterator[str]:
    """Nothing gets into the record but by an action that stands in the audit."""
    moments = {each.at for each in found["audit"]} | {each.at for each in found["event"]}
    for values in found.kept.values():
        for path, rows in values.items():
            for row in rows:
                if row.by is not None and row.at not in moments:
                    yield f"half done: {path} was written at {row.at}, and nothing else then"
    opened = Counter(each.case_id for each in found["record_version"])
    for case_id, count in opened.items():
        if (told := found.events_of_case[case_id, "plan_version_opened"]) != count:
            yield f"half done: case {case_id} has {count} versions of the plan, {told} events"


def orphans(found: Standing) -> Iterator[str]:
    tasks = {each.id for each in found["task"]}
    nouns = tasks | {each.id for name in ("case", "release") for each in found[name]}
    told_of = [
        *((f"event {each.kind}", each.task_id, tasks) for each in found["event"] if each.task_id),
        *(("a form that was sent", each.task_id, nouns) for each in found["submission"]),
        *((f"message {each.kind}", UUID(each.data["task"]), tasks)
          for each in found["outbox"] if "task" in each.data),
    ]
    for what, of, there in told_of:
        if of not in there:
            yield f"half done: {what} tells of {of}, which is not there"
    begun = {each.child_id for each in found["case"]}
    for child in found["child"]:
        if child.id not in begun:
            yield f"half done: child {child.id} has no case"


CHECKS: tuple[Callable[[Standing], Iterator[str]], ...] = (
    flow_and_tables, cases_and_events, tasks_and_events, timers_and_events, audit_and_events,
    outbox_and_events, record_and_tasks, record_and_audit, orphans,
)


def _compared(what: str, told: dict[str, int], due: dict[str, int]) -> Iterator[str]:
    for kind, count in told.items():
        if count != due[kind]:
            yield f"{_too(count, due[kind])}: {what} has {count} of {due[kind]} {kind}"


def _too(count: int, due: int) -> str:
    return "doubled" if count > due > 0 else "half done"
