"""Schools, as the Department for Education's “Get information about schools” writes them."""

import re
from collections.abc import Mapping, Sequence
from uuid import uuid4

from sqlalchemy import select

from engine.recalculation import calendar_changed
from engine.work import Work
from workflows.administration.imports.kinds import (
    CHANGED,
    NEW,
    SAME,
    Change,
    Kind,
    said_once,
)
from workflows.administration.imports.reading import Column, Row
from workflows.administration.schools import PHASES, URN
from workflows.children import School
from workflows.council import council_name

URN_COLUMN, NAME, PHASE, AREA = (
    "URN", "EstablishmentName", "PhaseOfEducation (name)", "LA (name)",
)
PHASE_OF: Mapping[str, str] = {
    "nursery": "nursery", "primary": "primary", "middle deemed primary": "primary",
    "secondary": "secondary", "middle deemed secondary": "secondary",
    "all-through": "all_through", "16 plus": "college", "not applicable": "other",
    **{key: key for key in PHASES},
}
"""Of ours by the register's; special schools are “Not applicable” there."""

_SAID_OF_MANY = re.compile(r"\b(council|borough|county|city|of|london|metropolitan)\b|\W")


def _weigh(work: Work, rows: Sequence[Row]) -> list[Change]:
    known = {school.urn: school for school in work.session.scalars(select(School))}
    areas = {_short(area): area for area in {school.area for school in known.values()}}
    areas[_short(council_name(work))] = council_name(work)
    said_once(rows, lambda row: row.cells[URN_COLUMN], URN_COLUMN)
    changes = []
    for row in rows:
        urn, phase = row.cells[URN_COLUMN], PHASE_OF.get(row.cells[PHASE].casefold())
        if urn and not re.fullmatch(URN, urn):
            row.says(URN_COLUMN, "Write six digits")
        if row.cells[PHASE] and phase is None:
            row.says(PHASE, "Write a phase of the register, such as Primary or Secondary")
        if not row.wrong and phase is not None:
            area = areas.get(_short(row.cells[AREA]), row.cells[AREA])
            changes.append(_change(known.get(urn), urn, row.cells[NAME], phase, area))
    return changes


def _change(school: School | None, urn: str, name: str, phase: str, area: str) -> Change:
    if school is None:
        return Change(NEW, lambda work: work.session.add(
            School(id=uuid4(), urn=urn, name=name, phase=phase, area=area)))
    if phase == "other" and school.phase == "special":
        phase = school.phase
    if (school.name, school.phase, school.area) == (name, phase, area):
        return Change(SAME)

    def write(_: Work) -> None:
        school.name, school.phase, school.area = name, phase, area

    return Change(CHANGED, write)


def _short(area: str) -> str:
    """The register writes “Camden”, a council perhaps “Camden Council”: schools of one area."""
    plain = area.casefold()
    return re.sub(_SAID_OF_MANY, "", plain) or plain


def _after(work: Work, changes: Sequence[Change]) -> None:
    if any(change.kind == CHANGED for change in changes):
        calendar_changed(work, "calendar: area of a school")


SCHOOLS = Kind(
    "schools", "schools",
    (Column(URN_COLUMN, longest=6, explains="Six digits"),
     Column(NAME, explains="The school's name"),
     Column(PHASE, explains="Such as Primary, Secondary, 16 plus or Not applicable"),
     Column(AREA, explains="The council in whose area it lies")),
    ("Columns are those of “Get information about schools”; others in the file are left aside.",
     "A school is known by its URN; one that is here already is changed to what the file says."),
    ({URN_COLUMN: "123456", NAME: "Hill Primary School", PHASE: "Primary", AREA: "Camden"},
     {URN_COLUMN: "123457", NAME: "Lake Academy", PHASE: "Secondary", AREA: "Greenwich"}),
    _weigh, _after,
)
