"""Trials: what a person is trying of a draft, kept as the acts that led there.

A trial is worked out anew whenever it is looked at, by whichever process is asked. It reads the
council's calendar and nothing of any child, and writes nothing but its own row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from engine.drafts import DraftView, open_draft
from engine.errors import AnswersInvalid, EngineError, NotFound
from engine.spiff import Procedure
from engine.store.base import new_id
from engine.trial import (
    Act,
    Done,
    Run,
    Waited,
    acts_from_json,
    acts_to_json,
    carry_on,
    try_out,
)
from engine.trial.acts import moment_of
from engine.trial.budget import Budget
from engine.work import Acting, Work, query, verb
from workflows.trying.beginning import Beginning, CouncilDays, council_days
from workflows.trying.drafts import sound_procedure
from workflows.trying.imagined_case import ImaginedCase
from workflows.trying.invented import beginning_of
from workflows.trying.table import Trial

MOST_ACTS = 300
LONGEST_WAIT = timedelta(days=3 * 366)
"""A trial that runs further than three years on is a slip of the keyboard."""


class TrialChanged(EngineError):
    """This trial has gone on in another window since. Nothing was done."""


class TrialFull(EngineError):
    """A trial holds 300 acts at most. Go back, or begin again."""


@dataclass(frozen=True, slots=True)
class KeptTrial:
    given: Mapping[str, Any]
    acts: tuple[Act, ...]
    version: int


@dataclass(frozen=True, slots=True)
class TriedOut:
    """A trial, as far as it has gone."""

    draft: DraftView
    procedure: Procedure
    kept: KeptTrial
    begins: Beginning
    case: ImaginedCase
    run: Run


def try_draft(by: Acting | Work, procedure: str) -> TriedOut | None:
    """The person's own trial of this procedure; None where there is none.

    Raises `NotFound` for an unknown procedure, `NotSound`, and `TakesTooLong`.
    """
    draft = open_draft(by, procedure)
    compiled = sound_procedure(by, draft.files, procedure)
    kept = trial_of(by, procedure)
    if kept is None:
        return None
    days = council_days(by)
    try:
        begins = beginning_of(compiled, kept.given, days)
    except AnswersInvalid:  # the draft asks other things of a child than it did
        return None
    case = ImaginedCase(begins, days)
    run = try_out(compiled, case, begins.opened_at, kept.acts)
    return TriedOut(draft, compiled, kept, begins, case, run)


def run_of(
    procedure: Procedure,
    begins: Beginning,
    days: CouncilDays,
    acts: Sequence[Act],
    budget: Budget | None = None,
) -> Run:
    """Raises `TakesTooLong`."""
    return try_out(procedure, ImaginedCase(begins, days), begins.opened_at, acts, budget)


@query
def trial_of(work: Work, procedure: str) -> KeptTrial | None:
    row = _row(work, procedure)
    return KeptTrial(row.given, acts_from_json(row.acts), row.version) if row else None


def begin_trial(by: Acting, procedure: str, given: Mapping[str, Any]) -> None:
    """Of a child with these facts; what was tried before is thrown away.

    Raises `AnswersInvalid`, `NotSound`.
    """
    compiled = sound_procedure(by, open_draft(by, procedure).files, procedure)
    beginning_of(compiled, given, council_days(by))
    begin_with_acts(by, procedure, dict(given), [])


def go_on(by: Acting, procedure: str, act: Act, seen: int) -> Run:
    """Do one act more. Raises `AnswersInvalid` where its answers are wrong, `TrialChanged` where
    the step is no longer open or another window was first."""
    tried = try_draft(by, procedure)
    if tried is None or tried.kept.version != seen or tried.run.refused is not None:
        raise TrialChanged
    if len(tried.kept.acts) >= MOST_ACTS:
        raise TrialFull
    if moment_of(act) - tried.begins.opened_at > LONGEST_WAIT:
        raise AnswersInvalid({"until": "Enter a day within three years of the beginning"})
    run = carry_on(tried.run.course, [act], tried.run.stages)
    if run.refused is not None:
        if run.refused.errors:
            raise AnswersInvalid(run.refused.errors)
        raise TrialChanged
    _keep(by, procedure, acts_to_json([*tried.kept.acts, act]), seen)
    return run


def do_step(
    by: Acting, procedure: str, element: str, which: int, answers: Mapping[str, Any], seen: int
) -> Run:
    """As somebody of its role would, at the trial's own moment. Raises as `go_on`."""
    tried = try_draft(by, procedure)
    if tried is None:
        raise TrialChanged
    return go_on(by, procedure, Done(element, tried.run.course.now, answers, which), seen)


def let_time_pass(by: Acting, procedure: str, until: datetime, seen: int) -> Run:
    """Raises as `go_on`, and `AnswersInvalid` for a moment that is over."""
    tried = try_draft(by, procedure)
    if tried is None or tried.kept.version != seen:
        raise TrialChanged
    if until <= tried.run.course.now:
        raise AnswersInvalid({"until": "Enter a day after the one that the trial has reached"})
    return go_on(by, procedure, Waited(until), seen)


@verb
def go_back(work: Work, procedure: str, seen: int) -> None:
    """Take the last act back. Raises `TrialChanged`."""
    row = _seen(work, procedure, seen)
    row.acts, row.version, row.changed_at = row.acts[:-1], row.version + 1, work.now
    work.audit("go_back_in_trial", about=f"procedure:{procedure}")


@verb
def end_trial(work: Work, procedure: str) -> None:
    """Throw the person's trial away; examples that were kept of it stay."""
    row = _row(work, procedure)
    if row is not None:
        work.session.delete(row)
        work.audit("end_trial", about=f"procedure:{procedure}")


@verb
def begin_with_acts(
    work: Work, procedure: str, given: dict[str, Any], acts: list[dict[str, Any]]
) -> None:
    """A trial of one's own that has gone so far already; what was tried before is thrown away."""
    row = _row(work, procedure) or _first(work, procedure)
    row.given, row.acts = given, acts
    row.version, row.changed_at = row.version + 1, work.now
    work.audit("begin_trial", about=f"procedure:{procedure}")


@verb
def _keep(work: Work, procedure: str, acts: list[dict[str, Any]], seen: int) -> None:
    row = _seen(work, procedure, seen)
    row.acts, row.version, row.changed_at = acts, row.version + 1, work.now
    work.audit("go_on_with_trial", about=f"procedure:{procedure}")


def _seen(work: Work, procedure: str, seen: int) -> Trial:
    row = _row(work, procedure)
    if row is None:
        raise NotFound
    if row.version != seen:
        raise TrialChanged
    return row


def _first(work: Work, procedure: str) -> Trial:
    row = Trial(id=new_id(), procedure=procedure, person_id=work.actor.id, given={}, acts=[],
                version=0, changed_at=work.now)
    try:
        with work.attempt():
            work.session.add(row)
            work.write()
    except IntegrityError:  # another window of the same person was first
        return _row(work, procedure) or _first(work, procedure)
    return row


def _row(work: Work, procedure: str) -> Trial | None:
    own = select(Trial).where(Trial.procedure == procedure, Trial.person_id == work.actor.id)
    return work.session.scalar(own.with_for_update() if work.writing else own)
