"""Answers to a step that is still to come, given while its case is at another one.

What is agreed at a meeting is written down there, at the places of the record where the step
finds it when it comes. It is a draft, as of an open task: whoever does that step completes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.advance import lock_case, open_tasks
from engine.domain import Kept
from engine.errors import CaseClosed, NotFound, Refused
from engine.forms import Form, names_asked
from engine.releases import compiled
from engine.store.models import Case, CaseStatus
from engine.task_drafts import drafted
from engine.work import Work, query, verb


@dataclass(frozen=True, slots=True)
class StepAhead:
    """A step's form, what the record holds for it, and the facts that its conditions may read."""

    element: str
    name: str
    role: str
    form: Form
    kept: Mapping[str, Kept]
    """By field key."""
    facts: Mapping[str, Any]


@query
def step_ahead(work: Work, case_id: UUID, element: str) -> StepAhead:
    """Raises `NotFound` for a step that the case's release does not have."""
    case = work.session.get(Case, case_id)
    if case is None:
        raise NotFound
    return _read(work, case, element)[0]


@verb
def save_ahead(
    work: Work,
    case_id: UUID,
    element: str,
    answers: Mapping[str, Any],
    seen: Mapping[str, int] | None = None,
) -> None:
    """As `save_draft`, for a step that nobody has been given yet.

    Raises `Refused` where somebody has: then it is theirs.
    """
    case = lock_case(work, case_id)
    if case.status in (CaseStatus.CLOSED, CaseStatus.ENDED):
        raise CaseClosed
    if any(task.element == element for task in open_tasks(work, case)):
        msg = "This step has begun meanwhile. Go on in its task: what was saved stands there."
        raise Refused(msg)
    ahead, known = _read(work, case, element)
    entries = drafted(ahead.form, ahead.kept, answers, seen or {}, ahead.facts)
    work.domain.save(work, case, entries, known, final=False)
    work.audit("save_ahead", child_id=case.child_id, about=f"case:{case.id}", step=element)


def _read(work: Work, case: Case, element: str) -> tuple[StepAhead, Any]:
    procedure = compiled(work, case.release_id)
    step = procedure.elements.get(element)
    if step is None or step.form is None:
        raise NotFound
    form = procedure.forms[step.form].with_options(
        lambda name: work.domain.options(work.session, case, name)
    )
    known = work.domain.known(
        work.session, case, work.today, [field.path for field in form.inputs()]
    )
    facts = known.facts(names_asked(form.fields) & work.domain.vocabulary.facts.keys())
    kept = {field.key: known.kept[field.path] for field in form.inputs()
            if field.path in known.kept}
    return StepAhead(element, step.name, step.role or "", form, kept, facts), known
