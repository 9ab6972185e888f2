"""Answers of the plan before, said to be still true one by one, before the whole form is sent."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from engine.forms import read_answers
from engine.store.models import Case
from engine.tasks import save_draft, task_form
from engine.work import Work, verb
from workflows.pep.plan import confirm_values
from workflows.task_page import MaySee, from_the_plan_before, sees


@verb
def save_and_confirm(
    work: Work,
    task_id: UUID,
    answers: Mapping[str, Any],
    seen: Mapping[str, int],
    still_true: Collection[str],
    may_see: MaySee,
) -> None:
    """Keep a draft; the answers to these questions count from now on as this plan's own.

    What was changed in the same form is no longer of the plan before, so that nothing is left to
    confirm; nobody confirms what is not asked of this child, or what they may not see. Raises what
    `save_draft` raises.
    """
    save_draft(work, task_id, answers, seen)
    if not still_true:
        return
    work.write()
    asked = task_form(work, task_id)
    hidden = read_answers(asked.form, {key: each.value for key, each in asked.kept.items()},
                          asked.facts).hidden
    carried = [asked.kept[key] for key in from_the_plan_before(asked)
               if key in still_true and key not in hidden]
    paths = [each.path for each in carried if sees(work.actor.id, each, may_see)]
    if paths:
        confirm_values(work, work.session.get_one(Case, asked.task.case_id), paths)
        work.audit("confirm_answers", child_id=asked.task.child_id, about=f"task:{task_id}",
                   number=len(paths))
