"""What is typed on the way to an answer: in questions that another one hides, in open tasks."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from engine.domain import Kept, Known
from engine.errors import AnswersInvalid
from engine.forms import Answers, Form, entries, read_answers
from engine.forms.answers import Entry, not_asked
from engine.releases import compiled
from engine.store.models import Case, Task, TaskStatus
from engine.work import Work


def drafted(
    form: Form,
    kept: Mapping[str, Kept],
    answers: Mapping[str, Any],
    seen: Mapping[str, int],
    facts: Mapping[str, Any],
) -> tuple[Entry, ...]:
    """What goes to the record of a draft; `kept` is what it holds, by key.

    Raises `AnswersInvalid` for what the form does not ask.
    """
    if unasked := not_asked(form, answers):
        raise AnswersInvalid(unasked)
    standing = {key: value.value for key, value in kept.items()}
    read = read_answers(form, {**standing, **answers}, facts)
    return (*entries(form, answers, with_hidden_cells(form, answers, read, facts), seen),
            *hidden_entries(form, answers, read, seen, facts))


def hidden_entries(
    form: Form,
    raw: Mapping[str, Any],
    read: Answers,
    seen: Mapping[str, int],
    facts: Mapping[str, Any],
) -> tuple[Entry, ...]:
    """What was typed where another answer hides the question, read as if it were shown."""
    hidden = _only_hidden(form, read)
    typed = {each.key: raw[each.key] for each in hidden.inputs() if each.key in raw}
    return entries(hidden, typed, read_answers(hidden, typed, facts), seen)


def with_hidden_cells(
    form: Form, raw: Mapping[str, Any], read: Answers, facts: Mapping[str, Any]
) -> Answers:
    """The rows of lists that were answered rightly, read as if each cell were shown; a list in
    which a hidden cell is wrong stays as it was typed."""
    lists = replace(form, fields=tuple(
        replace(each, hidden_when=None, fields=tuple(
            replace(cell, hidden_when=None, required=False) for cell in each.fields
        ))
        for each in form.inputs() if each.kind == "list" and each.key in read.values
    ))
    if not lists.fields:
        return read
    typed = {each.key: raw[each.key] for each in lists.fields if each.key in raw}
    whole = read_answers(lists, typed, {**facts, **read.values})
    wrong = {place: told for place, told in whole.errors.items() if "[" in place}
    return replace(read, values={**read.values, **whole.values}, errors={**wrong, **read.errors})


def answers_that_went_hidden(
    work: Work, case: Case, task: Task, form: Form, read: Answers, known: Known
) -> tuple[Entry, ...]:
    """What this person typed during this task in questions that in the end were not asked; not
    where they answered it in another task meanwhile, or are about to."""
    typed = {
        each.path: each for each in _only_hidden(form, read).inputs()
        if (was := known.kept.get(each.path)) is not None
        and was.by == work.actor.id and was.at is not None and was.at >= task.opened_at
    }
    if not typed:
        return ()
    asking = _tasks_asking(work, case, typed)
    return tuple(
        Entry(each.key, path, each.label, None, True, None)
        for path, each in typed.items()
        if not any(
            other.status == TaskStatus.OPEN or _answered(other, known.kept[path])
            for other in asking[path] if other.id != task.id
        )
    )


def only_drafted(work: Work, case: Case, kept: Mapping[str, Kept]) -> set[str]:
    """Of what is kept, by path: what was written in a task that is open still, and that no
    completed task has answered since."""
    asking = _tasks_asking(work, case, kept)
    return {
        path for path, each in kept.items()
        if any(_drafts(task, each) for task in asking.get(path, ()))
        and not any(_answered(task, each) for task in asking[path])
    }


def _only_hidden(form: Form, read: Answers) -> Form:
    """The hidden questions alone, without their conditions; not those of which another that is
    shown has the same place in the record."""
    shown = {each.path for each in form.inputs() if each.key not in read.hidden}
    return replace(form, fields=tuple(
        replace(each, hidden_when=None, required=False)
        for each in form.inputs() if each.key in read.hidden and each.path not in shown
    ))


def _tasks_asking(
    work: Work, case: Case, paths: Collection[str]
) -> dict[str, list[Task]]:
    """The tasks of a case, open or completed, whose forms ask for a place of the record."""
    forms = compiled(work, case.release_id).forms
    asked = {name: {field.path for field in form.inputs()} for name, form in forms.items()}
    tasks = list(work.session.scalars(select(Task).where(
        Task.case_id == case.id, Task.status.in_((TaskStatus.OPEN, TaskStatus.COMPLETED))
    )))
    return {
        path: [task for task in tasks if path in asked.get(task.form or "", ())] for path in paths
    }


def _drafts(task: Task, kept: Kept) -> bool:
    return (
        task.status == TaskStatus.OPEN and task.assignee_id == kept.by
        and kept.at is not None and kept.at >= task.opened_at
    )


def _answered(task: Task, kept: Kept) -> bool:
    return task.ended_at is not None and kept.at is not None and task.ended_at >= kept.at
