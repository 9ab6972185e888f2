"""The outcomes that a case takes with it: what was answered, as far as its new release asks."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from engine.domain import Kept, ValueType
from engine.forms import Field
from engine.migration.plan import CannotMove
from engine.spiff import Procedure
from engine.spiff.expressions import has_type
from engine.store.models import Case, Task, TaskStatus
from engine.work import Work


def carried(
    old: Procedure,
    new: Procedure,
    outcomes: Mapping[str, Any],
    answered: Mapping[str, Any],
    release: int,
) -> dict[str, Any]:
    """Raises `CannotMove` where the new release takes an answer for another kind of value.

    `answered` are answers of this case that its old release did not ask for.
    """
    found = {}
    for name in new.outcome_names:
        value = answered.get(name) if _is_only_known(old, new, name) else outcomes.get(name)
        if value is None:
            continue
        if name in new.read_names and not has_type(value, new.names[name]):
            raise CannotMove(f"what was answered to “{label_of(old, name)}” is another kind of "
                             f"value in release {release}")
        found[name] = value
    return found


def wanted(old: Procedure, new: Procedure, outcomes: Mapping[str, Any]) -> dict[str, Field]:
    """Questions of the old release whose answers the new one asks for, and the state has not."""
    lacking = {name for name in new.outcome_names
               if name not in outcomes or _is_only_known(old, new, name)}
    return {field.key: field for form in old.forms.values() for field in form.inputs()
            if field.key in lacking}


def answered_before(
    work: Work, case: Case, old: Procedure, fields: Mapping[str, Field]
) -> dict[str, Any]:
    """What the record holds of these questions, of steps that this case has completed."""
    if not fields:
        return {}
    done = set(work.session.scalars(select(Task.element).where(
        Task.case_id == case.id, Task.status == TaskStatus.COMPLETED)))
    put = {key for form in _forms_of(old, done) for key in form} & fields.keys()
    if not put:
        return {}
    paths = [fields[key].path for key in put]
    kept = work.domain.known(work.session, case, work.today, paths).kept
    given = {key: _typed(fields[key], kept.get(fields[key].path)) for key in put}
    return {key: value for key, value in given.items() if value is not None}


def label_of(procedure: Procedure, name: str) -> str:
    """The question that gives a name its value, in the words of its form."""
    labels = (field.label for form in procedure.forms.values() for field in form.inputs()
              if field.key == name)
    return next(labels, name)


def _is_only_known(old: Procedure, new: Procedure, name: str) -> bool:
    """Of it the state holds that there was an answer, or nothing, and the new release reads it."""
    return name in new.read_names and name not in old.read_names


def _forms_of(procedure: Procedure, elements: set[str]) -> Iterator[set[str]]:
    for element in elements:
        form = procedure.forms.get(getattr(procedure.elements.get(element), "form", None) or "")
        if form is not None:
            yield {field.key for field in form.inputs()}


def _typed(field: Field, kept: Kept | None) -> Any:
    if kept is None or not kept.valid:
        return None
    if field.type is ValueType.DATE and isinstance(kept.value, str):
        return date.fromisoformat(kept.value)
    return kept.value
