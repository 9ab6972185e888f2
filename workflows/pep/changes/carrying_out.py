"""Shows what a change asks, previews what it would do, and carries it out.

The preview runs the very same verb in a transaction that is taken back, so that the two can
never disagree; who confirms, confirms what they have seen.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import and_, bindparam, select

from engine.advance import lock_case
from engine.errors import AnswersInvalid, EngineError, NotAllowed, NotFound
from engine.forms import Form, read_answers, read_form
from engine.store.models import RUNNING, Case, Submission
from engine.work import Acting, Work, query, verb
from workflows.access import Resource, decide
from workflows.children import CarePeriod, Child, EndOfCare
from workflows.pep.changes.command import running_cases
from workflows.pep.changes.commands import COMMANDS, Command, When
from workflows.pep.changes.outcome import Outcome, compare, picture_of
from workflows.pep.changes.reopen import WAS_PASSED_ON
from workflows.pep.choices import choices_named
from workflows.resources import case_resource

_FORMS = Path(__file__).parent / "forms"
NOT_NOW: Mapping[When, str] = {
    When.RUNNING: "No case of this child runs now.",
    When.IN_CARE: "This child has left care already.",
    When.PASSED: "No plan of this child has been passed on that could be reopened.",
    When.LEFT: "This child is in care, or will not return.",
}
"""Why a change is not offered to somebody who may make it."""


class NotNow(NotFound):
    """This is not the time for this change."""

    def __init__(self, when: When) -> None:
        super().__init__(NOT_NOW[when])


class SeenIsOld(EngineError):
    """Something changed since you looked. Read again what will happen, then confirm it."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


@query
def changes_offered(work: Work, resource: Resource) -> list[Command]:
    """What the actor may change now on this case, in the order of the table."""
    now = _state_of(work, resource.id)
    return [
        command
        for command in COMMANDS.values()
        if command.when in now and decide(work.actor, command.name, resource).allowed
    ]


@query
def change_form(work: Work, name: str, child_id: UUID | None = None) -> Form:
    """The form of a change, with the council's schools and people to choose from for a child."""
    command = _command(name)
    form = read_form((_FORMS / f"{command.name}.form").read_bytes(), command.name)
    return form.with_options(lambda options: choices_named(work.session, options, child_id))


def preview(by: Acting, name: str, case_id: UUID, raw: Mapping[str, Any]) -> Outcome:
    """What would happen, and nothing of it does. Raises what `carry_out` raises."""
    try:
        with by.begin() as work:
            raise _TakenBack(carry_out(work, name, case_id, raw))
    except _TakenBack as taken_back:
        return taken_back.outcome


@verb
def carry_out(
    work: Work,
    name: str,
    case_id: UUID,
    raw: Mapping[str, Any],
    seen: str | None = None,
    nonce: str = "",
) -> Outcome:
    """Make a change, all of it or nothing. `raw` are the answers to its form.

    `seen` is the fingerprint of the outcome that the person has confirmed; the same answers with
    the same `nonce` again change nothing more. Raises `AnswersInvalid` with a sentence by field,
    `SeenIsOld` where now something else would happen, `Refused` with a sentence, `NotFound` where
    the actor may not, and `NotNow` where they may at another time.
    """
    command, case = _command(name), lock_case(work, case_id)
    if not decide(work.actor, command.name, case_resource(work, case_id)).allowed:
        raise NotAllowed
    read = read_answers(change_form(work, name, case.child_id), raw, {})
    sent = _submission(work, command, case, read.values, nonce) if nonce else None
    made = work.session.get(Submission, sent.nonce) if sent else None
    if made is not None:
        return Outcome((), made.task_id)
    if command.when not in _state_of(work, case_id):
        raise NotNow(command.when)
    if read.errors:
        raise AnswersInvalid(read.errors)
    before = picture_of(work, case.child_id)
    to_show = command.carry_out(work, case_id, read.values)
    outcome = Outcome(compare(before, picture_of(work, case.child_id)), to_show)
    if seen is not None and seen != outcome.fingerprint:
        raise SeenIsOld(outcome)
    if sent is not None:
        sent.task_id = to_show
        work.append(Submission, vars(sent))
    return outcome


def _submission(
    work: Work, command: Command, case: Case, given: Mapping[str, Any], nonce: str
) -> Submission:
    """One change as it was confirmed: other answers, or another form, are another change.

    Its `task_id` is the case to show afterwards.
    """
    told = json.dumps([str(case.id), command.name, nonce, given], sort_keys=True, default=str)
    return Submission(nonce=str(uuid5(work.actor.id, told)), task_id=case.id,
                      actor_id=work.actor.id, at=work.now)


class _TakenBack(Exception):
    """Carries the outcome out of a transaction that is rolled back."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def _command(name: str) -> Command:
    if name not in COMMANDS:
        raise NotFound
    return COMMANDS[name]


def _state_of(work: Work, case_id: UUID | None) -> frozenset[When]:
    """Which changes there is a time for now: by whether the case runs, and the child is in care.

    Raises `NotFound`.
    """
    case = work.session.execute(_STATE, {"case_id": case_id}).one_or_none()
    if case is None:
        raise NotFound
    found = {When.RUNNING} if case.status in RUNNING else set()
    if case.ended_by is None:
        found.add(When.IN_CARE)
        if case.was_passed_on:
            found.add(When.PASSED)
    elif case.ended_by != EndOfCare.DIED and not running_cases(work, case.child_id):
        found.add(When.LEFT)
    return frozenset(found)


_STATE = (
    select(Case.status, Case.child_id, CarePeriod.ended_by,
           WAS_PASSED_ON.label("was_passed_on"))
    .join(Child, Child.id == Case.child_id)
    .outerjoin(CarePeriod, and_(CarePeriod.child_id == Child.id,
                                CarePeriod.number == Child.care_period))
    .where(Case.id == bindparam("case_id"))
)
"""What ended the child's time in care is nothing while in care."""
