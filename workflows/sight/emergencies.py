"""Emergency access: a record opened for some hours by somebody whom nothing else lets in.

For staff of the council alone, with a reason, never past a conflict of interest, five times a week
at most, and by whoever shows once more that it is them. Whoever answers for the child is told at
once, and somebody else looks at it afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, literal, or_, select

from engine.audit import times_today
from engine.cases import newest_cases
from engine.errors import AnswersInvalid, NotFound, Refused
from engine.forms import Field, Form, Option, read_answers, valid_answers
from engine.store.models import Case
from engine.work import Acting, Work, query, verb
from workflows.access import decide, visible
from workflows.accounts.asking_again import CODE, OwnBrowser, ask_again, with_code
from workflows.calendar import working_days
from workflows.child_names import folded
from workflows.children import Child
from workflows.finding import case_quoted
from workflows.people import Person, PersonRole, names, one_at_a_time
from workflows.pep.telling import tell_people
from workflows.resources import case_resource, emergency_resource
from workflows.sight.standing import GOVERNANCE, standing
from workflows.sight.table import EmergencyAccess, in_conflict

OPENED = "opened_in_emergency"
"""Kind of message."""
LASTS = timedelta(hours=4)
A_WEEK = 5
TRIES_A_DAY = 10
SHORTEST_REASON, LONGEST_REASON = 20, 2_000
REVIEWED_WITHIN = 2
"""Working days."""
WEEK = timedelta(days=7)
SHOWN_FOR = timedelta(days=90)
NOT_FOUND = ("No record opens with these details. Check the reference, or the name and the date of "
             "birth, with whoever told you of the child")

FORM_OF_OPENING = Form("open_in_emergency", "Open a record in an emergency", (
    Field("reference", "text", "Reference of the case", "reference", max_length=16,
          hint="If you know it. Else give the name and the date of birth"),
    Field("given_names", "text", "Given names", "given_names", max_length=200),
    Field("family_name", "text", "Family name", "family_name", max_length=200),
    Field("born_on", "date", "Date of birth", "born_on"),
    Field("reason", "textarea", "Why do you need to see this record now?", "reason", required=True,
          min_length=SHORTEST_REASON, max_length=LONGEST_REASON,
          hint="Who asks, what has happened, what you need to know. Whoever looks at this "
               "afterwards reads it"),
))
FORM_OF_REVIEWING = Form("review_emergency", "Was it right to open the record?", (
    Field("justified", "radio", "Was it right?", "justified", required=True,
          options=(Option("yes", "Yes"), Option("no", "No, I will take it further"))),
    Field("finding", "textarea", "What did you find out?", "finding", required=True,
          max_length=LONGEST_REASON),
))


@dataclass(frozen=True, slots=True)
class EmergencyView:
    id: UUID
    child_id: UUID
    case_id: UUID
    reference: str
    name: str
    """Of who opened the record."""
    reason: str
    began_at: datetime
    ends_at: datetime
    review_by: date
    reviewed_at: datetime | None
    reviewed_by: str
    justified: bool | None
    finding: str
    is_mine: bool


def open_in_emergency(
    by: Acting, answers: Mapping[str, Any], browser: OwnBrowser
) -> UUID | None:
    """The child's newest case, which the actor reads for four hours from now on.

    One that is open to them anyway is given as it is. None where no record opens: there is none, or
    it must stay shut. Raises `AnswersInvalid`, `TooOften`, and `Refused` beyond five a week or ten
    tries a day.
    """
    if not decide(by.actor, "open_in_emergency").allowed:
        raise NotFound
    said = _said(with_code(by, FORM_OF_OPENING), answers)
    ask_again(by, said.get(CODE.key, ""), browser)
    return _open(by, said)


@verb
def _open(work: Work, said: Mapping[str, Any]) -> UUID | None:
    one_at_a_time(work)
    _must_not_be_too_many(work)
    case = _case_meant(work, said)
    if case is None or standing(work, case.child_id).conflict:
        work.audit("emergency_found_nothing", child_id=case.child_id if case else None)
        return None
    if decide(work.actor, "see_case", case_resource(work, case.id)).allowed:
        work.audit("emergency_not_needed", child_id=case.child_id, about=f"case:{case.id}")
        return case.id
    row = EmergencyAccess(
        id=uuid4(), person_id=work.actor.id, child_id=case.child_id,
        reason=said["reason"], began_at=work.now, ends_at=work.now + LASTS,
        review_by=working_days(None, work.today, REVIEWED_WITHIN),
    )
    work.session.add(row)
    work.audit("open_in_emergency", child_id=case.child_id, about=f"emergency:{row.id}")
    known = work.domain.known(work.session, case, work.today)
    for role in ("virtual_school", "social_worker"):
        tell_people(work, case, known, role, OPENED, escalated=True)
    for person_id in _of_information_governance(work, case.child_id):
        work.tell(OPENED, person_id, case, escalated=True, protected=True)  # they see no case
    return case.id


def _of_information_governance(work: Work, child_id: UUID) -> Sequence[UUID]:
    """All who may look at it: of a restricted record, which is given to none of them, too."""
    return work.session.scalars(
        select(PersonRole.person_id)
        .join(Person, Person.id == PersonRole.person_id)
        .where(PersonRole.role == GOVERNANCE, Person.active, Person.id != work.actor.id,
               ~in_conflict(Person.id, literal(child_id)))
        .order_by(Person.id)
    ).all()


@verb
def end_emergency(work: Work, emergency_id: UUID) -> None:
    """The actor needs the record no longer. Raises `NotFound` for somebody else's."""
    row = work.session.get(EmergencyAccess, emergency_id)
    if row is None or row.person_id != work.actor.id:
        raise NotFound
    if row.ends_at > work.now:
        row.ends_at = work.now
        work.audit("end_emergency", child_id=row.child_id, about=f"emergency:{row.id}")


@query
def my_emergencies(work: Work) -> list[EmergencyView]:
    """Those that are open to the actor now."""
    return _views(work, work.session.scalars(
        select(EmergencyAccess)
        .where(EmergencyAccess.person_id == work.actor.id, EmergencyAccess.ends_at > work.now)
        .order_by(EmergencyAccess.ends_at)
    ).all())


@query
def emergencies(work: Work) -> list[EmergencyView]:
    """Of the children for whom the actor may look at them: first those that nobody has looked at,
    the earliest first; then the others of the last ninety days, the newest first."""
    rows = work.session.scalars(
        select(EmergencyAccess)
        .where(
            visible(work, EmergencyAccess.child_id, "review_emergency"),
            or_(EmergencyAccess.reviewed_at.is_(None),
                EmergencyAccess.began_at > work.now - SHOWN_FOR),
        )
        .order_by(EmergencyAccess.began_at)
    ).all()
    waiting = [row for row in rows if row.reviewed_at is None]
    done = [row for row in reversed(rows) if row.reviewed_at is not None]
    return _views(work, [*waiting, *done])


@query
def emergency(work: Work, emergency_id: UUID) -> EmergencyView:
    """Raises `NotFound`; the caller has asked whether the actor may look at it."""
    row = work.session.get(EmergencyAccess, emergency_id)
    if row is None:
        raise NotFound
    return _views(work, [row])[0]


@verb
def review_emergency(work: Work, emergency_id: UUID, answers: Mapping[str, Any]) -> None:
    """Raises `AnswersInvalid`, `NotFound`, and `Refused` for one's own or one that is reviewed."""
    if not decide(
        work.actor, "review_emergency", emergency_resource(work, emergency_id)
    ).allowed:
        raise NotFound
    row = work.session.get_one(EmergencyAccess, emergency_id)
    if row.person_id == work.actor.id:
        raise Refused("Somebody else looks at the records that you have opened in an emergency.")
    if row.reviewed_at is not None:
        raise Refused("Somebody has looked at this already.")
    said = valid_answers(FORM_OF_REVIEWING, answers)
    row.reviewed_at, row.reviewed_by = work.now, work.actor.id
    row.justified, row.finding = said["justified"] == "yes", said["finding"]
    work.audit("review_emergency", child_id=row.child_id, about=f"emergency:{row.id}",
               justified=row.justified)


def _said(form: Form, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """A reference, or a name with a date of birth. Raises `AnswersInvalid`."""
    read = read_answers(form, answers, {})
    errors = dict(read.errors)
    if not read.values.get("reference"):
        missing = {
            "given_names": "Enter the given names, or the reference of the case",
            "family_name": "Enter the family name, or the reference of the case",
            "born_on": "Enter the date of birth, or the reference of the case",
        }
        errors |= {key: said for key, said in missing.items()
                   if key not in errors and not read.values.get(key)}
    if errors:
        raise AnswersInvalid(errors)
    return read.values


def _must_not_be_too_many(work: Work) -> None:
    opened = work.session.scalar(
        select(func.count()).select_from(EmergencyAccess)
        .where(EmergencyAccess.person_id == work.actor.id,
               EmergencyAccess.began_at > work.now - WEEK)
    ) or 0
    if opened >= A_WEEK:
        raise Refused(f"You have opened {A_WEEK} records in an emergency within a week. Ask the "
                      "virtual school or your manager.")
    if times_today(work, "emergency_found_nothing") >= TRIES_A_DAY:
        raise Refused(f"{TRIES_A_DAY} of your searches have found nothing today. Ask the virtual "
                      "school or your manager.")


def _case_meant(work: Work, said: Mapping[str, Any]) -> Case | None:
    """The newest of the one child whom the words fit; None where they fit none, or several."""
    if said.get("reference"):
        case_id = case_quoted(work, said["reference"])
        return work.session.get(Case, case_id) if case_id else None
    born = work.session.scalars(select(Child).where(Child.born_on == said["born_on"]))
    fitting = [child.id for child in born
               if folded(child.family_name) == folded(said["family_name"])
               and folded(said["given_names"]) in {folded(child.given_names),
                                                   folded(child.given_names.split()[0])}]
    return newest_cases(work, fitting).get(fitting[0]) if len(fitting) == 1 else None


def _views(work: Work, rows: Sequence[EmergencyAccess]) -> list[EmergencyView]:
    called = names(work, {each for row in rows for each in (row.person_id, row.reviewed_by)})
    newest = newest_cases(work, [row.child_id for row in rows])
    return [
        EmergencyView(
            row.id, row.child_id, newest[row.child_id].id, newest[row.child_id].reference,
            called.get(row.person_id, ""), row.reason, row.began_at, row.ends_at, row.review_by,
            row.reviewed_at, called.get(row.reviewed_by, "") if row.reviewed_by else "",
            row.justified, row.finding or "", row.person_id == work.actor.id,
        )
        for row in rows
    ]
