"""The changes that can be made to a case: a name, a title, when it is offered, and its verb.

Who may make one stands under the same name in `workflows.access.ACTIONS`; what it asks, in the
form of that name beside.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from workflows.pep.changes.bring_forward import bring_review_forward
from workflows.pep.changes.correct_date import correct_date
from workflows.pep.changes.leaving import (
    cease_to_be_looked_after,
    record_death,
    transfer_to_other_council,
)
from workflows.pep.changes.legal_status import change_legal_status
from workflows.pep.changes.placement import change_placement
from workflows.pep.changes.reopen import reopen_plan
from workflows.pep.changes.returning import return_to_care
from workflows.pep.changes.review_now import start_review_now
from workflows.pep.changes.school import change_school
from workflows.pep.changes.suspension import report_suspension
from workflows.pep.changes.worker import change_worker


class When(StrEnum):
    """In which state of things a change is offered."""

    RUNNING = "running"
    """The case runs."""
    IN_CARE = "in_care"
    """The child is in care, whether a case runs or not."""
    PASSED = "passed"
    """The child is in care, and their newest plan was passed on."""
    LEFT = "left"
    """The child has left care and may return."""


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    title: str
    summary: str
    """What it is for, where its title alone does not say it."""
    when: When
    verb: Callable[..., UUID]
    """Takes the case's id and the form's answers by key; gives the case to show afterwards."""
    stands: tuple[str, ...] = ()
    """What is shown above its form, by the names of `standing.STANDING`."""
    done: str = ""
    """What a person is told when it is done."""

    def carry_out(self, by: Any, case_id: UUID, given: Mapping[str, Any]) -> UUID:
        return self.verb(by, case_id, **given)


COMMANDS: Mapping[str, Command] = {
    command.name: command
    for command in (
        Command("start_review_now", "Start a review of the plan now",
                "Not on track, a move of school, or someone asks for it", When.RUNNING,
                start_review_now, ("review",), "The request stands on the case."),
        Command("bring_review_forward", "Bring the statutory review forward",
                "At the reviewing officer's request, to a day before its limit", When.RUNNING,
                bring_review_forward, ("review",), "The review has been brought forward."),
        Command("reopen_plan", "Reopen the plan",
                "Something in a plan that was passed on has to be put right; both sign again",
                When.PASSED, reopen_plan, ("plan",),
                "The plan is reopened: this case asks for what has to be put right, and for both "
                "signatures."),
        Command("change_school", "The child changes school",
                "A new school from a day on, or no school place", When.RUNNING, change_school,
                ("school", "designated_teacher"),
                "The change of school stands on the case. Local practice is a new plan within 10 "
                "working days: you can start a review now. For the new school make the document "
                "“Handover to a new school”, on the page of the plan."),
        Command("report_suspension", "Report a suspension or exclusion",
                "The virtual school and the social worker hear of it at once", When.RUNNING,
                report_suspension, ("school",),
                "It stands in the plan, and the virtual school and the social worker are told. If "
                "the plan no longer fits, you can start a review now."),
        Command("change_placement", "The child moves to a new placement",
                "The school, the virtual school and the reviewing officer are told", When.RUNNING,
                change_placement, ("placement",), "The new placement stands on the case."),
        Command("change_legal_status", "The legal status changes",
                "Such as an interim care order after an agreement", When.IN_CARE,
                change_legal_status, ("legal_status",), "The new legal status has been recorded."),
        Command("change_worker", "Someone else takes over",
                "A new social worker, designated teacher, reviewing officer or team manager",
                When.RUNNING, change_worker,
                ("social_worker", "designated_teacher", "reviewing_officer", "team_manager"),
                "The change stands on the case."),
        Command("correct_date", "Correct a date",
                "Becoming looked after, the first placement or the planned review was entered "
                "wrongly", When.RUNNING, correct_date,
                ("looked_after", "first_placement", "planned_review"),
                "The date has been corrected."),
        Command("cease_to_be_looked_after", "The child is no longer looked after",
                "Closes what runs and keeps the record", When.IN_CARE, cease_to_be_looked_after,
                ("looked_after",), "The end of care has been recorded."),
        Command("transfer_to_other_council", "Another council takes over the care",
                "Closes what runs and keeps the record", When.IN_CARE, transfer_to_other_council,
                ("looked_after",), "The transfer has been recorded."),
        Command("record_death", "Record that the child has died",
                "Closes everything; nobody is told of it", When.IN_CARE, record_death, (),
                "The death has been recorded. Nobody is told of it by Pepway."),
        Command("return_to_care", "The child returns to care",
                "A new initial plan on the record that was kept", When.LEFT, return_to_care,
                ("left_care",), "The new case has started."),
    )
}
