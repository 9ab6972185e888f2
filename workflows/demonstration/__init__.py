"""The demonstration: an invented council, the same on each start, made by the public verbs."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import func, select

from engine.domain import SYSTEM
from engine.work import Installation, Work, query, verb
from workflows.children import School
from workflows.council import add_term, set_council_name
from workflows.demonstration.council import COUNCIL_NAME, PEOPLE, SCHOOLS
from workflows.demonstration.story import Story
from workflows.people import Person, Team, add_person, hash_password
from workflows.roles import ROLES

PASSWORD = "demonstration"  # noqa: S105 - the demonstration's, printed for everyone


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    email: str
    role: str

    @property
    def role_title(self) -> str:
        return ROLES[self.role].title


def furnish(installation: Installation) -> list[Account]:
    """Make the council where the database has nobody yet; who can sign in, by role."""
    by = installation.acting(SYSTEM)
    if _is_empty(by):
        people = _add_people(by)
        schools = _add_schools(by)
        teachers = {person.school: person.name for person in PEOPLE if person.school}
        Story(installation, people, schools, teachers).tell()
    return [Account(person.name, person.email, person.role) for person in PEOPLE]


@query
def _is_empty(work: Work) -> bool:
    return not work.session.scalar(select(func.count()).select_from(Person))


@verb
def _add_people(work: Work) -> dict[str, UUID]:
    password_hash = hash_password(PASSWORD)
    teams = {}
    for name in sorted({person.team for person in PEOPLE if person.team}):
        teams[name] = Team(id=uuid4(), name=name)
        work.session.add(teams[name])
    work.session.flush()
    return {
        person.name: add_person(
            work,
            person.name,
            person.email,
            [person.role],
            password_hash,
            teams[person.team].id if person.team else None,
        )
        for person in PEOPLE
    }


@verb
def _add_schools(work: Work) -> dict[str, UUID]:
    set_council_name(work, COUNCIL_NAME)
    for starts, ends in _terms(work.today.year):
        add_term(work, COUNCIL_NAME, starts, ends)
    ids = {}
    for school in SCHOOLS:
        row = School(
            id=uuid4(), urn=school.urn, name=school.name, phase=school.phase, area=school.area
        )
        work.session.add(row)
        ids[school.name] = row.id
    return ids


def _terms(year: int) -> list[tuple[date, date]]:
    """Three terms a year, from last year's autumn to the next summer but one."""
    return [
        term
        for each in (year - 1, year, year + 1)
        for term in (
            (date(each, 1, 5), date(each, 3, 27)),
            (date(each, 4, 13), date(each, 7, 21)),
            (date(each, 9, 2), date(each, 12, 18)),
        )
    ]
