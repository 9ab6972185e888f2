"""What was sent by a link, taken into the answers of its task by whoever has the task."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine.errors import NotFound
from engine.forms import Field
from engine.store.models import Case, Task
from engine.tasks import save_draft, task_form
from engine.work import LONDON, Work, verb
from workflows.contributions.asking import given_by_link
from workflows.contributions.links import State, locked, note, state_of
from workflows.contributions.table import Contribution

DAY = "day"
"""As an answer by link: the day on which it was sent."""


@verb
def take_contribution(work: Work, task_id: UUID, link_id: UUID) -> None:
    """Once; the second click of two does nothing. What stands already is kept: words are put below
    it, and a choice that was made stays. Raises `NotFound`, and what `save_draft` raises.
    """
    row = locked(work, Contribution.id == link_id)
    if row.task_id != task_id or state_of(work, row) is not State.SENT or row.ended_at is None:
        raise NotFound
    if row.taken_at is not None:
        return
    asked = task_form(work, task_id)
    sent_on = row.ended_at.astimezone(LONDON).date().isoformat()
    given = {key: sent_on if value == DAY else value
             for key, value in given_by_link(asked.form).items()}
    standing = {key: kept.value for key, kept in asked.kept.items()}
    taken = {field.key: _joined(field, standing.get(field.key), words)
             for field in asked.form.inputs()
             if (words := {**given, **row.answers}.get(field.key)) is not None}
    save_draft(work, task_id, taken, _seen(asked.kept, taken))
    row.taken_at, row.taken_by = work.now, work.actor.id
    task = work.session.get_one(Task, task_id)
    note(work, work.session.get_one(Case, task.case_id), task, link_id, "contribution_taken",
         voice=row.voice)


def _joined(field: Field, standing: Any, words: Any) -> Any:
    if standing in (None, "", []):
        return words
    if field.kind not in ("text", "textarea") or str(words) in str(standing):
        return standing
    between = "\n\n" if field.kind == "textarea" else ", "
    return f"{standing}{between}{words}"


def _seen(kept: Mapping[str, Any], taken: Mapping[str, Any]) -> dict[str, int]:
    return {key: kept[key].version if key in kept else 0 for key in taken}
