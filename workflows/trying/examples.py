"""Examples: trials that were kept. A draft that goes another way is not published unseen."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from engine.drafts import open_draft
from engine.errors import AnswersInvalid, NotFound, Refused
from engine.releases import ReleaseView, release_files
from engine.spiff import Procedure
from engine.store.base import new_id
from engine.trial import (
    Budget,
    Stage,
    TakesTooLong,
    acts_from_json,
    acts_to_json,
    first_difference,
    stages_from_json,
    stages_to_json,
)
from engine.work import Acting, Work, query, verb
from workflows.people import names
from workflows.trying.beginning import CouncilDays
from workflows.trying.differences_in_words import difference_in_words
from workflows.trying.drafts import compiled_folder, sound_procedure
from workflows.trying.invented import beginning_of
from workflows.trying.table import Example
from workflows.trying.trials import TrialChanged, begin_with_acts, run_of, try_draft

LONGEST_NAME = 120
MOST_EXAMPLES = 100
SECONDS_FOR_ALL = 30.0
SECONDS_FOR_ONE = 5.0
TAKEN = "Another example has this name. Choose a different one"
KEPT, DRAFT = "the example", "the draft"


@dataclass(frozen=True, slots=True)
class KeptExample:
    id: UUID
    name: str
    given: Mapping[str, Any]
    acts: Sequence[Mapping[str, Any]]
    expected: tuple[Stage, ...]
    days: CouncilDays
    """The calendar by which it was expected."""
    kept_by: str
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class ExampleRun:
    example: KeptExample
    difference: str
    """The first one, as a sentence; empty where it is gone through as it is expected."""
    stages: tuple[Stage, ...]
    """What came of it in the draft, or in the release."""

    @property
    def passes(self) -> bool:
        return not self.difference


@query
def examples_of(work: Work, procedure: str) -> list[KeptExample]:
    """In the order of their names."""
    rows = list(work.session.scalars(
        select(Example).where(Example.procedure == procedure).order_by(Example.name)
    ))
    called = names(work, [row.kept_by for row in rows])
    return [_view(row, called.get(row.kept_by, "")) for row in rows]


def run_examples(by: Acting | Work, procedure: str) -> list[ExampleRun]:
    """All of a procedure's examples in its draft. Raises `NotFound`, `NotSound`."""
    compiled = sound_procedure(by, open_draft(by, procedure).files, procedure)
    return _run_all(examples_of(by, procedure), compiled, DRAFT)


def examples_in_release(by: Acting | Work, release: ReleaseView) -> list[ExampleRun]:
    """All of its procedure's examples in a release. Raises `NotSound`."""
    compiled = sound_procedure(by, release_files(by, release.id), release.procedure)
    return _run_all(examples_of(by, release.procedure), compiled, name_of(release))


def failing_examples(
    by: Acting | Work, procedure: str, files: Mapping[str, bytes], called: str = DRAFT
) -> list[ExampleRun]:
    """Those that go another way in these files, which the check has let pass; `called` is what a
    sentence calls them."""
    kept = examples_of(by, procedure)
    if not kept:
        return []
    runs = _run_all(kept, compiled_folder(files, procedure), called)
    return [run for run in runs if not run.passes]


def name_of(release: ReleaseView) -> str:
    """As sentences call it."""
    return f"release {release.number}"


def run_example(by: Acting | Work, procedure: str, example_id: UUID) -> ExampleRun:
    """One in the draft. Raises `NotFound`, `NotSound`."""
    compiled = sound_procedure(by, open_draft(by, procedure).files, procedure)
    found = _one(by, procedure, example_id)
    return _run(compiled, found, DRAFT)


def keep_example(by: Acting, procedure: str, name: str, seen: int) -> None:
    """The person's trial as it was seen. Raises `AnswersInvalid` for the name, `NotFound` where
    there is no trial, `TrialChanged`, and `Refused` where nothing was done in it or its acts lead
    no further."""
    tried = try_draft(by, procedure)
    if tried is None:
        raise NotFound
    if tried.kept.version != seen:
        raise TrialChanged
    if not tried.kept.acts or tried.run.refused is not None:
        msg = "There is nothing to keep yet: do a step, or move the clock, then save."
        raise Refused(msg)
    _keep(by, procedure, name, dict(tried.kept.given), acts_to_json(tried.kept.acts),
          stages_to_json(tried.run.stages), tried.case.days.to_json())


@verb
def rename_example(work: Work, procedure: str, example_id: UUID, name: str) -> None:
    """Raises `AnswersInvalid`, `NotFound`."""
    row = _row(work, procedure, example_id)
    with _one_of_each_name(work):
        row.name = _checked_name(work, procedure, name, but=row.id)
    work.audit("rename_example", about=f"example:{row.id}")


@verb
def delete_example(work: Work, procedure: str, example_id: UUID, reason: str) -> None:
    """Raises `AnswersInvalid` without a reason, which the audit keeps."""
    if not reason.strip():
        raise AnswersInvalid({"reason": "Enter why this example is no longer needed"})
    row = _row(work, procedure, example_id)
    work.audit("delete_example", about=f"example:{row.id}", reason=reason.strip())
    work.session.delete(row)


def agree_to_new_way(
    by: Acting, procedure: str, example_id: UUID, reason: str, seen: str
) -> None:
    """From now on the draft's way is the example's. `seen` is the difference that was looked at.

    Raises `AnswersInvalid` without a reason, and `Refused` where the draft goes another way now
    than the one that was looked at, or where an act can no longer be done: the example is then made
    anew."""
    if not reason.strip():
        raise AnswersInvalid({"reason": "Enter why the new way is right"})
    run = run_example(by, procedure, example_id)
    if run.difference != seen:
        msg = "The draft goes another way now than the one that you looked at. Look again."
        raise Refused(msg)
    if len(run.stages) < len(run.example.expected):
        msg = ("In the draft this example cannot be gone to its end. Open it as a trial, put it "
               "right there, and save it under a new name.")
        raise Refused(msg)
    _agree(by, procedure, example_id, reason.strip(), stages_to_json(run.stages))


def open_example(by: Acting, procedure: str, example_id: UUID) -> None:
    """As the person's own trial, whose place it takes; the example stays as it is."""
    found = _one(by, procedure, example_id)
    begin_with_acts(by, procedure, dict(found.given), [dict(act) for act in found.acts])


def _one(by: Acting | Work, procedure: str, example_id: UUID) -> KeptExample:
    found = next((each for each in examples_of(by, procedure) if each.id == example_id), None)
    if found is None:
        raise NotFound
    return found


def _run_all(
    kept: Sequence[KeptExample], compiled: Procedure, called: str
) -> list[ExampleRun]:
    whole = Budget(SECONDS_FOR_ALL)
    return [
        _run(compiled, each, called) if not whole.is_spent
        else ExampleRun(each, "It was not gone through: those before it took too long.", ())
        for each in kept
    ]


def _run(compiled: Procedure, example: KeptExample, called: str) -> ExampleRun:
    try:
        begins = beginning_of(compiled, example.given, example.days)
        run = run_of(compiled, begins, example.days, acts_from_json(example.acts),
                     Budget(SECONDS_FOR_ONE))
    except AnswersInvalid:
        said = (f"{called.capitalize()} asks for more of the child than this example says. Make it "
                "anew.")
        return ExampleRun(example, said, ())
    except TakesTooLong:
        said = f"It takes too long to be run: {called} may go round without end."
        return ExampleRun(example, said, ())
    cannot = run.refused.act if run.refused else None
    found = first_difference(example.expected, run.stages, cannot)
    said = difference_in_words(found, KEPT, called) if found else ""
    return ExampleRun(example, said, run.stages)


@verb
def _keep(
    work: Work, procedure: str, name: str, given: dict[str, Any], acts: list[dict[str, Any]],
    expected: list[dict[str, Any]], days: dict[str, Any],
) -> None:
    row = Example(
        id=new_id(), procedure=procedure, name=_checked_name(work, procedure, name), given=given,
        acts=acts, expected=expected, days=days, kept_by=work.actor.id, kept_at=work.now,
    )
    with _one_of_each_name(work):
        work.session.add(row)
    work.audit("keep_example", about=f"example:{row.id}", procedure=procedure)


@verb
def _agree(
    work: Work, procedure: str, example_id: UUID, reason: str, expected: list[dict[str, Any]]
) -> None:
    row = _row(work, procedure, example_id)
    row.expected, row.kept_by, row.kept_at = expected, work.actor.id, work.now
    work.audit("agree_to_example", about=f"example:{row.id}", reason=reason)


@contextmanager
def _one_of_each_name(work: Work) -> Iterator[None]:
    """Raises `AnswersInvalid` where the name was given in this very moment."""
    try:
        with work.attempt():
            yield
            work.write()
    except IntegrityError as taken:
        raise AnswersInvalid({"name": TAKEN}) from taken


def _checked_name(work: Work, procedure: str, name: str, but: UUID | None = None) -> str:
    """Raises `AnswersInvalid`."""
    wanted = " ".join(name.split())
    if not wanted:
        raise AnswersInvalid({"name": "Enter a name for the example, such as “Meeting held twice”"})
    if len(wanted) > LONGEST_NAME:
        raise AnswersInvalid({"name": f"Use {LONGEST_NAME} characters or fewer for the name"})
    others = work.session.scalars(
        select(Example).where(Example.procedure == procedure, Example.id != but)
    ).all()
    if any(other.name.casefold() == wanted.casefold() for other in others):
        raise AnswersInvalid({"name": TAKEN})
    if but is None and len(others) >= MOST_EXAMPLES:
        raise AnswersInvalid({"name": f"There are {MOST_EXAMPLES} examples already. Delete one "
                                      "first"})
    return wanted


def _row(work: Work, procedure: str, example_id: UUID) -> Example:
    row = work.session.get(Example, example_id, with_for_update=True)
    if row is None or row.procedure != procedure:
        raise NotFound
    return row


def _view(row: Example, kept_by: str) -> KeptExample:
    return KeptExample(row.id, row.name, row.given, row.acts, stages_from_json(row.expected),
                       CouncilDays.from_json(row.days), kept_by, row.kept_at)
