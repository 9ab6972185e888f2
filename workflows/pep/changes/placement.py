"""The child moves to a new placement. The first placement's clock does not begin anew."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from engine.work import Work, verb
from workflows.children import Child, Placement
from workflows.days import day_if_any
from workflows.pep.changes.command import (
    let_dates_follow,
    needs_reason,
    note,
    refuse,
    running_case,
)
from workflows.pep.telling import tell_people


@verb
def change_placement(
    work: Work,
    case_id: UUID,
    *,
    from_on: date,
    entry: str,
    placement_kind: str,
    placement_address: str,
    lives_out_of_area: str,
    reason: str,
) -> UUID:
    """`entry` is `planned` or `emergency`, `lives_out_of_area` `yes` or `no`.

    The school, the virtual school and the reviewing officer hear of it, without the address.
    """
    case = running_case(work, case_id)
    child = work.session.get_one(Child, case.child_id)
    last = work.session.scalar(
        select(Placement)
        .where(Placement.child_id == child.id)
        .order_by(Placement.starts_on.desc())
        .limit(1)
    )
    began = last.starts_on if last else child.looked_after_on
    refuse([
        needs_reason(reason),
        (from_on > work.today, "from_on",
         "The placement begins in the future. Enter it on the day; what is planned stands in the "
         "plan"),
        (from_on <= began, "from_on",
         f"The placement before began on {day_if_any(began)}. Enter a later day"),
    ])
    if last is not None:
        last.ends_on = from_on - timedelta(days=1)
    work.session.add(
        Placement(
            child_id=child.id, starts_on=from_on, planned=entry == "planned",
            kind=placement_kind, address=placement_address,
        )
    )
    child.out_of_area = lives_out_of_area == "yes"
    note(work, case, "placement_changed", "change_placement", on=from_on, entry=entry,
         reason=reason)
    known = work.domain.known(work.session, case, work.today)
    for role in ("designated_teacher", "virtual_school", "reviewing_officer"):
        tell_people(work, case, known, role, "placement_changed")
    let_dates_follow(work, case.child_id, reason)
    return case.id
