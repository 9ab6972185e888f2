"""Starting a child's first plan: the check for a record that exists, then everything at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from engine.advance import start_flow
from engine.cases import new_case, new_reference
from engine.diagram import read_diagram
from engine.errors import AnswersInvalid, NotFound, Refused
from engine.forms import Form, read_answers, read_form
from engine.releases import flowcharts, live_release, live_releases
from engine.store.models import RUNNING, Case
from engine.work import Acting, Work, query, verb
from workflows.calendar import age
from workflows.child_names import keep_names
from workflows.children import Child, Enrolment, Placement, end_of_care
from workflows.involvements import start_involvement
from workflows.people import one_at_a_time
from workflows.pep.actions import REVIEW_PROCEDURE
from workflows.pep.changes.command import AHEAD, Rule, refuse
from workflows.pep.choices import choices_named
from workflows.pep.deadlines import first_review_with_plan, review_by
from workflows.pep.duplicates import START_FORM, find_duplicate, is_upn_taken
from workflows.pep.plan import begin_plan
from workflows.pep.reviews import StatutoryReview, last_review_before, newest_review

PROCEDURE, REOPENED = "initial-pep", "reopened-plan"
OF_THE_PLAN = (PROCEDURE, REVIEW_PROCEDURE, REOPENED)
LONG_PAST = timedelta(days=30)
"""After so long a date is asked about before a case starts on it."""
ADULT = 18
AROUND = ("social_worker", "team_manager", "designated_teacher", "reviewing_officer")
"""The roles that a person is chosen for when care begins."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The last statutory review that was held before Pepway knew of the child."""

    number: int
    held_on: date
    next_planned_on: date | None = None

    @property
    def next_by(self) -> date:
        return review_by(self.number + 1, self.held_on)


class CaseRuns(Refused):
    """This child has a running case already."""


@query
def start_form(work: Work) -> Form:
    """The form that starts a case, with the council's schools and people to choose from."""
    form = read_form(START_FORM.read_bytes(), "start_case")
    return form.with_options(lambda name: choices_named(work.session, name))


def start_initial_pep(by: Acting | Work, raw: Mapping[str, Any], nonce: str = "") -> UUID:
    """Make the child, the placement, the people around them and the case; all or nothing.

    `raw` are the answers to `start_form`; the same ones with the same `nonce` again give the
    same case. Raises `AnswersInvalid` with a sentence by field. That a UPN is known is told as
    `find_duplicate` tells it, counted and audited: this way in is no way round it.
    """
    given = _checked(by, raw)
    begun = _begun(by, given, nonce)
    if begun is not None:
        return begun
    upn = given.get("upn", "")
    if is_upn_taken(by, upn):
        raise AnswersInvalid({"upn": find_duplicate(by, upn=upn).sentence})
    return _start(by, given, nonce)


@query
def long_past(work: Work, raw: Mapping[str, Any]) -> list[tuple[str, date]]:
    """Question and date of what the deadlines count from, where it is more than 30 days past;
    nothing while an answer is wrong."""
    form = start_form(work)
    read = read_answers(form, raw, {})
    if read.errors or any(broken for broken, _, _ in impossible(work, read.values)):
        return []
    earliest = work.today - LONG_PAST
    return [
        (form.input(key).label, read.values[key])
        for key in ("became_looked_after_on", "first_placement_on")
        if read.values[key] < earliest
    ]


@query
def _checked(work: Work, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    read = read_answers(start_form(work), raw, {})
    if read.errors:
        raise AnswersInvalid(read.errors)
    refuse(impossible(work, read.values))
    return read.values


@query
def _begun(work: Work, given: Mapping[str, Any], nonce: str) -> UUID | None:
    """The case that this form has started already: a double click, or the back button."""
    case = work.session.get(Case, _case_id(work, nonce)) if nonce else None
    if case is None:
        return None
    child = work.session.get_one(Child, case.child_id)
    told = ("given_names", "family_name", "born_on")
    if any(getattr(child, name) != given[name] for name in told):
        msg = (
            "You have started a case with this form already. To start one for another child, "
            "choose Start a case and check first."
        )
        raise Refused(msg)
    return case.id


def _case_id(work: Work, nonce: str) -> UUID:
    """Of the person's own form: nobody else can mean the same case."""
    return uuid5(work.actor.id, nonce) if nonce else uuid4()


@verb
def _start(work: Work, given: Mapping[str, Any], nonce: str) -> UUID:
    one_at_a_time(work)
    begun = _begun(work, given, nonce)
    if begun is not None:
        return begun
    return make_known(work, given, case_id=_case_id(work, nonce)).id


def make_known(
    work: Work, given: Mapping[str, Any], reviewed: Reviewed | None = None,
    case_id: UUID | None = None,
) -> Case:
    """The child, the placement, the people around them and the case. Of a child whose plan is to
    be reviewed next, `reviewed` says what was before.

    Raises `AnswersInvalid` where the UPN or the council's number is known meanwhile.
    """
    child = _add_child(work, given)
    procedure = REVIEW_PROCEDURE if reviewed else PROCEDURE
    case = new_case(work, procedure, child.id, case_id=case_id)
    if reviewed is None:
        add_first_review(work, case, child)
    else:
        _add_next_review(work, case, child, reviewed)
    begin_plan(work, case, "Next review" if reviewed else "First plan")
    for role in AROUND:
        if given.get(role):
            start_involvement(work, child.id, UUID(given[role]), role, work.today)
    start_flow(work, case)
    return case


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
    live_release(work, procedure)
    if end_of_care(work.session, child) is not None:
        msg = "This child has left care. On a return to care, say so on the page of the last case."
        raise Refused(msg)
    must_not_run(work, child_id, procedure)
    latest = work.session.scalar(
        select(Case.id).where(Case.child_id == child_id).order_by(Case.opened_at.desc()).limit(1)
    )
    if procedure == REOPENED:
        msg = "A plan is reopened on the page of its case, under “Change something”."
        raise Refused(msg)
    case = new_case(work, procedure, child_id, previous_id=latest)
    if procedure in (PROCEDURE, REVIEW_PROCEDURE):
        _prepare_review(work, case, child)
        work.session.flush()
        begin_plan(work, case, "First plan" if procedure == PROCEDURE else "Next review")
    start_flow(work, case)
    return case.id


@query
def other_procedures(work: Work) -> list[tuple[str, str]]:
    """Key and title of every live procedure that is none of the plan's own."""
    return [
        (each.procedure,
         read_diagram(flowcharts(work, each.id)[0]).title)
        for each in live_releases(work) if each.procedure not in OF_THE_PLAN
    ]


@verb
def start_another(work: Work, case_id: UUID, procedure: str) -> UUID:
    """Start one of `other_procedures` for the child of this case, beside what runs.

    Raises `Refused` where it runs for the child already, or there is no such procedure.
    """
    if procedure not in dict(other_procedures(work)):
        msg = "Choose a procedure"
        raise Refused(msg)
    return start_case(work, procedure, work.session.get_one(Case, case_id).child_id)


def add_first_review(work: Work, case: Case, child: Child) -> None:
    """Tie a first plan's case to the review that it prepares, the first for which one is made."""
    number, limit = first_review_with_plan(child.looked_after_on, child.born_on)
    work.session.add(
        StatutoryReview(child_id=child.id, case_id=case.id, care_period=child.care_period,
                        number=number, limit_on=limit)
    )
    work.session.flush()


def _add_next_review(work: Work, case: Case, child: Child, last: Reviewed) -> None:
    work.session.add(
        StatutoryReview(child_id=child.id, case_id=case.id, care_period=child.care_period,
                        number=last.number + 1, limit_on=last.next_by,
                        planned_on=last.next_planned_on, known_before_on=last.held_on)
    )
    work.session.flush()


def must_not_run(work: Work, child_id: UUID, procedure: str = PROCEDURE) -> None:
    """Raises `CaseRuns` where a case of the child is under way: of the plan's procedures only one
    runs at a time, of another procedure one beside them."""
    these = OF_THE_PLAN if procedure in OF_THE_PLAN else (procedure,)
    reference = work.session.scalar(
        select(Case.reference).where(
            Case.child_id == child_id,
            Case.status.in_(RUNNING),
            Case.procedure.in_(these),
        )
    )
    if reference is not None:
        raise CaseRuns(f"This child has a running case already: {reference}. Go on with that one.")


def _prepare_review(work: Work, case: Case, child: Child) -> None:
    """Tie the case to the statutory review that comes next: the first for an initial plan."""
    last = newest_review(work.session, child)
    first_is_to_come = last is None or (
        last.held_on is None and last_review_before(work.session, last) is None
    )
    if first_is_to_come != (case.procedure == PROCEDURE):
        msg = (
            "The first statutory review has not been held. Start the initial plan."
            if first_is_to_come
            else "The first statutory review has been held. Start the plan for the next review."
        )
        raise Refused(msg)
    if last is None:
        add_first_review(work, case, child)
    elif last.held_on is None:
        last.case_id = case.id
    else:
        number = last.number + 1
        work.session.add(
            StatutoryReview(
                child_id=child.id, case_id=case.id, care_period=child.care_period,
                number=number, limit_on=review_by(number, last.held_on),
            )
        )


def impossible(work: Work, given: Mapping[str, Any]) -> list[Rule]:
    """Dates that cannot be, each with a sentence that says what to do."""
    born, care = given["born_on"], given["became_looked_after_on"]
    return [
        (born > work.today, "born_on", "The date of birth is in the future. Check the year"),
        (given["first_placement_on"] < born, "first_placement_on",
         "The placement begins before the child was born. Check both dates"),
        (care < born, "became_looked_after_on",
         "The child became looked after before they were born. Check both dates"),
        *rules_of_care(work, given, born, "born_on"),
    ]


def rules_of_care(
    work: Work, given: Mapping[str, Any], born_on: date, field_of_age: str
) -> list[Rule]:
    """How a time in care and its first placement cannot begin, whether it is the first or not."""
    care, placed = given["became_looked_after_on"], given["first_placement_on"]
    return [
        (care > placed, "first_placement_on",
         "The placement begins before the child became looked after. Check both dates"),
        (care > work.today + AHEAD, "became_looked_after_on",
         f"This is more than {AHEAD.days} days ahead. Enter it nearer to the day"),
        (age(None, born_on, placed) >= ADULT, field_of_age,
         f"The young person is {ADULT} or older when the placement begins"),
    ]


def _add_child(work: Work, given: Mapping[str, Any]) -> Child:
    child = Child(
        id=uuid4(),
        reference=new_reference(),
        given_names=given["given_names"],
        family_name=given["family_name"],
        known_as=given.get("known_as", ""),
        born_on=given["born_on"],
        upn=given["upn"].upper() if given.get("upn") else None,
        council_number=given.get("council_number"),
        looked_after_on=given["became_looked_after_on"],
        legal_status=given.get("legal_status", ""),
        out_of_area=given.get("lives_out_of_area") == "yes",
    )
    try:
        with work.attempt():
            work.session.add(child)
            work.write()
    except IntegrityError as known:  # since a moment ago: somebody else starts the same case
        msg = "This child may already have a record. Check for it first"
        raise AnswersInvalid({"upn": msg}) from known
    keep_names(work, child.id, (child.given_names, child.known_as, child.family_name))
    add_first_placement(work, child, given)
    if given.get("school"):
        work.session.add(
            Enrolment(child_id=child.id, school_id=UUID(given["school"]),
                      starts_on=given.get("school_since") or work.today)
        )
    work.session.flush()
    return child


def add_first_placement(work: Work, child: Child, given: Mapping[str, Any]) -> None:
    """The first one of a time in care, from what the form asks."""
    work.session.add(
        Placement(
            child_id=child.id,
            starts_on=given["first_placement_on"],
            planned=given["entry"] == "planned",
            kind=given.get("placement_kind", ""),
            address=given.get("placement_address", ""),
        )
    )
