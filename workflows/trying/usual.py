"""What a trial offers so that nobody has to type much: a usual child, invented answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.drafts import open_draft
from engine.forms import Form
from engine.work import LONDON, Acting
from workflows.demonstration.answers import answers_for
from workflows.trying.drafts import sound_procedure
from workflows.trying.invented import questions_about, usual_child
from workflows.trying.page import StepForm
from workflows.trying.trials import trial_of


@dataclass(frozen=True, slots=True)
class ChildAsked:
    title: str
    """Of the procedure."""
    form: Form
    usual: Mapping[str, Any]
    """Answers to begin with: those of the trial before, else of a usual child."""
    under_way: bool
    """There is a trial, which another child would end."""


def child_asked(by: Acting, procedure: str) -> ChildAsked:
    """Raises `NotFound`, `NotSound`."""
    compiled = sound_procedure(by, open_draft(by, procedure).files, procedure)
    form, kept = questions_about(compiled), trial_of(by, procedure)
    usual = usual_child(compiled, by.today)
    given = {key: kept.given[key] for key in usual if kept and key in kept.given}
    return ChildAsked(compiled.name, form, {**usual, **given}, kept is not None)


def usual_answers(step: StepForm, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Invented answers to what was left empty."""
    chosen = {key: value for key, value in typed.items() if _is_said(value)}
    today = step.now.astimezone(LONDON).date()
    return answers_for(step.form, step.facts, today, chosen, step.kept)


def _is_said(value: Any) -> bool:
    if isinstance(value, list):
        return any(_is_said(each) for each in value)
    if isinstance(value, dict):
        return any(_is_said(each) for key, each in value.items() if key != "id")
    return value not in (None, "", False)
