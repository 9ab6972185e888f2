"""The demonstration: an invented council, the same on each start, made by the public verbs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select, update

from engine.domain import SYSTEM
from engine.recalculation import make_good
from engine.store.models import Outbox
from engine.store.turns import FURNISHING, take_turn
from engine.work import Installation, Work, query, verb
from workflows.accounts.passwords import hash_password
from workflows.children import School
from workflows.council import add_term, set_council_link, set_council_name
from workflows.demonstration.council import (
    CHILDREN,
    COUNCIL_NAME,
    LOOKED_AFTER_REVIEWS,
    ON_HOLIDAY,
    PEOPLE,
    SCHOOLS,
    TERMS,
    TERMS_AROUND_TODAY,
    DemoChild,
)
from workflows.demonstration.story import Story
from workflows.people import Person, Team, add_person
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


def furnish(
    installation: Installation,
    begins: Callable[[], None],
    children: Sequence[DemoChild] = CHILDREN,
) -> list[Account]:
    """Make the council where the database has nobody yet; who can sign in, by role.

    `begins` is called before it is made, which takes a minute.
    """
    by = installation.acting(SYSTEM)
    if _is_empty(by):
        begins()
        longest_in_care = max(child.days_in_care for child in children)
        if (made := _people_and_schools(by, longest_in_care)) is not None:
            while make_good(by):  # no case is older than the terms, so none has to follow them
                pass
            teachers = {person.school: person.name for person in PEOPLE if person.school}
            Story(installation, *made, teachers, children).tell()
            _let_messages_have_left(by)
    return [Account(person.name, person.email, person.role) for person in PEOPLE]


@verb
def _let_messages_have_left(work: Work) -> None:
    """Those of the year that was lived through; where mail is set up, nobody wants them now."""
    work.session.execute(
        update(Outbox).where(Outbox.sent_at.is_(None)).values(sent_at=Outbox.created_at)
    )


@query
def _is_empty(work: Work) -> bool:
    return not work.session.scalar(select(func.count()).select_from(Person))


@verb
def _people_and_schools(
    work: Work, longest_in_care: int
) -> tuple[dict[str, UUID], dict[str, UUID]] | None:
    """Their ids by name; None where another process was faster."""
    take_turn(work.session.connection(), FURNISHING, however_long=True)
    if not _is_empty(work):
        return None
    return _add_people(work), _add_schools(work, longest_in_care)


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
def _add_schools(work: Work, longest_in_care: int) -> dict[str, UUID]:
    """Schools, and term dates that reach back so many working days."""
    set_council_name(work, COUNCIL_NAME)
    for year in range(work.today.year - 1 - longest_in_care // 250, work.today.year + 2):
        for term in TERMS:
            add_term(work, term.area, date(year, *term.begins), date(year, *term.ends))
    for begins, ends in TERMS_AROUND_TODAY:
        days = timedelta(days=begins), timedelta(days=ends)
        add_term(work, ON_HOLIDAY, *(work.today + each for each in days))
    set_council_link(work, "looked_after_reviews", LOOKED_AFTER_REVIEWS)
    ids = {}
    for school in SCHOOLS:
        row = School(
            id=uuid4(), urn=school.urn, name=school.name, phase=school.phase, area=school.area
        )
        work.session.add(row)
        ids[school.name] = row.id
    return ids
