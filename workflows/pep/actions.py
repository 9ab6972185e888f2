"""What service and send tasks of a diagram may do. A diagram names them; the law is here."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.advance import start_flow
from engine.cases import new_case
from engine.domain import ActionCall, Known
from engine.errors import FlowFailed
from engine.store.models import Case
from engine.work import Work
from workflows.filing.signed import file_plan
from workflows.pep.deadlines import review_by
from workflows.pep.plan import VersionState, sign_version, version_for
from workflows.pep.reviews import StatutoryReview, review_of
from workflows.pep.telling import tell_people

REVIEW_PROCEDURE = "review-pep"
PASSED_TO = ("social_worker", "virtual_school", "reviewing_officer")
"""Who must have the plan before the review (S31, S34)."""

Action = Callable[[Work, Case, ActionCall, Known], Mapping[str, Any]]


def pass_plan_on(
    work: Work, case: Case, call: ActionCall, known: Known
) -> Mapping[str, Any]:
    """Freeze the plan as signed, let it go to the Care Plan, and tell those who must have it before
    the review (procedure 4.9.2, section 2, monitoring)."""
    version = version_for(work.session, case)
    if version is not None and version.case_id == case.id and version.state == VersionState.OPEN:
        sign_version(work, version)
        version.passed_at = work.now
        file_plan(work, case, version)
    for role in PASSED_TO:
        tell_people(work, case, known, role, "plan_passed_on")
    return {}


def escalate(
    work: Work, case: Case, call: ActionCall, known: Known
) -> Mapping[str, Any]:
    """Tell a role that something is late, and flag the case."""
    role = call.to or "virtual_school"
    told = tell_people(work, case, known, role, call.message or "late", escalated=True)
    work.event(case, "escalated", element=call.element, to=role, message=call.message, told=told)
    return {}


def tell_of_new_case(
    work: Work, case: Case, call: ActionCall, known: Known
) -> Mapping[str, Any]:
    """School, virtual school and reviewing officer hear of a child who came into care."""
    for role in ("designated_teacher", "virtual_school", "reviewing_officer"):
        tell_people(work, case, known, role, "new_case")
    return {}


def remind_of_signatures(
    work: Work, case: Case, call: ActionCall, known: Known
) -> Mapping[str, Any]:
    """Both who sign hear that the plan is not prepared yet."""
    for role in ("designated_teacher", "social_worker"):
        tell_people(work, case, known, role, "signature_due")
    return {}


def tell(
    work: Work, case: Case, call: ActionCall, known: Known
) -> Mapping[str, Any]:
    """Tell a role."""
    tell_people(work, case, known, call.to or "social_worker", call.message or "news")
    return {}


def open_next_review(
    work: Work, case: Case, call: ActionCall, known: Known
) -> Mapping[str, Any]:
    """Open the next review's case at once, with its lawful limit (regulation 33(2)).

    The second review is due within 3 months of the first, later ones within 6 months of the
    one before; both count from the day the review was held. Its version of the plan begins with
    its first answer, so that what this case is still asked for stands with this case's plan.
    """
    review = review_of(work.session, case.id)
    if review is None:
        msg = "This case prepares no statutory review, so no next one can be worked out."
        raise FlowFailed(msg, element=call.element)
    held = review.held_on or work.today
    number = review.number + 1
    following = new_case(work, REVIEW_PROCEDURE, case.child_id, previous_id=case.id)
    work.session.add(
        StatutoryReview(
            child_id=case.child_id, case_id=following.id, care_period=review.care_period,
            number=number, limit_on=review_by(number, held),
        )
    )
    work.session.flush()
    start_flow(work, following)
    return {}


ACTIONS: Mapping[str, tuple[str, Action]] = {
    "pass_plan_on": ("Pass the signed plan on", pass_plan_on),
    "open_next_review": ("Open the next review's case", open_next_review),
    "escalate": ("Tell a role that something is late", escalate),
    "tell_of_new_case": ("Tell school, virtual school and reviewing officer of a new case",
                         tell_of_new_case),
    "remind_of_signatures": ("Remind school and social worker to sign", remind_of_signatures),
    "tell": ("Tell a role", tell),
}
