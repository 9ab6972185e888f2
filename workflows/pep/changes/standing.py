"""What stands now of that which a change is about, in words above its form."""

from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import UUID

from engine.forms import read_form
from engine.store.models import Case
from engine.work import LONDON, Work, query
from workflows.children import Child, end_of_care, first_placement, get_child, school_of
from workflows.days import day_if_any
from workflows.involvements import people_around
from workflows.pep.plan import latest_version, versions_of_case
from workflows.pep.reviews import review_of
from workflows.roles import ROLES

_STATUS_FORM = Path(__file__).parent / "forms" / "change_legal_status.form"


@query
def standing(work: Work, case_id: UUID, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Label and words of each, in this order; what there is none of is left out."""
    case = work.session.get_one(Case, case_id)
    child = work.session.get_one(Child, case.child_id)
    found = []
    for name in names:
        label, words = STANDING[name](work, case, child)
        if words:
            found.append((label, words))
    return found


def _review(work: Work, case: Case, _child: Child) -> tuple[str, str]:
    review = review_of(work.session, case.id)
    if review is None or review.held_on is not None:
        return "Statutory review", ""
    planned = "planned for" if review.planned_on else "expected by"
    return ("Statutory review", f"{planned} {day_if_any(review.expected_on)}; the law gives until "
            f"{day_if_any(review.limit_on)}")


def _planned_review(work: Work, case: Case, _child: Child) -> tuple[str, str]:
    review = review_of(work.session, case.id)
    planned = review.planned_on if review else None
    return "Planned review", day_if_any(planned) if planned else ""


def _looked_after(_work: Work, _case: Case, child: Child) -> tuple[str, str]:
    return "Looked after since", day_if_any(child.looked_after_on)


def _first_placement(work: Work, _case: Case, child: Child) -> tuple[str, str]:
    placed = first_placement(work.session, child.id, child.looked_after_on)
    return "First placement", f"from {day_if_any(placed.starts_on)}" if placed else ""


def _placement(work: Work, case: Case, _child: Child) -> tuple[str, str]:
    return "Placement", f"since {day_if_any(get_child(work, case.child_id).placement_start)}"


def _school(work: Work, case: Case, _child: Child) -> tuple[str, str]:
    school = school_of(work, case.child_id)
    return "School", school.name if school else "No school place"


def _legal_status(_work: Work, _case: Case, child: Child) -> tuple[str, str]:
    asked = read_form(_STATUS_FORM.read_bytes(), "change_legal_status").input("legal_status")
    words = {option.value: option.label for option in asked.options}
    return "Legal status", words.get(child.legal_status, "")


def _plan(work: Work, case: Case, _child: Child) -> tuple[str, str]:
    latest = latest_version(work.session, case.child_id)
    versions = versions_of_case(work.session, latest.case_id) if latest else []
    passed = [each.passed_at for each in versions if each.passed_at]
    if latest is None or not passed:
        return "Plan", ""
    return "Plan", (f"version {latest.number}, passed on "
                    f"{day_if_any(max(passed).astimezone(LONDON).date())}. It stays as it was "
                    "signed, with the day on which both signed")


def _left_care(work: Work, _case: Case, child: Child) -> tuple[str, str]:
    ended = end_of_care(work.session, child)
    return "Last time in care", (
        f"from {day_if_any(ended.began_on)} to {day_if_any(ended.ended_on)}" if ended else ""
    )


def _people(role: str) -> Callable[[Work, Case, Child], tuple[str, str]]:
    def holders(work: Work, case: Case, _child: Child) -> tuple[str, str]:
        names = [each.name for each in people_around(work, case.child_id) if each.role == role]
        return ROLES[role].title, ", ".join(names) or "Nobody"

    return holders


STANDING: Mapping[str, Callable[[Work, Case, Child], tuple[str, str]]] = {
    "review": _review,
    "planned_review": _planned_review,
    "looked_after": _looked_after,
    "first_placement": _first_placement,
    "placement": _placement,
    "school": _school,
    "legal_status": _legal_status,
    "plan": _plan,
    "left_care": _left_care,
    "social_worker": _people("social_worker"),
    "designated_teacher": _people("designated_teacher"),
    "reviewing_officer": _people("reviewing_officer"),
    "team_manager": _people("team_manager"),
}
