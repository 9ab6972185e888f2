"""People who sign in: name, address, roles, team. An import gives roles and takes none away."""

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

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
from workflows.administration.people import EMAIL, LONGEST_EMAIL, give, take_in
from workflows.people import Person, Team
from workflows.roles import ROLES

NAME, ADDRESS, ROLE, TEAM = "name", "email", "roles", "team"
_KEYS = {word.casefold(): role.key for role in ROLES.values() for word in (role.key, role.title)}


def _weigh(work: Work, rows: Sequence[Row]) -> list[Change]:
    known = {person.email: person for person in work.session.scalars(select(Person))}
    teams = {team.name.casefold(): team.id for team in work.session.scalars(select(Team))}
    said_once(rows, lambda row: row.cells[ADDRESS].lower(), ADDRESS)
    changes = []
    for row in rows:
        address, team = row.cells[ADDRESS].lower(), row.cells[TEAM]
        if address and not re.fullmatch(EMAIL, address):
            row.says(ADDRESS, "Write an e-mail address, such as name@council.example")
        if team and team.casefold() not in teams:
            row.says(TEAM, "There is no team of this name. Add it first, under Teams")
        roles, person = _roles(row), known.get(address)
        given = [role for role in roles if role not in _held(person)]
        if person is not None and not person.active:
            row.says(ADDRESS, "This person has left. Let them come back first")
        if person is not None and person.id == work.actor.id and given:
            row.says(ROLE, "Nobody gives roles to themselves. Ask another administrator")
        if not row.wrong:
            team_id = teams[team.casefold()] if team else None
            changes.append(_change(person, row.cells[NAME], address, roles, given, team_id))
    return changes


def _change(
    person: Person | None, name: str, address: str, roles: list[str], given: list[str],
    team_id: UUID | None,
) -> Change:
    """An empty cell of a team says nothing of it."""
    if person is None:
        return Change(NEW, lambda work: _add(work, name, address, roles, team_id))
    team_id = team_id or person.team_id
    if not given and (person.name, person.team_id) == (name, team_id):
        return Change(SAME)

    def write(work: Work) -> None:
        person.name, person.team_id = name, team_id
        work.audit("change_person", about=f"person:{person.id}", changed=["import"])
        for role in given:
            give(work, person.id, role)

    return Change(CHANGED, write)


def _add(work: Work, name: str, address: str, roles: list[str], team_id: UUID | None) -> None:
    take_in(work, name, address, roles, team_id)


def _roles(row: Row) -> list[str]:
    found = []
    for word in re.split(r"[,;|/]", row.cells[ROLE]):
        key = _KEYS.get(" ".join(word.split()).casefold())
        if word.strip() and key is None:
            row.says(ROLE, "Write roles as Pepway calls them, such as Social worker, with a comma "
                           "between two")
        elif key is not None and key not in found:
            found.append(key)
    if row.cells[ROLE] and not found and not row.wrong:
        row.says(ROLE, "Write at least one role")
    return found


def _held(person: Person | None) -> set[str]:
    return {held.role for held in person.roles} if person else set()


PEOPLE = Kind(
    "people", "people",
    (Column(NAME, explains="As colleagues write it"),
     Column(ADDRESS, longest=LONGEST_EMAIL, explains="The e-mail address they sign in with"),
     Column(ROLE, explains="As Pepway calls them, such as Social worker, Team manager"),
     Column(TEAM, required=False, longest=128, explains="The name of a team that is here")),
    ("A person is known by their e-mail address; whoever is new is invited.",
     "Roles are written as Pepway calls them, with a comma between two. An import gives roles and "
     "takes none away.",
     "The column “team” may be left out. A team must be there already."),
    ({NAME: "Wilma Ashdown", ADDRESS: "wilma@council.example", ROLE: "Social worker", TEAM: ""},
     {NAME: "Mona Garrick", ADDRESS: "mona@council.example", ROLE: "Social worker, Team manager",
      TEAM: ""}),
    _weigh,
)
