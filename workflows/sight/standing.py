"""How a person stands to children today: all that `decide` and `visible` go by, read at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, func, select

from engine.store.among import among
from engine.store.base import UtcDateTime
from engine.store.together import Together
from engine.work import Work
from workflows.involvements import BEGUN_BY, COVERED, HELD, Involvement
from workflows.sight.table import ConflictOfInterest, EmergencyAccess, Restriction
from workflows.subject_access.table import IS_OPEN_REQUEST, SubjectAccessRequest

GOVERNANCE = "information_governance"


@dataclass(slots=True)
class Standing:
    """One person and one child."""

    relations: dict[str, date] = field(default_factory=dict)
    """Roles held for the child today, each with the day it began. A request for access makes
    information governance one of them while it is open."""
    stands_in: set[str] = field(default_factory=set)
    """Of these roles, those that they have in the place of a colleague who is away."""
    restricted: bool = False
    conflict: bool = False
    emergency_until: datetime | None = None

    def stand_in(self, role: str, since: date) -> None:
        """For a colleague: not with a restricted record, and not beside a role of one's own."""
        if not self.restricted and role not in self.relations:
            self.relations[role] = since
            self.stands_in.add(role)


@dataclass(frozen=True, slots=True)
class Apart:
    """The few children who are not as all others for one person's lists."""

    restricted: frozenset[UUID]
    in_conflict: frozenset[UUID]
    in_emergency: frozenset[UUID]
    stood_in: Mapping[str, frozenset[UUID]]
    """By role, those with whom they stand in for a colleague in it."""

    def stood_in_as(self, roles: Iterable[str]) -> frozenset[UUID]:
        return frozenset[UUID]().union(*(self.stood_in.get(role, ()) for role in roles))


_ME = bindparam("person_id", type_=Uuid())
_CHILDREN = "children"
_NOW = bindparam("now", type_=UtcDateTime())
_RESTRICTED = select(Restriction.child_id).where(Restriction.lifted_at.is_(None)).distinct()
_CONFLICTS = select(ConflictOfInterest.child_id).where(
    ConflictOfInterest.person_id == _ME, ConflictOfInterest.ended_at.is_(None)
)
_EMERGENCIES = select(EmergencyAccess.child_id, EmergencyAccess.ends_at).where(
    EmergencyAccess.person_id == _ME, EmergencyAccess.began_at <= _NOW,
    EmergencyAccess.ends_at > _NOW,
)
_REQUESTS = (
    select(SubjectAccessRequest.child_id, func.min(SubjectAccessRequest.received_on).label("on"))
    .where(IS_OPEN_REQUEST, among(SubjectAccessRequest.child_id, _CHILDREN))
    .group_by(SubjectAccessRequest.child_id)
)
_OF_CHILDREN = Together(
    held=HELD,
    covered=COVERED.where(among(Involvement.child_id, _CHILDREN)),
    begun=BEGUN_BY.where(among(Involvement.child_id, _CHILDREN)),
    requests=_REQUESTS,
    restricted=_RESTRICTED.where(among(Restriction.child_id, _CHILDREN)),
    conflicts=_CONFLICTS.where(among(ConflictOfInterest.child_id, _CHILDREN)),
    emergencies=_EMERGENCIES.where(among(EmergencyAccess.child_id, _CHILDREN)),
)
_OF_ALL = Together(restricted=_RESTRICTED, conflicts=_CONFLICTS, emergencies=_EMERGENCIES,
                   covered=COVERED, begun=BEGUN_BY)


def standings(work: Work, children: Iterable[UUID]) -> Mapping[UUID, Standing]:
    """Of the actor, to each of these children."""
    found = {child_id: Standing() for child_id in children}
    rows = _OF_CHILDREN.read(work.session, person_id=work.actor.id, children=list(found),
                             on=work.today, now=work.now)
    for row in rows["held"]:
        found[row.child_id].relations[row.role] = row.starts_on
    if GOVERNANCE in work.actor.roles:
        for row in rows["requests"]:
            found[row.child_id].relations[GOVERNANCE] = row.on
    for row in rows["restricted"]:
        found[row.child_id].restricted = True
    for row in (*rows["covered"], *rows["begun"]):
        found[row.child_id].stand_in(row.role, row.starts_on)
    for row in rows["conflicts"]:
        found[row.child_id].conflict = True
    for row in rows["emergencies"]:
        standing = found[row.child_id]
        standing.emergency_until = max(row.ends_at, standing.emergency_until or row.ends_at)
    return found


def standing(work: Work, child_id: UUID) -> Standing:
    return standings(work, [child_id])[child_id]


def not_set_apart(work: Work, child_id: Any) -> list[ColumnElement[bool]]:
    """Conditions on a column that names a child: a number that is larger than the list behind it
    would tell that there is one whom the actor must not see."""
    apart = set_apart(work)
    hidden = apart.restricted | apart.in_conflict
    return [child_id.not_in(hidden)] if hidden else []


def set_apart(work: Work) -> Apart:
    """Read once in a transaction that only reads: it sees a single moment."""
    kept: Apart | None = None if work.writing else work.session.info.get((Apart, work.actor.id))
    if kept is not None:
        return kept
    rows = _OF_ALL.read(work.session, person_id=work.actor.id, now=work.now, on=work.today)
    restricted, in_conflict, in_emergency = (
        frozenset(row.child_id for row in rows[name])
        for name in ("restricted", "conflicts", "emergencies"))
    stood_in: dict[str, set[UUID]] = {}
    for row in (*rows["covered"], *rows["begun"]):
        stood_in.setdefault(row.role, set()).add(row.child_id)
    apart = Apart(restricted, in_conflict, in_emergency,
                  {role: frozenset(found - restricted) for role, found in stood_in.items()})
    work.session.info[Apart, work.actor.id] = apart
    return apart
