"""What a new day changes by the calendar alone: which releases go live, who has left, who is away
or back, who has a child's tasks, which terms count, of which planned actions their owners are
reminded, which words by a link are forgotten, and what there is to tell."""

import logging
from uuid import UUID

from engine.cases import facts_changed
from engine.faults import is_passing, where
from engine.review import begin_what_is_due
from engine.work import Acting
from workflows.absences.arranging import absences_to_go_on_with, forget_absences, go_on_with
from workflows.administration.leaving import go_on_leaving, who_is_leaving
from workflows.contributions.links import children_with_unsent_words, forget_unsent_words
from workflows.council import changed_school_by_the_calendar
from workflows.involvements import changed_hands_by_the_calendar, give_tasks_again
from workflows.pep.action_reminders import children_to_remind_of, remind_of_actions
from workflows.telling.day import tell_of_the_day

log = logging.getLogger(__name__)


def begin_day(by: Acting) -> None:
    """A child whose case cannot follow the calendar is logged, and the others go on.

    Where the database is away that is raised: the day is begun again when it is back.
    """
    _begin_releases(by)
    _let_leave(by)
    _cover(by)
    for children, follow in (
        (changed_school_by_the_calendar, _count_terms_again),
        (changed_hands_by_the_calendar, give_tasks_again),
        (children_to_remind_of, remind_of_actions),
        (children_with_unsent_words, forget_unsent_words),
    ):
        for child_id in children(by):
            try:
                follow(by, child_id)
            except Exception as fault:
                if is_passing(fault):
                    raise
                log.error("child %s could not follow the calendar\n%s", child_id, where(fault))
    _tell(by)


def _begin_releases(by: Acting) -> None:
    """Approved releases whose day has come. The day goes on where one of them cannot go live."""
    try:
        begin_what_is_due(by)
    except Exception as fault:
        if is_passing(fault):
            raise
        log.error("a release could not go live\n%s", where(fault))


def _let_leave(by: Acting) -> None:
    for person_id in who_is_leaving(by):
        try:
            go_on_leaving(by, person_id)
        except Exception as fault:
            if is_passing(fault):
                raise
            log.error("person %s could not leave\n%s", person_id, where(fault))


def _cover(by: Acting) -> None:
    """Absences whose first day has come, or whose last is over; and none that is long over."""
    for absence_id in absences_to_go_on_with(by):
        try:
            go_on_with(by, absence_id)
        except Exception as fault:
            if is_passing(fault):
                raise
            log.error("absence %s could not go on\n%s", absence_id, where(fault))
    forget_absences(by)


def _tell(by: Acting) -> None:
    """The day goes on where nobody can be told of it."""
    try:
        tell_of_the_day(by)
    except Exception as fault:
        if is_passing(fault):
            raise
        log.error("nobody could be told of the day\n%s", where(fault))


def _count_terms_again(by: Acting, child_id: UUID) -> None:
    facts_changed(by, child_id, "calendar: terms of the new school's area")
