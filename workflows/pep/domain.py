"""The PEP's domain: what the engine asks of `workflows`, in one object."""

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.domain import ActionCall, Actor, Known, LooseRows, Misfit, Told, Vocabulary
from engine.errors import AnswersInvalid
from engine.forms.answers import Entry
from engine.store.models import Case, Release, Task
from engine.work import Acting, Work
from workflows.access import visible
from workflows.administration.imports.long_import import go_on_importing
from workflows.calendar import FUNCTIONS as COUNTING
from workflows.council import keep_settings
from workflows.figures.following import events_to_follow, follow
from workflows.filing.given_up import tell_of_given_up
from workflows.involvements import hand_over
from workflows.misfits import loose_answers, records_of_another, tasks_without_an_owner
from workflows.new_day import begin_day
from workflows.pep.actions import ACTIONS
from workflows.pep.agreeing import must_agree
from workflows.pep.case_dates import OF_THE_COUNCIL, RATING, RETURNED
from workflows.pep.changes.school import put_on_roll
from workflows.pep.choices import UNLISTED, choices_named
from workflows.pep.deadlines import FUNCTIONS as STATUTORY
from workflows.pep.facts import FACTS, TOLD_AT, CaseFacts
from workflows.pep.jargon import JARGON
from workflows.pep.meetings.attendance import must_be_quorate
from workflows.pep.meetings.booking import must_fit
from workflows.pep.meetings.invitations import call_off, follow_meeting, invite_again
from workflows.pep.plan import SIGNATURES, clear_signatures, save_entries
from workflows.pep.record import PLACES
from workflows.pep.reviews import review_of, why_not_on
from workflows.pep.rules import protected_rules
from workflows.pep.telling import tell_people
from workflows.roles import ROLES
from workflows.telling.reviews import tell_of_review
from workflows.webhooks.following import let_programs_hear

CASEWORKER = "virtual_school.caseworker_id"
PLANNED_REVIEW = "review.planned_on"


def vocabulary() -> Vocabulary:
    """Everything a PEP diagram may name; needs no database."""
    return Vocabulary(
        roles={role.key: role.title for role in ROLES.values()},
        facts=FACTS,
        functions=(*COUNTING, *STATUTORY),
        actions={name: title for name, (title, _) in ACTIONS.items()},
        paths=PLACES,
        protected=protected_rules({path: place.label for path, place in PLACES.items()}),
        jargon=JARGON,
    )


class PepDomain:
    """Satisfies `engine.domain.Domain` for Personal Education Plans."""

    def __init__(self) -> None:
        self.vocabulary = vocabulary()

    def known(
        self, session: Session, case: Case, on: date, paths: Collection[str] = ()
    ) -> CaseFacts:
        return CaseFacts(session, case, on, paths)

    def options(self, session: Session, case: Case, name: str) -> Sequence[tuple[str, str]]:
        return choices_named(session, name, case.child_id)

    def save(
        self,
        work: Work,
        case: Case,
        entries: Sequence[Entry],
        known: CaseFacts,
        *,
        final: bool,
    ) -> Told:
        if final:
            must_agree(entries, work.today)
            _must_be_lawful(work, case, entries)
            must_fit(work, case, entries, known)
            must_be_quorate(work, case, entries)
        written = save_entries(work, case, entries, known.latest, known.kept)
        known.kept |= written
        if final:
            for entry in entries:
                if entry.valid and entry.value is not None:
                    self._follow(work, case, entry.path, entry.value)
            _tell_of_a_return(work, case, entries, known)
            _put_on_roll(work, case, entries)
            follow_meeting(work, case, entries, known)
        return told_at({each.path for each in entries})

    def visible(self, work: Work, child_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        return visible(work, child_id)

    def sight(self, actor: Actor) -> str:
        return str(actor.id)

    def perform(
        self, work: Work, case: Case, call: ActionCall, known: Known
    ) -> Mapping[str, Any]:
        return ACTIONS[call.name][1](work, case, call, known)

    def task_opened(self, work: Work, case: Case, task: Task) -> None:
        if task.assignee_id is not None:
            work.tell("task_assigned", task.assignee_id, case, task=task.id)

    def people_changed(self, work: Work, case: Case, known: Known) -> None:
        invite_again(work, case, known)

    def case_ended(self, work: Work, case: Case) -> None:
        call_off(work, case)

    def release_reviewed(self, work: Work, event: str, release: Release) -> None:
        tell_of_review(work, event, release)

    def day_begins(self, by: Acting) -> None:
        begin_day(by)

    def let_programs_hear(self, by: Acting, stopping: Callable[[], bool]) -> None:
        let_programs_hear(by, stopping)

    def message_given_up(self, work: Work, kind: str, message_id: UUID) -> None:
        tell_of_given_up(work, kind, message_id)

    def carry_on(self, by: Acting, stopping: Callable[[], bool]) -> bool:
        return go_on_importing(by, stopping)

    def figures_follow(self, by: Acting, stopping: Callable[[], bool]) -> bool:
        return follow(by, stopping)

    def figures_behind(self, work: Work) -> int:
        return events_to_follow(work)

    def misfits(self, work: Work, case: Case, tasks: Sequence[Task]) -> Sequence[Misfit]:
        return [*tasks_without_an_owner(work, case, tasks), *records_of_another(work, case)]

    def loose_rows(self, work: Work, after: str) -> LooseRows:
        return loose_answers(work, after)

    def _follow(self, work: Work, case: Case, path: str, value: Any) -> None:
        """What an answer means beyond the record: dates of the review, the caseworker, a return."""
        if path in DATES_OF_THE_REVIEW:
            review = review_of(work.session, case.id)
            if review is not None:
                setattr(review, DATES_OF_THE_REVIEW[path], date.fromisoformat(value))
        elif path == CASEWORKER:
            hand_over(work, case.child_id, "virtual_school", UUID(value), work.today)
        elif path in OF_THE_COUNCIL:
            keep_settings(work.session, {path: str(value)})
        elif path == RATING and value == RETURNED:
            clear_signatures(work, case)


def _tell_of_a_return(
    work: Work, case: Case, entries: Sequence[Entry], known: Known
) -> None:
    """Both who sign hear that they must sign again."""
    if any(entry.path == RATING and entry.value == RETURNED for entry in entries):
        for role in ("designated_teacher", "social_worker"):
            tell_people(work, case, known, role, "plan_returned")


PLACE_SECURED = {
    "school.urn": "urn",
    "school.started_on": "from_on",
    "school.designated_teacher_id": "designated_teacher",
}
"""What `put_on_roll` is told, by the place of the record that says it."""


def _put_on_roll(work: Work, case: Case, entries: Sequence[Entry]) -> None:
    """A school place that a step says was secured is one. Raises `AnswersInvalid`, by the step's
    own keys."""
    said = {PLACE_SECURED[entry.path]: entry for entry in entries
            if entry.path in PLACE_SECURED and entry.value}
    if not {"urn", "from_on"} <= said.keys() or said["urn"].value == UNLISTED[0]:
        return
    given = {name: str(entry.value) for name, entry in said.items()}
    try:
        put_on_roll(work, case.id, urn=given["urn"], from_on=date.fromisoformat(given["from_on"]),
                    designated_teacher=given.get("designated_teacher", ""))
    except AnswersInvalid as problem:
        keys = {name: entry.key for name, entry in said.items()}
        raise AnswersInvalid(
            {keys.get(name, name): told for name, told in problem.errors.items()}
        ) from problem


DATES_OF_THE_REVIEW = {PLANNED_REVIEW: "planned_on", "review.held_on": "held_on"}
"""Columns of the statutory review by the place of the record that says them."""


FOLLOWED = frozenset({*DATES_OF_THE_REVIEW, *PLACE_SECURED, *SIGNATURES, RATING, CASEWORKER})
"""Places whose values change other rows that facts, or who is given tasks, are told from."""


def told_at(paths: AbstractSet[str]) -> Told:
    """By what was sent, not by what is news: a draft has kept it before."""
    if paths & FOLLOWED:
        return Told.ROWS
    return Told.FACTS if paths & TOLD_AT else Told.NOTHING


def _must_be_lawful(work: Work, case: Case, entries: Sequence[Entry]) -> None:
    """Raises `AnswersInvalid` where the review is planned for a day on which it cannot be."""
    planned = next((each for each in entries if each.path == PLANNED_REVIEW and each.value), None)
    review = review_of(work.session, case.id) if planned and planned.valid else None
    if planned is None or review is None:
        return
    day = date.fromisoformat(str(planned.value))
    if why_not := why_not_on(work.session, review, day, work.today):
        raise AnswersInvalid({planned.key: why_not})
