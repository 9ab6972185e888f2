"""What Pepway knows of the children whom rows speak of, read at once for all rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import load_only

from engine.store.models import RUNNING, Case
from engine.work import LONDON, Work
from workflows.administration.imports.kinds import in_parts
from workflows.child_names import folded
from workflows.children import CarePeriod, Child, EndOfCare, Enrolment, Placement, School
from workflows.people import Person
from workflows.pep.starting import OF_THE_PLAN


@dataclass(frozen=True, slots=True)
class Known:
    """A child, and what stands of them."""

    child: Child
    placements: list[Placement] = field(default_factory=list)
    """The earliest first."""
    schools: list[Enrolment] = field(default_factory=list)
    """Those that have not been left."""
    cases: list[Case] = field(default_factory=list)
    """All, running or not, the earliest first."""
    ended: list[CarePeriod] = field(default_factory=list)
    """How the child left care, where they have not returned."""

    @property
    def school_id(self) -> UUID | None:
        return self.schools[-1].school_id if self.schools else None

    @property
    def plans(self) -> list[UUID]:
        """Running cases of the plan."""
        return [each.id for each in self.cases
                if each.procedure in OF_THE_PLAN and each.status in RUNNING]

    @property
    def since(self) -> date:
        """The day on which Pepway came to know the child."""
        return self.cases[0].opened_at.astimezone(LONDON).date()

    @property
    def has_died(self) -> bool:
        return any(each.ended_by == EndOfCare.DIED for each in self.ended)


def known_children(work: Work, children: Iterable[UUID]) -> dict[UUID, Known]:
    found: dict[UUID, Known] = {}
    for part in in_parts(sorted(children)):
        session = work.session
        found |= {child.id: Known(child) for child in session.scalars(
            select(Child).where(Child.id.in_(part)))}
        for placement in session.scalars(
            select(Placement).where(Placement.child_id.in_(part)).order_by(Placement.starts_on)
        ):
            found[placement.child_id].placements.append(placement)
        for enrolment in session.scalars(
            select(Enrolment).where(Enrolment.child_id.in_(part), Enrolment.ends_on.is_(None))
            .order_by(Enrolment.starts_on)
        ):
            found[enrolment.child_id].schools.append(enrolment)
        for case in session.scalars(
            select(Case).where(Case.child_id.in_(part)).order_by(Case.opened_at, Case.id)
            .options(load_only(Case.child_id, Case.procedure, Case.status, Case.opened_at))
        ):
            found[case.child_id].cases.append(case)
        for period in session.scalars(
            select(CarePeriod).join(Child, Child.id == CarePeriod.child_id).where(
                CarePeriod.child_id.in_(part), CarePeriod.number == Child.care_period)
        ):
            found[period.child_id].ended.append(period)
    return found


def born_on(work: Work, days: Iterable[date]) -> dict[tuple[date, str], list[Child]]:
    """Children by the day of birth and the folded family name."""
    found: dict[tuple[date, str], list[Child]] = {}
    for part in in_parts(sorted(set(days))):
        for child in work.session.scalars(select(Child).where(Child.born_on.in_(part))):
            found.setdefault((child.born_on, folded(child.family_name)), []).append(child)
    return found


def schools_by_urn(work: Work, urns: Iterable[str]) -> dict[str, UUID]:
    return {urn: school_id for part in in_parts(sorted(set(urns)))
            for urn, school_id in work.session.execute(
                select(School.urn, School.id).where(School.urn.in_(part)))}


def people_by_email(work: Work, emails: Iterable[str]) -> dict[str, Person]:
    return {person.email: person for part in in_parts(sorted(set(emails)))
            for person in work.session.scalars(select(Person).where(Person.email.in_(part)))}
