"""Starting a child's first plan: the check for a record that exists, then everything at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from engine.audit import times_today
from engine.cases import begin_case, new_case, new_reference
from engine.errors import AnswersInvalid, NotFound, Refused
from engine.forms import Form, read_answers, read_form
from engine.store.models import Case, CaseStatus
from engine.work import Work, query, verb
from workflows.access import child_resource, decide
from workflows.calendar import age
from workflows.children import Child, Enrolment, Placement, School, end_of_care
from workflows.involvements import start_involvement
from workflows.people import people_in_role
from workflows.pep.actions import REVIEW_PROCEDURE
from workflows.pep.deadlines import first_review_by, later_review_by, second_review_by
from workflows.pep.plan import begin_plan
from workflows.pep.reviews import StatutoryReview, newest_review

PROCEDURE = "initial-pep"
CHECKS_A_DAY = 10
AHEAD = 90
"""Days before a planned placement on which its case may be started."""
ADULT = 18
YOUNGEST = 3
"""East Riding's guidance 4.9.3: every child and young person aged 3 and above."""

AROUND = ("social_worker", "team_manager", "designated_teacher", "reviewing_officer")
"""The roles that a person is chosen for when care begins."""

_FORMS = Path(__file__).parent / "forms"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """What the check answers. Someone without a relation to the child learns only `sentence`."""

    found: bool
    sentence: str
    case_id: UUID | None = None


class CaseRuns(Refused):
    """This child has a running case already."""


@query
def start_form(work: Work) -> Form:
    """The form that starts a case, with the council's schools and people to choose from."""
    form = read_form((_FORMS / "start_case.form").read_bytes(), "start_case")
    return form.with_options(lambda name: options_of(work, name))


@verb
def find_duplicate(
    work: Work, *, upn: str = "", family_name: str = "", born_on: date | None = None
) -> Duplicate:
    """Whether the child may already have a record: exact UPN, or surname and date of birth.

    Ten a day for each person, each audited. Raises `AnswersInvalid` where too little is given
    and `Refused` beyond ten.
    """
    if not upn.strip() and not (family_name.strip() and born_on):
        raise AnswersInvalid({"upn": "Enter the UPN, or the family name and the date of birth"})
    if times_today(work, "find_duplicate") >= CHECKS_A_DAY:
        msg = (
            f"You have made {CHECKS_A_DAY} checks today. "
            "Ask the virtual school, who can look for you."
        )
        raise Refused(msg)
    child = _match(work, upn, family_name, born_on)
    number = new_reference()
    work.audit("find_duplicate", child_id=child.id if child else None, about=f"check:{number}",
               found=child is not None)
    if child is None:
        return Duplicate(False, "No record with these details. You can start a new case.")
    if decide(work.actor, "see_case", child_resource(work, child.id)).allowed:
        case_id = work.session.scalar(
            select(Case.id).where(Case.child_id == child.id).order_by(Case.opened_at.desc())
        )
        return Duplicate(True, "This child already has a record.", case_id)
    return Duplicate(True, "This child may already have a record. Ask the virtual school, "
                     f"quoting {number}.")


@verb
def start_initial_pep(work: Work, raw: Mapping[str, Any]) -> UUID:
    """Make the child, the placement, the people around them and the case; all or nothing.

    `raw` are the answers to `start_form`. Raises `AnswersInvalid` with a sentence by field.
    """
    form = start_form(work)
    read = read_answers(form, raw, {})
    problems = {**read.errors}
    if not problems:
        problems = _impossible(work, read.values)
    if problems:
        raise AnswersInvalid(problems)
    given = read.values
    child = _add_child(work, given)
    case = new_case(work, PROCEDURE, child.id)
    work.session.add(
        StatutoryReview(
            child_id=child.id, case_id=case.id, number=1,
            limit_on=first_review_by(None, given["became_looked_after_on"]),
        )
    )
    work.session.flush()
    begin_plan(work, case, "First plan")
    for role in AROUND:
        if given.get(role):
            start_involvement(work, child.id, UUID(given[role]), role, work.today)
    begin_case(work, case)
    return case.id


@verb
def start_case(work: Work, procedure: str, child_id: UUID) -> UUID:
    """Open a case for a child whose record there is already: where one was closed too early, or
    none followed.

    Raises `NotFound` for an unknown child or procedure, `CaseRuns` while another case of the
    child runs, and `Refused` where this procedure is not what comes next for the child.
    """
    child = work.session.get(Child, child_id)
    if child is None:
        raise NotFound
    if end_of_care(work.session, child) is not None:
        msg = "This child has left care. On a return to care, say so on the page of the last case."
        raise Refused(msg)
    must_not_run(work, child_id)
    latest = work.session.scalar(
        select(Case.id).where(Case.child_id == child_id).order_by(Case.opened_at.desc()).limit(1)
    )
    case = new_case(work, procedure, child_id, previous_id=latest)
    if procedure in (PROCEDURE, REVIEW_PROCEDURE):
        _prepare_review(work, case, child)
        work.session.flush()
        begin_plan(work, case, "First plan" if procedure == PROCEDURE else "Next review")
    begin_case(work, case)
    return case.id


def must_not_run(work: Work, child_id: UUID) -> None:
    """Raises `CaseRuns` where a case of the child is under way."""
    reference = work.session.scalar(
        select(Case.reference).where(
            Case.child_id == child_id,
            Case.status.in_((CaseStatus.OPEN, CaseStatus.INCIDENT)),
        )
    )
    if reference is not None:
        raise CaseRuns(f"This child has a running case already: {reference}. Go on with that one.")


def _prepare_review(work: Work, case: Case, child: Child) -> None:
    """Tie the case to the statutory review that comes next: the first for an initial plan."""
    last = newest_review(work.session, child)
    first_is_to_come = last is None or (last.number == 1 and last.held_on is None)
    if first_is_to_come != (case.procedure == PROCEDURE):
        msg = (
            "The first statutory review has not been held. Start the initial plan."
            if first_is_to_come
            else "The first statutory review has been held. Start the plan for the next review."
        )
        raise Refused(msg)
    if last is not None and last.held_on is None:
        last.case_id = case.id
        return
    work.session.add(
        StatutoryReview(
            child_id=child.id, case_id=case.id, care_period=child.care_period,
            number=last.number + 1 if last else 1, limit_on=_limit_after(last, child),
        )
    )


def _limit_after(last: StatutoryReview | None, child: Child) -> date:
    if last is None or last.held_on is None:
        return first_review_by(None, child.looked_after_on)
    by = second_review_by if last.number == 1 else later_review_by
    return by(None, last.held_on)


def _impossible(work: Work, given: Mapping[str, Any]) -> dict[str, str]:
    """Dates that cannot be, each with a sentence that says what to do; the first one counts."""
    born, care = given["born_on"], given["became_looked_after_on"]
    placed = given["first_placement_on"]
    rules = (
        (born > work.today, "born_on", "The date of birth is in the future. Check the year"),
        (placed < born, "first_placement_on",
         "The placement begins before the child was born. Check both dates"),
        (care < born, "became_looked_after_on",
         "The child became looked after before they were born. Check both dates"),
        (care > placed, "first_placement_on",
         "The placement begins before the child became looked after. Check both dates"),
        (care > work.today + timedelta(days=AHEAD), "became_looked_after_on",
         f"This is more than {AHEAD} days ahead. Start the case nearer to the day"),
        (age(None, born, placed) >= ADULT, "born_on",
         f"The young person is {ADULT} or older when the placement begins"),
        (age(None, born, placed) < YOUNGEST, "born_on",
         f"A plan is made from the age of {YOUNGEST}. Start the case on the third birthday"),
        (_upn_taken(work, given.get("upn")), "upn",
         "A child with this UPN already has a record. Check for it first"),
    )
    problems: dict[str, str] = {}
    for broken, field, sentence in rules:
        if broken:
            problems.setdefault(field, sentence)
    return problems


def _upn_taken(work: Work, upn: str | None) -> bool:
    if not upn:
        return False
    return work.session.scalar(select(Child.id).where(Child.upn == upn.upper())) is not None


def _add_child(work: Work, given: Mapping[str, Any]) -> Child:
    child = Child(
        id=uuid4(),
        reference=new_reference(),
        given_names=given["given_names"],
        family_name=given["family_name"],
        known_as=given.get("known_as", ""),
        born_on=given["born_on"],
        upn=given["upn"].upper() if given.get("upn") else None,
        looked_after_on=given["became_looked_after_on"],
        legal_status=given.get("legal_status", ""),
        out_of_area=given.get("lives_out_of_area") == "yes",
    )
    work.session.add(child)
    work.session.flush()
    work.session.add(
        Placement(
            child_id=child.id,
            starts_on=given["first_placement_on"],
            planned=given["entry"] == "planned",
            kind=given.get("placement_kind", ""),
            address=given.get("placement_address", ""),
        )
    )
    if given.get("school"):
        work.session.add(
            Enrolment(child_id=child.id, school_id=UUID(given["school"]), starts_on=work.today)
        )
    work.session.flush()
    return child


def _match(work: Work, upn: str, family_name: str, born_on: date | None) -> Child | None:
    if upn.strip():
        found = work.session.scalar(select(Child).where(Child.upn == upn.strip().upper()))
        if found is not None:
            return found
    if not (family_name.strip() and born_on):
        return None
    return work.session.scalar(
        select(Child).where(
            func.lower(Child.family_name) == family_name.strip().lower(),
            Child.born_on == born_on,
        )
    )


def options_of(work: Work, name: str) -> list[tuple[str, str]]:
    """The council's schools, or everyone who holds the role of this name."""
    if name == "schools":
        rows = work.session.execute(select(School.id, School.name).order_by(School.name))
        return [(str(row.id), row.name) for row in rows]
    return [(str(person.id), person.name) for person in people_in_role(work, name)]
