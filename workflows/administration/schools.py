"""Schools of this council and of others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select

from engine.errors import AnswersInvalid, NotFound
from engine.forms import Field, Form, Option, valid_answers
from engine.recalculation import calendar_changed
from engine.work import Work, query, verb
from workflows.children import School
from workflows.council import SchoolTerm, council_name

A_PAGE = 50
PHASES: Mapping[str, str] = {
    "nursery": "Nursery", "primary": "Primary", "secondary": "Secondary",
    "all_through": "All-through", "special": "Special", "college": "College, 16 plus",
    "other": "Other",
}
URN = r"[0-9]{6}"
TAKEN = "Another school has this URN"
_NOT_A_URN = "Enter the URN, six digits such as 123456"


@dataclass(frozen=True, slots=True)
class SchoolView:
    id: UUID
    urn: str
    name: str
    phase: str
    area: str


@dataclass(frozen=True, slots=True)
class SchoolsPage:
    rows: list[SchoolView]
    found: int
    page: int
    pages: int


@query
def schools_listed(work: Work, search: str = "", page: int = 1) -> SchoolsPage:
    """By name; found by name, URN or area."""
    where = [or_(School.name.icontains(search, autoescape=True), School.urn == search,
                 School.area.icontains(search, autoescape=True))] if search else []
    found = work.session.scalar(select(func.count()).select_from(School).where(*where)) or 0
    pages = max(1, -(-found // A_PAGE))
    page = min(max(1, page), pages)
    rows = work.session.scalars(
        select(School).where(*where).order_by(School.name, School.urn)
        .limit(A_PAGE).offset((page - 1) * A_PAGE)
    )
    return SchoolsPage([_view(row) for row in rows], found, page, pages)


@query
def get_school(work: Work, school_id: UUID) -> SchoolView:
    """Raises `NotFound`."""
    return _view(_school(work, school_id))


@query
def areas(work: Work) -> list[str]:
    """Of schools and of term dates; the council's own first."""
    own = council_name(work)
    found = {*work.session.scalars(select(School.area).distinct()),
             *work.session.scalars(select(SchoolTerm.area).distinct())}
    return [own, *sorted(found - {own, ""})]


@query
def form_of_school(work: Work) -> Form:
    return Form("school", "School", (
        Field("urn", "text", "URN", "urn", required=True, pattern=URN, width="6",
              hint="Six digits, from “Get information about schools”",
              error_messages={"required": _NOT_A_URN, "pattern": _NOT_A_URN}),
        Field("name", "text", "Name", "name", required=True, max_length=200,
              error_messages={"required": "Enter the school's name"}),
        Field("phase", "radio", "Phase", "phase", required=True,
              options=tuple(Option(key, label) for key, label in PHASES.items()),
              error_messages={"required": "Choose the phase"}),
        Field("area", "text", "In whose area?", "area", required=True, max_length=200,
              hint="The council's name, written as in the list of term dates: "
                   f"for your own “{council_name(work)}”",
              error_messages={"required": "Enter the council in whose area the school lies"}),
    ))


@verb
def add_school(work: Work, answers: Mapping[str, Any]) -> UUID:
    """Raises `AnswersInvalid`."""
    values = _read(work, answers)
    school = School(id=uuid4(), **values)
    work.session.add(school)
    work.audit("add_school", about=f"school:{school.id}")
    return school.id


@verb
def change_school_details(work: Work, school_id: UUID, answers: Mapping[str, Any]) -> None:
    """Where it lies in another area, the dates of its children follow soon.

    Raises `AnswersInvalid`, `NotFound`.
    """
    school = _school(work, school_id)
    values, area = _read(work, answers, school_id), school.area
    changed = [key for key, value in values.items() if getattr(school, key) != value]
    for key in changed:
        setattr(school, key, values[key])
    work.audit("change_school_details", about=f"school:{school_id}", changed=changed)
    if school.area != area:
        work.session.flush()
        calendar_changed(work, "calendar: area of a school")


def _read(work: Work, answers: Mapping[str, Any], itself: UUID | None = None) -> dict[str, Any]:
    said = valid_answers(form_of_school(work), answers)
    same = work.session.scalar(select(School.id).where(School.urn == said["urn"]))
    if same not in (None, itself):
        raise AnswersInvalid({"urn": TAKEN})
    return said


def _school(work: Work, school_id: UUID) -> School:
    school = work.session.get(School, school_id)
    if school is None:
        raise NotFound
    return school


def _view(school: School) -> SchoolView:
    return SchoolView(school.id, school.urn, school.name, school.phase, school.area)
