"""A case system tells that a child became looked after: the case opens, with its clocks."""

from flask import g, url_for

from engine.work import Acting, Work
from web.access import allow
from web.api.bearer import reaches
from web.api.blueprint import api
from web.api.cases import case_out, deadline_out
from web.api.once import Given, once
from web.api.shapes import BecameLookedAfterIn, BecameLookedAfterOut
from workflows.case_deadlines import deadlines_of
from workflows.pep.becoming_looked_after import (
    NOT_HERE,
    Told,
    child_became_looked_after,
    must_be_new,
)
from workflows.registers import one_case

OF_THE_API = {"number", "address_restricted", "another_child"}
"""What the form that starts a case does not ask."""


@api.post("/children")
@reaches("care")
@allow("start_case")
@api.input(BecameLookedAfterIn, arg_name="told")
@api.output(BecameLookedAfterOut, status_code=201)
@api.doc(description="Needs the scope `care`. The same child told again, by the same number, is "
         "the same answer. One who had left care returns. Who may have a record without this "
         "number is refused (409).")
def became_looked_after(told: BecameLookedAfterIn) -> Given:
    """Tell that a child became looked after"""
    answers = told.model_dump(exclude=OF_THE_API)
    if told.address_restricted:
        answers["placement_address"] = NOT_HERE
    must_be_new(g.acting, told.number, answers, another_child=told.another_child)

    def do(by: Acting | Work) -> BecameLookedAfterOut:
        return _out(by, child_became_looked_after(by, told.number, answers))

    return once(do, 201, lambda made: url_for("api.child", child_id=made.child), repeated=True)


def _out(by: Acting | Work, found: Told) -> BecameLookedAfterOut:
    return BecameLookedAfterOut(
        child=found.child_id, reference=found.reference,
        case=case_out(one_case(by, found.case_id)), plan_needed=not found.why_no_plan,
        why_not=found.why_no_plan, looked_at_again_on=found.looked_at_again_on,
        deadlines=[deadline_out(row) for row in deadlines_of(by, found.case_id)]
        if found.runs else [],
        repeated=found.was_known,
    )
