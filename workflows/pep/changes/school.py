"""The child changes school, or loses the school place."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from engine.store.models import Case
from engine.work import Work, verb
from workflows.children import Child, Enrolment, School
from workflows.days import day_if_any
from workflows.involvements import hand_over
from workflows.pep.changes.command import (
    AHEAD,
    Rule,
    add_row_to_record,
    let_dates_follow,
    needs_reason,
    note,
    put_on_record,
    refuse,
    running_case,
)
from workflows.pep.telling import tell_people

CHRONOLOGY = "chronology.institutions[]"
SECURED = "A school place was secured"


@verb
def change_school(
    work: Work,
    case_id: UUID,
    *,
    from_on: date,
    reason: str,
    school: str = "",
    designated_teacher: str = "",
) -> UUID:
    """The old school's designated teacher sees the child until the day before.

    Open tasks follow to the new one, or to the virtual school where there is none yet. The
    school that was left goes into the chronology with the reason (Schedule 1, paragraph 2(1)).
    """
    case = running_case(work, case_id)
    child = work.session.get_one(Child, case.child_id)
    attended = _attended(work, child)
    refuse([
        needs_reason(reason),
        *_wrong_day(work, child, attended, from_on),
        *_wrong_school(attended, school, designated_teacher),
    ])
    if attended is not None:
        attended.ends_on = from_on - timedelta(days=1)
        _into_chronology(work, case, attended, reason)
    if school:
        work.session.add(
            Enrolment(child_id=child.id, school_id=UUID(school), starts_on=from_on)
        )
    teacher = UUID(designated_teacher) if designated_teacher else None
    hand_over(work, child.id, "designated_teacher", teacher, from_on)
    note(work, case, "school_changed", "change_school", on=from_on, school=school or None,
         left=attended.school_id if attended else None, reason=reason)
    _tell(work, case, teacher)
    let_dates_follow(work, case.child_id, reason)
    return case.id


def _wrong_day(
    work: Work, child: Child, attended: Enrolment | None, from_on: date
) -> Iterator[Rule]:
    begun = attended.starts_on if attended else None
    yield (from_on < child.looked_after_on, "from_on",
           f"The child became looked after on {day_if_any(child.looked_after_on)}. Enter a later "
           "day")
    yield (begun is not None and from_on < begun, "from_on",
           f"The child joined the present school on {day_if_any(begun)}. Enter a later day")
    yield (from_on > work.today + AHEAD, "from_on",
           f"This is more than {AHEAD.days} days ahead. Enter it nearer to the day")


def _wrong_school(
    attended: Enrolment | None, school: str, designated_teacher: str
) -> Iterator[Rule]:
    yield (attended is None and not school, "school",
           "The child has no school place now. Choose the new school")
    yield (attended is not None and school == str(attended.school_id), "school",
           "The child goes to this school already. Choose another one")
    yield (not school and bool(designated_teacher), "designated_teacher",
           "Without a school there is no designated teacher. Leave this empty")


def _tell(work: Work, case: Case, teacher: UUID | None) -> None:
    """Whoever takes over, unless they have done it themselves, and those around the child."""
    if teacher is not None and teacher != work.actor.id:
        work.tell("taken_over", teacher, case)
    known = work.domain.known(work.session, case, work.today)
    for role in ("social_worker", "virtual_school"):
        tell_people(work, case, known, role, "school_changed")


@verb
def put_on_roll(
    work: Work, case_id: UUID, *, urn: str, from_on: date, designated_teacher: str = ""
) -> None:
    """A place was secured for a child without one: `change_school`, and its sentences.

    Where the case's page has said it before, nothing is said twice. Raises `AnswersInvalid`.
    """
    case = running_case(work, case_id)
    school = work.session.scalars(select(School).where(School.urn == urn)).one()
    attended = _attended(work, work.session.get_one(Child, case.child_id))
    if attended is None or attended.school_id != school.id:
        change_school(work, case_id, from_on=from_on, reason=SECURED, school=str(school.id),
                      designated_teacher=designated_teacher)
    else:
        refuse([(from_on != attended.starts_on, "from_on",
                 f"The child is on this school's roll from {day_if_any(attended.starts_on)}. "
                 "Enter that day")])
        if designated_teacher:
            hand_over(work, case.child_id, "designated_teacher", UUID(designated_teacher), from_on)
    put_on_record(work, case, "school.name", school.name)


def _attended(work: Work, child: Child) -> Enrolment | None:
    """The newest school that has not been left."""
    return work.session.scalar(
        select(Enrolment)
        .where(Enrolment.child_id == child.id, Enrolment.ends_on.is_(None))
        .order_by(Enrolment.starts_on.desc())
        .limit(1)
    )


def _into_chronology(work: Work, case: Case, left: Enrolment, reason: str) -> None:
    if left.ends_on is None or left.ends_on < left.starts_on:
        return  # never attended: the entry was wrong
    add_row_to_record(work, case, CHRONOLOGY, {
        "name": work.session.get_one(School, left.school_id).name,
        "from": left.starts_on.isoformat(),
        "to": left.ends_on.isoformat(),
        "reason": reason,
    })
