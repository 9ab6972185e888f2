"""Who works with which child. A child is named by a number, UPN or case reference only."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from engine.work import Work
from workflows.administration.imports.kinds import (
    CHANGED,
    NEW,
    SAME,
    Change,
    Kind,
    in_parts,
    said_once,
)
from workflows.administration.imports.naming import NO_CHILD, children_named
from workflows.administration.imports.reading import Column, Row
from workflows.administration.people import LONGEST_EMAIL
from workflows.children import LONGEST_NUMBER
from workflows.involvements import Involvement, give_tasks_again
from workflows.people import Person
from workflows.roles import ROLES
from workflows.sight.table import ConflictOfInterest

CHILD, ADDRESS, ROLE, FROM, UNTIL = "child", "email", "role", "from", "to"
_KEYS = {word.casefold(): role.key for role in ROLES.values() for word in (role.key, role.title)}


def _weigh(work: Work, rows: Sequence[Row]) -> list[Change]:
    children = children_named(work, (row.cells[CHILD] for row in rows))
    people = {person.email: person for person in work.session.scalars(select(Person))}
    said_once(rows, _said, CHILD)
    changes: list[Change] = []
    standing = _standing(work, set(children.values()))
    must_not_see = {(row.child_id, row.person_id) for row in work.session.scalars(
        select(ConflictOfInterest).where(ConflictOfInterest.ended_at.is_(None)))}
    for row in rows:
        child_id = children.get(row.cells[CHILD].upper())
        person = people.get(row.cells[ADDRESS].lower())
        role = _KEYS.get(row.cells[ROLE].casefold())
        if row.cells[CHILD] and child_id is None:
            row.says(CHILD, NO_CHILD)
        _look_at_person(work, row, person, role)
        begins, ends = row.day(FROM), row.day(UNTIL)
        if begins and ends and ends < begins:
            row.says(UNTIL, "This day is before the one in “from”")
        if not row.wrong and child_id and person and role and begins:
            held = standing.get((child_id, person.id, role, begins))
            if held is None and (child_id, person.id) in must_not_see:
                row.says(ADDRESS, "This person must not see the record of this child. Write "
                                  "somebody else")
            changes.append(_change(held, child_id, person.id, role, begins, ends))
    return changes


def _look_at_person(work: Work, row: Row, person: Person | None, role: str | None) -> None:
    if row.cells[ADDRESS] and person is None:
        row.says(ADDRESS, "Nobody signs in with this e-mail address. Add the person first")
    if person is not None and not person.active:
        row.says(ADDRESS, "This person has left")
    if person is not None and person.id == work.actor.id:
        row.says(ADDRESS, "Nobody gives children to themselves. Ask another administrator")
    if row.cells[ROLE] and role is None:
        row.says(ROLE, "Write a role as Pepway calls it, such as Social worker")
    if person is not None and role is not None and role not in {r.role for r in person.roles}:
        row.says(ROLE, f"This person is not a {ROLES[role].title.lower()}")


def _change(
    held: Involvement | None, child_id: UUID, person_id: UUID, role: str, begins: date,
    ends: date | None,
) -> Change:
    if held is not None and held.ends_on == ends:
        return Change(SAME, child_id=child_id)
    if held is not None:
        return Change(CHANGED, lambda work: _end(work, held, ends), child_id)

    def write(work: Work) -> None:
        row = Involvement(id=uuid4(), child_id=child_id, person_id=person_id, role=role,
                          starts_on=begins, ends_on=ends)
        work.session.add(row)
        work.event(None, "involvement_started", child_id=child_id, person=person_id, role=role)
        work.audit("start_involvement", child_id=child_id, about=f"involvement:{row.id}",
                   reason="import")

    return Change(NEW, write, child_id)


def _end(work: Work, held: Involvement, ends: date | None) -> None:
    held.ends_on = ends
    kind = "involvement_ended" if ends else "involvement_started"
    work.event(None, kind, child_id=held.child_id, person=held.person_id, role=held.role)
    work.audit("end_involvement" if ends else "start_involvement", child_id=held.child_id,
               about=f"involvement:{held.id}", reason="import")


def _after(work: Work, changes: Sequence[Change]) -> None:
    """The assignment rule runs once for each child, when all its rows are there."""
    moved = {each.child_id for each in changes if each.child_id and each.kind != SAME}
    for child_id in sorted(moved):
        give_tasks_again(work, child_id)


def _standing(
    work: Work, children: set[UUID]
) -> Mapping[tuple[UUID, UUID, str, date], Involvement]:
    found = {}
    for part in in_parts(sorted(children)):
        for row in work.session.scalars(
            select(Involvement).where(Involvement.child_id.in_(part))
        ):
            found[row.child_id, row.person_id, row.role, row.starts_on] = row
    return found


def _said(row: Row) -> str:
    cells = row.cells
    if not all(cells[each] for each in (CHILD, ADDRESS, ROLE, FROM)):
        return ""
    return "|".join(cells[each].casefold() for each in (CHILD, ADDRESS, ROLE, FROM))


INVOLVEMENTS = Kind(
    "involvements", "who works with which child",
    (Column(CHILD, longest=LONGEST_NUMBER, explains="The number in your case system, the UPN, or "
            "a case reference"),
     Column(ADDRESS, longest=LONGEST_EMAIL, explains="Of somebody who signs in"),
     Column(ROLE, longest=64, explains="As Pepway calls it, such as Social worker"),
     Column(FROM, longest=10, explains="The first day"),
     Column(UNTIL, required=False, longest=10, explains="The last day; empty: it goes on")),
    ("A child is named by the number in your case system, by UPN or case reference, never by name.",
     "Days are written as 2026-07-31 or 31/07/2026. “to” is the last day; where it is empty, it "
     "goes on.",
     "A row with the same child, person, role and first day as one that is here changes its last "
     "day."),
    ({CHILD: "C-1001", ADDRESS: "wilma@council.example", ROLE: "Social worker",
      FROM: "2026-01-05", UNTIL: ""},
     {CHILD: "C-1001", ADDRESS: "sven@council.example", ROLE: "Social worker",
      FROM: "2025-09-01", UNTIL: "2026-01-04"}),
    _weigh, _after, belongs_to=lambda row: row.cells[CHILD].upper(),
)
