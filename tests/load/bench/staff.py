"""The people and schools of a council of any size, and who of them stands around which child."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from bulk import Bulk
from stamping import Life, Lives, Stamp

from workflows.accounts.passwords import hash_password
from workflows.demonstration.council import PEOPLE, SCHOOLS
from workflows.school_names import words_in

PASSWORD = "demonstration"
TEAM = 10
"""Social workers under one team manager."""
SHARES = {
    "Quillbeck Primary School": 50, "Osmerdale Academy": 24, "Tarnhollow School": 8,
    "Hasperton College": 6, "Mirkwell Nursery": 6, "Ebbering High School": 4,
    "Thornwick Primary School": 2,
}
"""Of a hundred schools, how many are like each of the demonstration's."""
PERSON = {person.name: person for person in PEOPLE}
SCHOOL = {school.name: school for school in SCHOOLS}
ONE_EACH = ("process_owner", "manager", "administrator", "school_colleague",
            "information_governance")

GIVEN = (
    "Ada", "Bilal", "Cerys", "Dylan", "Elsie", "Farah", "Gethin", "Hana", "Isaac", "Jodie", "Kofi",
    "Lena", "Musa", "Nia", "Oscar", "Priya", "Quinn", "Rosa", "Saul", "Tess", "Umar", "Vita",
    "Wren", "Xander", "Yusuf", "Zara",
)
FAMILY = tuple(
    first + last for first in ("Ash", "Beck", "Carr", "Dun", "Elm", "Fell", "Garth", "Holm", "Ing",
                               "Kirk", "Lang", "Mar", "Nun", "Oak", "Pick", "Raw", "Stain", "Thorn")
    for last in ("by", "croft", "dale", "field", "ham", "ley", "more", "thwaite", "ton", "wick")
)


@dataclass(frozen=True, slots=True)
class Numbers:
    social_workers: int
    reviewing_officers: int
    virtual_school: int
    schools: int


class Staff:
    def __init__(self, lives: Lives, stamp: Stamp, chance: Random, numbers: Numbers) -> None:
        self._chance, self._stamp = chance, stamp
        self._told = {hex_: PERSON[name] for hex_, name in lives.people.items()}
        self._told_teams = lives.teams
        self._like = {hex_: SCHOOL[name] for hex_, name in lives.schools.items()}
        teams = -(-numbers.social_workers // TEAM)
        self._by_role = {
            role: [stamp.new_id() for _ in range(count)] for role, count in (
                ("social_worker", numbers.social_workers), ("team_manager", teams),
                ("reviewing_officer", numbers.reviewing_officers),
                ("virtual_school", numbers.virtual_school), *((role, 1) for role in ONE_EACH),
            )
        }
        self._teams = [stamp.new_id() for _ in range(teams)]
        self._schools = {
            name: [(stamp.new_id(), stamp.new_id()) for _ in range(max(1, numbers.schools
                                                                       * share // 100))]
            for name, share in SHARES.items()
        }
        """By the school that it is like: its id and its designated teacher's."""

    def write(self, bulk: Bulk) -> None:
        password, rows = hash_password(PASSWORD), bulk.written.rows
        teachers = [teacher for schools in self._schools.values() for _, teacher in schools]
        roles = {**self._by_role, "designated_teacher": teachers}
        people = [(who, role, at) for role, ids in roles.items() for at, who in enumerate(ids)]
        bulk.take("team", ("id", "name"), rows(
            (each, f"Team {at}") for at, each in enumerate(self._teams, 1)
        ))
        bulk.take("person", ("id", "name", "email", "password_hash", "active", "team_id"), rows(
            (who, self.name(), f"{role}.{at}@large.example", password, 1, self._team(role, at))
            for who, role, at in people
        ))
        bulk.take("person_role", ("person_id", "role"),
                  rows((who, role) for who, role, _ in people))
        schools = [(school, SCHOOL[name]) for name, found in self._schools.items()
                   for school, _ in found]
        named = [(each, f"{self._chance.choice(FAMILY)} School {at}", like)
                 for at, (each, like) in enumerate(schools)]
        bulk.take("school", ("id", "urn", "name", "phase", "area"), rows(
            (each, 100_000 + at, name, like.phase, like.area)
            for at, (each, name, like) in enumerate(named)
        ))
        bulk.take("school_word", ("word", "school_id"), rows(
            (word, each) for each, name, _ in named for word in sorted(words_in(name))))

    def name(self) -> str:
        return f"{self._chance.choice(GIVEN)} {self._chance.choice(FAMILY)}"

    def around(self, life: Life, number: int) -> Mapping[str, str]:
        """Who and which school stands in this life instead of those of the demonstration.

        Children go round the council's people in turn, so that everyone has as much to do.
        """
        schools = {told: self._chance.choice(self._schools[like.name])
                   for told, like in self._like.items()}
        teacher_at = {like.name: schools[told][1] for told, like in self._like.items()}
        worker = number % len(self._by_role["social_worker"])
        own = {
            "social_worker": worker, "team_manager": worker // TEAM,
            "reviewing_officer": number % len(self._by_role["reviewing_officer"]),
        }
        return {
            **{told: school for told, (school, _) in schools.items()},
            **dict.fromkeys(self._told_teams, self._teams[worker // TEAM]),
            **{told: teacher_at[person.school] if person.school
               else self._one_of(person.role, own if life.own.get(person.role) == told else {})
               for told, person in self._told.items()},
        }

    def _one_of(self, role: str, own: Mapping[str, int]) -> str:
        people = self._by_role[role]
        return people[own[role]] if role in own else self._chance.choice(people)

    def _team(self, role: str, number: int) -> str | None:
        if role == "social_worker":
            return self._teams[number // TEAM]
        return self._teams[number] if role == "team_manager" else None
