"""Steps of a council that its people could do now, with what they would type."""

from dataclasses import dataclass
from uuid import UUID

from council_pages import CouncilPages

from engine.tasks import task_form
from web.forms import hidden_pairs
from workflows.demonstration.answers import answers_for


@dataclass(frozen=True, slots=True)
class Step:
    """A task that will be done, by whom, and the answers that they will type."""

    task_id: UUID
    case_id: UUID
    holder: UUID
    typed: list[tuple[str, str]]


def steps_to_do(pages: CouncilPages, most: int) -> list[Step]:
    """At most one task of a case: what another answers meanwhile would be a clash of values."""
    found: dict[UUID, Step] = {}
    for task_id, holder in pages.open_tasks():
        by = pages.by(holder)
        asked = task_form(by, task_id)
        case_id = asked.task.case_id
        if case_id in found:
            continue
        raw = answers_for(asked.form, asked.facts, by.today, {}, asked.kept)
        found[case_id] = Step(task_id, case_id, holder, hidden_pairs(asked.form, raw))
        if len(found) == most:
            break
    return list(found.values())
