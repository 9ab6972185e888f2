"""Changes that a case system tells of a child, who is all it knows: the case follows."""

from typing import Any
from uuid import UUID

from flask import g
from pydantic import BaseModel, ConfigDict, Field

from engine.work import Acting, Work
from web.access import allow, may_look, require, resource_of
from web.api.bearer import reaches
from web.api.blueprint import api
from web.api.once import Given, once
from web.api.paging import page_of, whole
from web.api.questions import question_out
from web.api.shapes import ChangedOut, ChangeIn, ChangeOut, MovedOut
from web.reading import reading
from workflows.pep.changes.carrying_out import change_form, changes_offered
from workflows.pep.changes.commands import Command
from workflows.pep.changes.of_child import case_told_of, change_child, preview_of_child
from workflows.pep.changes.outcome import Outcome


class HowDone(BaseModel):
    model_config = ConfigDict(extra="forbid")

    dry_run: bool = Field(False, description="Only say what would happen, and do nothing")


@api.get("/children/<uuid:child_id>/changes")
@allow("see_child", kind="child", arg="child_id")
@api.output(page_of(ChangeOut))
def changes(child_id: UUID) -> dict[str, Any]:
    """What may be changed now about a child's case, and what each change asks"""
    case = resource_of("case", case_told_of(reading(), child_id))
    return whole([_change(each, child_id) for each in changes_offered(reading(), case)])


@api.post("/children/<uuid:child_id>/changes/<command>")
@reaches("care")
@allow("see_child", kind="child", arg="child_id")
@api.input(HowDone, location="query", arg_name="how")
@api.input(ChangeIn, arg_name="told")
@api.output(ChangedOut)
@api.doc(description="Needs the scope `care`. It is made on the case of the plan that runs, and "
         "moves what it moves in all cases of the child.")
def change_of_child(
    child_id: UUID, command: str, how: HowDone, told: ChangeIn
) -> Given | ChangedOut:
    """Make a change, all of it or nothing, or see what it would do"""
    require(command, g.resource)
    if how.dry_run:
        may_look("see_child", g.resource)
        seen = preview_of_child(g.acting, command, child_id, told.answers)
        return _changed(command, seen, dry_run=True)

    def do(by: Acting | Work) -> ChangedOut:
        return _changed(command, change_child(by, command, child_id, told.answers, told.seen))

    return once(do, repeated=True)


def _change(each: Command, child_id: UUID) -> ChangeOut:
    asked = change_form(reading(), each.name, child_id).inputs()
    return ChangeOut(name=each.name, title=each.title, summary=each.summary,
                     questions=[question_out(one) for one in asked])


def _changed(command: str, outcome: Outcome, *, dry_run: bool = False) -> ChangedOut:
    return ChangedOut(
        change=command, case=outcome.case_id, fingerprint=outcome.fingerprint, dry_run=dry_run,
        moved=[MovedOut.model_validate(line) for line in outcome.lines], repeated=False,
    )
