"""Where children in care live, and have lived since: a row for each placement, in any order.

The first placement comes with the child. A later one that begins while Pepway knows the child goes
through the verb of the running case, so that everybody hears of the move; what was before that is
history, and only kept.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select

from engine.work import Work
from workflows.administration.imports import placed
from workflows.administration.imports.kinds import CHANGED, LEFT, NEW, SAME, Change, Kind, said_once
from workflows.administration.imports.naming import NO_CHILD, children_named
from workflows.administration.imports.placed import (
    PLANNED,
    address_after,
    placement_said,
    said_by_column,
)
from workflows.administration.imports.reading import Column, Row
from workflows.administration.imports.standing import Known, known_children
from workflows.children import LONGEST_NUMBER, Placement, first_of
from workflows.days import short_day
from workflows.pep.becoming_looked_after import NOT_HERE, REASON
from workflows.pep.changes.command import let_dates_follow
from workflows.pep.changes.placement import change_placement

CHILD, FROM, UNTIL = "child", "from", "to"
Said = tuple[Row, date, date | None]
"""A row with its first and its last day."""


def _weigh(work: Work, rows: Sequence[Row]) -> list[Change]:
    named = children_named(work, (row.cells[CHILD] for row in rows))
    said_once(rows, lambda row: _key(row, named), FROM)
    said: dict[UUID, list[Said]] = {}
    for row in rows:
        child_id = named.get(row.cells[CHILD].upper())
        if row.cells[CHILD] and child_id is None:
            row.says(CHILD, NO_CHILD)
        begins, ends = row.day(FROM), row.day(UNTIL)
        placement_said(row)
        if begins and ends and ends < begins:
            row.says(UNTIL, "This day is before the one in “from”")
        if not row.wrong and child_id and begins:
            said.setdefault(child_id, []).append((row, begins, ends))
    known = known_children(work, said)
    changes: list[Change] = []
    for child_id, of_child in said.items():
        of_child.sort(key=lambda each: each[1])
        if _in_order(known[child_id], of_child):
            changes += _of_child(work.today, known[child_id], of_child)
    return changes


def _key(row: Row, named: Mapping[str, UUID]) -> str:
    child_id = named.get(row.cells[CHILD].upper())
    return f"{child_id}|{row.cells[FROM]}" if child_id and row.cells[FROM] else ""


def _in_order(known: Known, said: Sequence[Said]) -> bool:
    """Whether no placement begins before care or lasts into the next one; else rows say so."""
    there = {each.starts_on: each for each in known.placements}
    first = first_of(known.placements, known.child.looked_after_on)
    for row, begins, _ in said:
        if begins in there:
            continue
        if begins < known.child.looked_after_on:
            row.says(FROM, "The child became looked after on "
                           f"{short_day(known.child.looked_after_on)}. Write that day or a later "
                           "one")
        elif first is not None and begins < first.starts_on:
            row.says(FROM, f"The first placement began on {short_day(first.starts_on)}. Put that "
                           "day right by the import of children first")
    _look_at_ends(there, {begins: (row, ends) for row, begins, ends in said})
    return not any(row.wrong for row, _, _ in said)


def _look_at_ends(
    there: Mapping[date, Placement], rows: Mapping[date, tuple[Row, date | None]]
) -> None:
    for day, following in pairwise(sorted({*there, *rows})):
        if day in rows:
            row, ends = rows[day]
            if ends and ends >= following:
                row.says(UNTIL, f"The next placement begins on {short_day(following)}. Write an "
                                "earlier last day")
        elif (last := there[day].ends_on) and last >= following and following not in there:
            rows[following][0].says(FROM, f"The placement before lasts until {short_day(last)}. "
                                          "Write a later day, or send that placement too")


def _of_child(today: date, known: Known, said: Sequence[Said]) -> list[Change]:
    there = {each.starts_on: each for each in known.placements}
    days = sorted({*there, *(begins for _, begins, _ in said if begins <= today)})
    after = dict(pairwise(days))
    changes = []
    for row, begins, ends in said:
        following = after.get(begins)
        last_day = ends or (following - timedelta(days=1) if following else None)
        if begins in there:
            changes.append(_changed(row, known, there[begins], last_day, begins == days[-1]))
        elif begins > today:
            changes.append(Change(LEFT, row=row, says="Left aside: it begins in the future. Send "
                                                      "it again from that day on"))
        elif known.ended:
            changes.append(Change(LEFT, row=row, says="Left aside: the child has left care"))
        else:
            is_move = known.plans and begins >= known.since and begins > max(there, default=begins)
            changes.append(_moved(row, known, begins, ends) if is_move
                           else _remembered(row, known, begins, last_day, following is None))
    return changes


def _moved(row: Row, known: Known, begins: date, ends: date | None) -> Change:
    said, case_id = placement_said(row), known.plans[0]

    def write(work: Work) -> None:
        change_placement(
            work, case_id, from_on=begins, entry=said["entry"], reason=REASON,
            placement_kind=said.get("placement_kind", ""),
            placement_address=_new_address(row, known),
            lives_out_of_area=said["lives_out_of_area"])
        if ends is not None:
            _kept(work, known, begins, ends)

    return Change(NEW, said_by_column(write, {"from_on": FROM}, FROM), row=row, is_tried=True,
                  says=f"A move on {short_day(begins)}")


def _kept(work: Work, known: Known, begins: date, ends: date) -> None:
    """The end of a placement that has been entered just now."""
    work.session.flush()
    work.session.scalars(select(Placement).where(
        Placement.child_id == known.child.id, Placement.starts_on == begins
    )).one().ends_on = ends


def _remembered(
    row: Row, known: Known, begins: date, last_day: date | None, is_last: bool
) -> Change:
    """One from before Pepway knew the child, or of a child with no plan under way."""
    said = placement_said(row)

    def write(work: Work) -> None:
        for before in known.placements:
            if before.starts_on < begins and before.ends_on is None:
                before.ends_on = begins - timedelta(days=1)
        work.session.add(Placement(
            child_id=known.child.id, starts_on=begins, ends_on=last_day,
            planned=said["entry"] == "planned", kind=said.get("placement_kind", ""),
            address=_new_address(row, known)))
        if is_last:
            known.child.out_of_area = said["lives_out_of_area"] == "yes"
        _note(work, known, begins)

    return Change(NEW, write, row=row, says=f"A placement from {short_day(begins)}")


def _new_address(row: Row, known: Known) -> str:
    """Where the last address must not be known, a row that says nothing of it keeps this one too.
    """
    hidden = any(each.address == NOT_HERE for each in known.placements[-1:])
    return address_after(row, NOT_HERE if hidden else "")


def _changed(
    row: Row, known: Known, there: Placement, last_day: date | None, is_last: bool
) -> Change:
    said, child = placement_said(row), known.child
    away = said["lives_out_of_area"] == "yes"
    should_be = {
        "ends_on": last_day, "planned": said["entry"] == "planned",
        "kind": said.get("placement_kind", there.kind),
        "address": address_after(row, there.address),
    }
    wrong = {name for name, value in should_be.items() if getattr(there, name) != value}
    moved_area = is_last and not known.ended and child.out_of_area != away
    if not wrong and not moved_area:
        return Change(SAME, row=row)
    if known.ended:
        return Change(LEFT, row=row, says="Left aside: the child has left care")

    def write(work: Work) -> None:
        for name in wrong:
            setattr(there, name, should_be[name])
        if moved_area:
            child.out_of_area = away
        _note(work, known, there.starts_on)

    columns = {"ends_on": UNTIL, "planned": PLANNED, "kind": placed.KIND, "address": placed.ADDRESS}
    named = [*(column for name, column in columns.items() if name in wrong),
             *([placed.OTHER_AREA] if moved_area else [])]
    return Change(CHANGED, write, row=row, says=f"Changes: {', '.join(named)}")


def _note(work: Work, known: Known, begins: date) -> None:
    work.audit("import_placement", child_id=known.child.id, about=f"child:{known.child.id}",
               reason="import", on=begins)
    let_dates_follow(work, known.child.id, REASON)


PLACEMENTS = Kind(
    "placements", "placements",
    (Column(CHILD, longest=LONGEST_NUMBER,
            explains="The number in your case system, the UPN, or a case reference"),
     Column(FROM, longest=10, explains="The first day"),
     Column(UNTIL, required=False, longest=10,
            explains="The last day; empty: until the next one begins, or it goes on"),
     *placed.COLUMNS),
    ("A child is named by the number in your case system, by UPN or case reference, never by name, "
     "and must be here already.",
     "Days are written as 2026-07-31 or 31/07/2026.",
     "A placement is known by its child and its first day. To put that day right for the first "
     "placement, send it with the children.",
     "A move since Pepway knows the child is told to the school, the virtual school and the "
     "reviewing officer, without the address. One that begins in the future is left aside."),
    ({CHILD: "C-0417", FROM: "2023-03-14", UNTIL: "2024-08-31", PLANNED: "yes",
      placed.KIND: "Foster care", placed.ADDRESS: "2 Example Row, Exampleton",
      placed.RESTRICTED: "no", placed.OTHER_AREA: "no"},
     {CHILD: "C-0417", FROM: "2024-09-01", PLANNED: "yes", placed.KIND: "Children's home",
      placed.RESTRICTED: "yes", placed.OTHER_AREA: "yes"}),
    _weigh, belongs_to=lambda row: row.cells[CHILD].upper(),
)
