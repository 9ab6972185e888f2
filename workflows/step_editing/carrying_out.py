"""A change to the steps of a draft: seen first, then made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.checker.remembered import check_once
from engine.checker.report import WARNING
from engine.drafts import DraftView, open_draft, save_draft_file
from engine.editing.editing import Edited, EditRefused
from engine.editing.guard import harm_done
from engine.errors import AnswersInvalid, NotFound
from engine.forms import Form, valid_answers
from engine.work import Acting, Work, verb
from workflows.step_editing.commands import COMMANDS, Command
from workflows.step_editing.place import Place, every_question
from workflows.step_editing.telling import told_changes

IN_EXPRESSIONS = frozenset({"expression", "name-uncertain"})
OF_ITSELF = IN_EXPRESSIONS | {"protected-rule", "name-clash"}
"""What is said of these is no matter of where a case could not go on."""


@dataclass(frozen=True, slots=True)
class Preview:
    version: int
    """Of the draft that was changed."""
    changes: list[str]
    warnings: list[str]
    """What the check would say then that it does not say now."""


def place_in(by: Acting | Work, procedure: str, path: str, element: str) -> Place:
    """Raises `NotFound` where the draft has no such diagram, or that no such shape or arrow."""
    draft = open_draft(by, procedure)
    if path not in draft.files or not path.endswith(".bpmn"):
        raise NotFound
    place = Place(draft, path, element, by.installation.domain.vocabulary)
    _ = place.element
    return place


def command_called(key: str) -> Command:
    """Raises `NotFound`."""
    if key not in COMMANDS:
        raise NotFound
    return COMMANDS[key]


def preview(by: Acting, place: Place, command: Command, raw: Mapping[str, Any]) -> Preview:
    """Raises `AnswersInvalid`, and `EditRefused` for what cannot be done, or would do harm."""
    edited, warnings = _edited(place, command, raw)
    before, after = place.draft.files, edited.files
    questions = every_question(place.forms, place.vocabulary)
    changes = told_changes(before[place.path], after[place.path], questions)
    changes += [f"The form “{path.removesuffix('.form')}” is made." for path in after
                if path not in before]
    return Preview(place.draft.version, changes, warnings)


def carry_out(
    by: Acting, place: Place, command: Command, raw: Mapping[str, Any], seen: int
) -> DraftView:
    """Make the change, and keep it in the draft. `seen` is the version that was shown.

    Raises `DraftChanged` where the diagram was saved since, and what `preview` raises.
    """
    edited, _ = _edited(place, command, raw)
    changed = {path: content for path, content in edited.files.items()
               if place.draft.files.get(path) != content}
    if not changed:
        return place.draft
    return _save(by, place.draft.procedure, changed, seen)


@verb
def _save(work: Work, procedure: str, files: Mapping[str, bytes], seen: int) -> DraftView:
    """The diagram last, so that it is the first to be taken back."""
    for path in sorted(files, key=lambda each: (each.endswith(".bpmn"), each)):
        draft = save_draft_file(work, procedure, path, files[path], seen)
    return draft


def _edited(place: Place, command: Command, raw: Mapping[str, Any]) -> tuple[Edited, list[str]]:
    """The folder as it would be, and what the check warns of then and did not before."""
    form = command.form(place)
    said = valid_answers(form, raw)
    try:
        edited = command.do(place, said)
        return edited, _warnings(place, edited)
    except _Harmful as harm:
        raise _at_field(form, said, str(harm), harm.in_expression) from harm
    except EditRefused as refused:
        raise _at_field(form, said, refused.message, False) from refused


class _Harmful(Exception):
    def __init__(self, message: str, in_expression: bool) -> None:
        super().__init__(message)
        self.in_expression = in_expression


def _at_field(
    form: Form, said: Mapping[str, Any], message: str, in_expression: bool
) -> Exception:
    """What is wrong, beside the question that it is about; of a change that asks nothing, alone."""
    if not form.fields:
        return EditRefused(message)
    keys = [key for key in ("condition", "expression", "answer", "date") if said.get(key)]
    return AnswersInvalid({keys[0] if in_expression and keys else form.fields[0].key: message})


def _warnings(place: Place, edited: Edited) -> list[str]:
    """Raises `_Harmful` for what the check would refuse."""
    before, after = (
        check_once(files, place.vocabulary, place.draft.procedure)
        for files in (place.draft.files, edited.files)
    )
    harm = harm_done(before, after)
    if harm is not None:
        said = harm.message if harm.rule in OF_ITSELF else (
            f"Then a case could not go on. {harm.message}")
        raise _Harmful(said, harm.rule in IN_EXPRESSIONS)
    known = {finding.message for report in before for finding in report.findings}
    return [finding.message for report in after for finding in report.findings
            if finding.message not in known and finding.severity == WARNING]
