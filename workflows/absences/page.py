"""Absences as people read them: one's own, those that one covers, those of whom one looks after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from engine.errors import AnswersInvalid, NotFound
from engine.forms import Field, Form, Option, read_answers
from engine.work import Work, query
from workflows.absences.days import KINDS, Days
from workflows.absences.scope import (
    has_tasks,
    looked_after_by,
    person_looked_after,
)
from workflows.absences.suggesting import Suggested, who_could_cover
from workflows.absences.table import MOVES_ALL, MOVES_DUE, MOVES_NONE, Absence, lasts
from workflows.people import Person, names
from workflows.roles import ROLES

MOST_SUGGESTED = 6
BY_RULE, SOMEBODY_ELSE = "rule", "other"
"""Chosen instead of one of the suggested."""


@dataclass(frozen=True, slots=True)
class AbsenceView:
    id: UUID
    person_id: UUID
    person: str
    cover: str
    """Empty: whoever the procedure names."""
    starts_on: date
    ends_on: date | None
    kind: str
    moves: str
    is_mine: bool
    i_cover: bool

    def is_now(self, today: date) -> bool:
        return self.starts_on <= today


@dataclass(frozen=True, slots=True)
class AbsencesPage:
    mine: Sequence[AbsenceView]
    i_cover: Sequence[AbsenceView]
    others: Sequence[AbsenceView]
    """Of the people whose work the actor looks after."""
    me: UUID | None
    """None for somebody who is given no tasks."""


@query
def absences_page(work: Work) -> AbsencesPage:
    """Those that last or are to come, the next first."""
    me = work.session.scalar(select(Person.id).where(Person.id == work.actor.id, has_tasks()))
    found = _views(work, work.session.scalars(
        select(Absence)
        .join(Person, Person.id == Absence.person_id)
        .where(_stands(work), or_(looked_after_by(work), Person.id == work.actor.id,
                                  Absence.cover_id == work.actor.id))
        .order_by(Absence.starts_on, Person.name)
    ).all())
    looked_after = set(work.session.scalars(select(Person.id).where(
        looked_after_by(work), Person.id.in_({each.person_id for each in found}))))
    return AbsencesPage(
        [each for each in found if each.is_mine], [each for each in found if each.i_cover],
        [each for each in found if each.person_id in looked_after and not each.is_mine], me)


@query
def absence_view(work: Work, absence_id: UUID) -> AbsenceView:
    """Raises `NotFound` for one that is over, or that the actor may not end."""
    row = work.session.scalar(select(Absence).where(Absence.id == absence_id, _stands(work)))
    if row is None:
        raise NotFound
    person_looked_after(work, row.person_id, or_oneself=True)
    return _views(work, [row])[0]


@query
def absences_of(work: Work, people: Iterable[UUID]) -> dict[UUID, AbsenceView]:
    """By person, the one that lasts today."""
    rows = work.session.scalars(
        select(Absence).where(Absence.person_id.in_(list(people)), lasts(work.today))).all()
    return {each.person_id: each for each in _views(work, rows)}


@query
def absences_to_come(work: Work, person_id: UUID) -> list[AbsenceView]:
    """Those of one person that have not begun, the next first."""
    return _views(work, work.session.scalars(
        select(Absence).where(Absence.person_id == person_id, _stands(work),
                              Absence.starts_on > work.today)
        .order_by(Absence.starts_on)).all())


@query
def covered_by(work: Work, people: Iterable[UUID]) -> dict[UUID, list[AbsenceView]]:
    """By who covers, the absences of colleagues that last today."""
    rows = work.session.scalars(
        select(Absence).where(Absence.cover_id.in_(list(people)), lasts(work.today))
        .order_by(Absence.starts_on)).all()
    found: dict[UUID, list[AbsenceView]] = {}
    for row, view in zip(rows, _views(work, rows), strict=True):
        if row.cover_id is not None:
            found.setdefault(row.cover_id, []).append(view)
    return found


@query
def whose_absence(work: Work, person_id: UUID) -> tuple[str, bool]:
    """Their name, and whether it is the actor. Raises `NotFound`."""
    person = person_looked_after(work, person_id, or_oneself=True)
    return person.name, person.id == work.actor.id


@query
def form_of_cover(work: Work, person_id: UUID, days: Days) -> Form:
    """Raises `NotFound`."""
    person = person_looked_after(work, person_id, or_oneself=True)
    could = who_could_cover(work, person, days)
    first, rest = could[:MOST_SUGGESTED], could[MOST_SUGGESTED:]
    options = [Option(str(each.id), each.name, each.why(_near_in_words(person)))
               for each in first]
    if rest:
        options.append(Option(SOMEBODY_ELSE, "Somebody else", "Choose the person below"))
    options.append(Option(BY_RULE, "Nobody in particular",
                          "Each task goes to whoever the procedure names where nobody holds the "
                          f"role{_covering_role(person)}"))
    return Form("cover", "Who covers?", (
        Field("cover", "radio", "Who covers?", "cover", required=True, options=tuple(options),
              hint="Until the absence ends they see the children and do the tasks"),
        *((_somebody_else(rest),) if rest else ()),
        Field("moves", "radio", "What happens to the tasks that they have already?", "moves",
              required=True, hint="New tasks always go to whoever covers", options=(
                  Option(MOVES_ALL, "All of them are covered"),
                  Option(MOVES_DUE, "Only what is due before they are back is covered",
                         "Also what is overdue already"),
                  Option(MOVES_NONE, "They stay with the person who is away"))),
    ))


def read_cover(form: Form, answers: dict[str, Any]) -> tuple[UUID | None, str]:
    """Who covers, None by the rule, and what moves. Raises `AnswersInvalid`."""
    read = read_answers(form, answers, {})
    errors, chosen = dict(read.errors), read.values.get("cover")
    if "cover" in errors:
        errors["cover"] = "Choose who covers"
    if "moves" in errors:
        errors["moves"] = "Choose what happens to the tasks that they have already"
    if chosen == SOMEBODY_ELSE:
        chosen = read.values.get("other")
        if not chosen:
            errors.setdefault("other", "Choose the person who covers")
    if errors:
        raise AnswersInvalid(errors)
    return None if chosen == BY_RULE else UUID(str(chosen)), str(read.values["moves"])


def cover_in_form(form: Form, cover: str, moves: str) -> dict[str, str]:
    """What was chosen before, as the form's answers: also somebody else than the suggested."""
    other = next((field for field in form.fields if field.key == "other"), None)
    if other is not None and cover in {each.value for each in other.options}:
        return {"cover": SOMEBODY_ELSE, "other": cover, "moves": moves}
    return {"cover": cover, "moves": moves}


def _stands(work: Work) -> Any:
    return Absence.ended_at.is_(None) & or_(
        Absence.ends_on.is_(None), Absence.ends_on >= work.today)


def _views(work: Work, rows: Sequence[Absence]) -> list[AbsenceView]:
    called = names(work, [each for row in rows for each in (row.person_id, row.cover_id)])
    me = work.actor.id
    return [
        AbsenceView(row.id, row.person_id, called.get(row.person_id, ""),
                    called.get(row.cover_id, "") if row.cover_id else "", row.starts_on,
                    row.ends_on, KINDS.get(row.kind, ""), row.moves, row.person_id == me,
                    row.cover_id == me)
        for row in rows
    ]


def _somebody_else(rest: Sequence[Suggested]) -> Field:
    return Field("other", "select", "Somebody else", "other", options=tuple(
        Option(str(each.id), f"{each.name}, {each.email}")
        for each in sorted(rest, key=lambda each: each.name)))


def _near_in_words(person: Person) -> str:
    if person.team_id is not None:
        return "same team"
    roles = {row.role for row in person.roles}
    return "same school" if "designated_teacher" in roles else "same role"


def _covering_role(person: Person) -> str:
    covers = {cover for row in person.roles if (cover := ROLES[row.role].cover)}
    return f": the {ROLES[covers.pop()].title.lower()}" if len(covers) == 1 else ""
