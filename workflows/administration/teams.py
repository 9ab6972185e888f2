"""Teams of people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from engine.errors import AnswersInvalid, NotFound
from engine.forms import Field, Form, valid_answers
from engine.work import Work, query, verb
from workflows.people import Person, Team

_NAME = Field("name", "text", "Name of the team", "name", required=True, max_length=128,
              error_messages={"required": "Enter the name of the team"})
FORM_OF_ADDING = Form("team", "Teams", (_NAME,))
FORM_OF_RENAMING = Form("team", "Rename a team", (_NAME,))
TAKEN = "There is a team of this name already"


@dataclass(frozen=True, slots=True)
class TeamView:
    id: UUID
    name: str
    people: int
    """Who are active."""


@query
def teams_listed(work: Work) -> list[TeamView]:
    counted: dict[UUID | None, int] = dict(work.session.execute(
        select(Person.team_id, func.count()).where(Person.active, Person.team_id.is_not(None))
        .group_by(Person.team_id)
    ).all())
    return [TeamView(team.id, team.name, counted.get(team.id, 0))
            for team in work.session.scalars(select(Team).order_by(Team.name))]


@query
def get_team(work: Work, team_id: UUID) -> Team:
    """Raises `NotFound`."""
    team = work.session.get(Team, team_id)
    if team is None:
        raise NotFound
    return team


@verb
def add_team(work: Work, answers: Mapping[str, Any]) -> UUID:
    """Raises `AnswersInvalid`."""
    team = Team(id=uuid4(), name=_name(work, answers))
    work.session.add(team)
    work.audit("add_team", about=f"team:{team.id}")
    return team.id


@verb
def rename_team(work: Work, team_id: UUID, answers: Mapping[str, Any]) -> None:
    """Raises `AnswersInvalid`, `NotFound`."""
    team = get_team(work, team_id)
    team.name = _name(work, answers, team_id)
    work.audit("rename_team", about=f"team:{team_id}")


def _name(work: Work, answers: Mapping[str, Any], itself: UUID | None = None) -> str:
    said = valid_answers(FORM_OF_ADDING, answers)
    name = str(said["name"])
    others = select(Team.id).where(func.lower(Team.name) == name.lower())
    if set(work.session.scalars(others)) - {itself}:
        raise AnswersInvalid({"name": TAKEN})
    return name
