"""What the new release says otherwise of the tasks and dates that stay open in a case."""

from collections.abc import Iterator

from engine.advance import CaseWorld
from engine.migration.plan import Plan, TimerRule
from engine.spiff import Element, Flow
from engine.store.models import Task

_TIMERS = {
    TimerRule.KEEP: "“{}” keeps its date, though the new release gives it another",
    TimerRule.REBASE: "“{}” gets the new release's date, counted from when it began",
    TimerRule.RESTART: "“{}” gets the new release's date, counted from the move",
}


def differences(world: CaseWorld, flow: Flow, plan: Plan) -> Iterator[str]:
    elements = world.procedure.elements
    open_at = {each.token: elements[each.element] for each in flow.open_tasks}
    for task in world.tasks:
        if task.token in open_at:
            yield from _of_task(world, task, open_at[task.token])
    waiting = {each.token: elements[each.element] for each in flow.timers}
    for timer in world.timers:
        after = waiting.get(timer.token)
        if after is not None and after.timer != timer.expression:
            yield _TIMERS[plan.rule_of(after.id)].format(after.name)


def _of_task(world: CaseWorld, task: Task, after: Element) -> Iterator[str]:
    if task.role != after.role:
        title = world.work.domain.vocabulary.roles.get(after.role or "", after.role)
        yield f"“{after.name}” becomes a task of: {title}"
    if task.form != after.form:
        yield f"“{after.name}” has another form"
    if task.due_expression != after.due:
        yield f"“{after.name}” is due by another rule"
    if task.element == after.id and task.name != after.name:
        yield f"“{task.name}” is called “{after.name}”"
