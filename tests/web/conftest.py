"""A small council at work: its people, one child coming into care, and browsers to visit with."""

import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent))

import pytest
from argon2 import PasswordHasher
from beginning import AUDIT_KEY, MORNING
from home_visit import FILES, PROCEDURE
from once import COMPILED, addresses_compiled_once, built_files_read_once
from postgres import free_port, name_of
from receiver import Receiver
from sqlalchemy import func, select
from visitor import Page, Visitor

from engine.cases import open_case
from engine.clock import FixedClock
from engine.domain import SYSTEM, Actor
from engine.forms import read_answers
from engine.releases import load_folder, load_procedures
from engine.store.database import Database
from engine.store.models import Event
from engine.store.schema import migrate
from engine.tasks import complete_task, task_form
from engine.work import Acting, Installation
from web.app import create_app
from web.settings import Settings
from workflows.accounts import passwords
from workflows.council import set_council_name
from workflows.demonstration.answers import answers_for
from workflows.involvements import Involvement, end_involvement
from workflows.my_tasks import my_tasks
from workflows.people import add_person, find_actor
from workflows.pep.domain import PepDomain
from workflows.pep.starting import start_initial_pep
from workflows.resources import case_resource

BPMN = Path(__file__).parents[2] / "bpmn"
PEOPLE = {
    "wilma": ("Wilma Ashdown", "social_worker"),
    "sven": ("Sven Birkett", "social_worker"),
    "tara": ("Tara Copley", "designated_teacher"),
    "vera": ("Vera Dunnock", "virtual_school"),
    "viktor": ("Viktor Elsworth", "virtual_school"),
    "rob": ("Rob Fairburn", "reviewing_officer"),
    "mona": ("Mona Garrick", "team_manager"),
    "olga": ("Olga Hindmarsh", "process_owner"),
    "max": ("Max Ibbotson", "manager"),
    "iris": ("Iris Jarrold", "information_governance"),
}


@dataclass
class Council:
    """What a test says is done; each person signs in with a browser of their own."""

    installation: Installation
    clock: FixedClock
    wall_clock: FixedClock
    """What sessions run out by."""
    people: dict[str, UUID]
    app: Any

    def later(self, **by: float) -> None:
        """By both clocks, as on any real machine."""
        for each in (self.clock, self.wall_clock):
            each.move_on(timedelta(**by))

    def by(self, name: str) -> Acting:
        actor = find_actor(self.installation.acting(SYSTEM), self.people[name])
        assert isinstance(actor, Actor)
        return self.installation.acting(actor)

    def visitor(self) -> Visitor:
        return Visitor(self.app.test_client())

    def outside_the_demonstration(self, **settings: Any) -> "Council":
        """The same council as it is for real: everybody is asked for a second factor."""
        kept = Settings(secret_key="s" * 32, audit_key=AUDIT_KEY.decode(), **settings)
        app = create_app(self.installation, kept, self.wall_clock)
        app.jinja_env.bytecode_cache = COMPILED
        return replace(self, app=app)

    def sign_in(self, name: str) -> Page:
        return self.visitor().sign_in(f"{name}@council.example")

    def start_case(self, **details: Any) -> UUID:
        """A child who becomes looked after today, with people around them."""
        today = self.clock.now().date().isoformat()
        given = {
            "given_names": "Robin", "family_name": "Testerby", "born_on": "2016-05-04",
            "became_looked_after_on": today, "first_placement_on": today, "entry": "emergency",
            "lives_out_of_area": "no",
            "social_worker": str(self.people["wilma"]), "team_manager": str(self.people["mona"]),
            "designated_teacher": str(self.people["tara"]),
            "reviewing_officer": str(self.people["rob"]),
        }
        return start_initial_pep(self.by("wilma"), {**given, **details})

    def home_visit(self) -> UUID:
        """A running case of the tests' own procedure: Wilma's and Tara's tasks are open."""
        child_id = case_resource(self.by("vera"), self.start_case()).child_id
        assert child_id is not None
        return open_case(self.by("vera"), PROCEDURE, child_id)

    def do(self, name: str, step: str, **answers: Any) -> UUID:
        """This person does their task of that name, and answers as is plausible."""
        by = self.by(name)
        found = my_tasks(by)
        task = next(
            row.task for row in (*found.mine, *found.queue) if row.task.element == step
        )
        asked = task_form(by, task.id)
        raw = answers_for(asked.form, asked.facts, by.today, answers)
        assert not read_answers(asked.form, raw, asked.facts).errors
        complete_task(by, task.id, raw, {key: kept.version for key, kept in asked.kept.items()})
        return task.id

    def task(self, name: str, step: str) -> UUID:
        found = my_tasks(self.by(name))
        return next(
            row.task.id for row in (*found.mine, *found.queue) if row.task.element == step
        )

    def events(self, kind: str, element: str) -> int:
        """How often this has happened at that step, in any case."""
        statement = select(func.count()).where(Event.kind == kind, Event.element == element)
        with self.by("vera").begin(writing=False) as work:
            return work.session.scalar(statement) or 0

    def end(self, name: str, role: str) -> None:
        """Yesterday was the last day of this person's involvement with the one child."""
        yesterday = self.clock.now().date() - timedelta(days=1)
        with self.by("vera").begin() as work:
            held = work.session.scalars(
                select(Involvement.id).where(
                    Involvement.person_id == self.people[name], Involvement.role == role
                )
            )
            for involvement_id in held.all():
                end_involvement(work, involvement_id, yesterday)

    def open_task(self, name: str, step: str) -> Page:
        """This person signs in and opens their task at that step."""
        return self.sign_in(name).visitor.open(f"/tasks/{self.task(name, step)}")

    def gathering_queue(self) -> UUID:
        """A case whose caseworker is not allocated yet: the virtual school's queue has it."""
        case_id = self.start_case()
        self.do("wilma", "initiate_pep")
        return case_id

    def gathering(self) -> UUID:
        """A case in which everyone fills in their part at the same time."""
        case_id = self.gathering_queue()
        self.do("vera", "allocate_caseworker", caseworker=str(self.people["viktor"]))
        return case_id

    def to_signatures(self, **social_work: Any) -> UUID:
        """A case in which both sign next; `social_work` is answered in that step."""
        case_id = self.gathering()
        self.do("wilma", "complete_social_work_sections", **social_work)
        for name, step in (
            ("tara", "complete_education_sections"), ("tara", "record_child_views"),
            ("wilma", "record_carer_view"), ("viktor", "convene_meeting"),
            ("viktor", "hold_pep_meeting"), ("tara", "set_targets_and_actions"),
        ):
            self.do(name, step)
        return case_id

    def both_sign(self) -> None:
        self.do("tara", "sign_off_teacher")
        self.do("wilma", "sign_off_social_worker")


@dataclass(frozen=True)
class Told:
    """What a story has left: a template of its database, and what is known beside it."""

    template: Any
    people: dict[str, UUID]
    now: datetime
    by_the_wall: datetime
    outcome: Any


@pytest.fixture(scope="session", autouse=True)
def applications_made_quickly():
    with addresses_compiled_once(), built_files_read_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def cheap_hasher():
    """Argon2 as in Pepway, made to take no time: thousands of tests sign in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher",
                      PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def password_hash(cheap_hasher):
    return passwords.hash_password("demonstration")


@pytest.fixture(scope="session")
def furnished_file(tmp_path_factory, password_hash):
    """SQLite's file with the council's people and procedures; copied for each test."""
    path = tmp_path_factory.mktemp("council") / "pepway.db"
    return path, _furnished(f"sqlite:///{path}", password_hash)


@pytest.fixture(scope="session")
def furnished_database(postgres, password_hash):
    """The same on PostgreSQL."""
    url = postgres.new_database()
    return name_of(url), _furnished(url, password_hash)


@pytest.fixture
def council(store, request):
    """Every test of the web runs on both stores."""
    yield from request.getfixturevalue(f"new_{store}_council")()


@pytest.fixture
def sqlite_council(new_sqlite_council):
    yield from new_sqlite_council()


@pytest.fixture
def postgres_council(new_postgresql_council):
    yield from new_postgresql_council()


@pytest.fixture(scope="session")
def stories_told():
    """By store and story."""
    return {}


@pytest.fixture
def retold(store, stories_told, copy_of, request):
    """A council to which `story(council)` was told, and what that has returned, which has to be
    plain as ids are. A process tells it once on each store; each test has a copy of its own."""
    with ExitStack() as leaving:

        def retell(story):
            if (store, story) not in stories_told:
                furnished = "furnished_file" if store == "sqlite" else "furnished_database"
                original, people = request.getfixturevalue(furnished)
                stories_told[store, story] = _tell(story, *copy_of(original), people)
            told = stories_told[store, story]
            url, _ = copy_of(told.template)
            if store == "postgresql":
                leaving.callback(request.getfixturevalue("postgres").drop, url)
            council = leaving.enter_context(contextmanager(_at_work)(url, told.people))
            council.clock.move_to(told.now)
            council.wall_clock.move_to(told.by_the_wall)
            return council, told.outcome

        yield retell


@pytest.fixture
def copy_of(store, request, tmp_path_factory):
    """The URL of a copy of a template, and what it is called as a template itself."""

    def copy(original):
        if store == "postgresql":
            url = request.getfixturevalue("postgres").new_database(original)
            return url, name_of(url)
        path = tmp_path_factory.mktemp("council") / "pepway.db"
        path.write_bytes(original.read_bytes())
        return f"sqlite:///{path}", path

    return copy


def _tell(story, url, template, people):
    with contextmanager(_at_work)(url, people) as council:
        outcome = story(council)
        return Told(template, council.people, council.clock.now(), council.wall_clock.now(),
                    outcome)


@pytest.fixture(scope="module")
def council_of_a_module(furnished_file, at_work, tmp_path_factory):
    """On SQLite, for tests that a council may not be made anew for."""
    original, people = furnished_file
    path = tmp_path_factory.mktemp("council") / "pepway.db"
    path.write_bytes(original.read_bytes())
    with at_work(f"sqlite:///{path}", people) as council:
        yield council


@pytest.fixture
def new_sqlite_council(furnished_file, tmp_path):
    original, people = furnished_file

    def new():
        path = tmp_path / "pepway.db"
        path.write_bytes(original.read_bytes())
        yield from _at_work(f"sqlite:///{path}", people)

    return new


@pytest.fixture
def new_postgresql_council(furnished_database, postgres):
    template, people = furnished_database

    def new():
        url = postgres.new_database(template)
        yield from _at_work(url, people)
        postgres.drop(url)

    return new


def _furnished(url, password_hash):
    database = Database(url)
    migrate(database)
    people = _furnish(database, password_hash)
    database.engine.dispose()
    return people


def _furnish(database, password_hash):
    by = Installation(database, FixedClock(MORNING), PepDomain(), AUDIT_KEY).acting(SYSTEM)
    set_council_name(by, "Testerby Council")
    people = {
        key: add_person(by, name, f"{key}@council.example", [role], password_hash)
        for key, (name, role) in PEOPLE.items()
    }
    load_procedures(by, BPMN)
    assert load_folder(by, PROCEDURE, FILES).state == "live"
    return people


@contextmanager
def council_in(folder):
    """A council of its own on SQLite, for runs without pytest."""
    url = f"sqlite:///{folder / 'pepway.db'}"
    people = _furnished(url, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("-"))
    yield from _at_work(url, people)


@pytest.fixture(scope="session")
def at_work():
    """A council of the database at a URL, and of the people that are in it."""
    return contextmanager(_at_work)


def _at_work(url, people):
    database, clock = Database(url), FixedClock(MORNING)
    installation = Installation(database, clock, PepDomain(), AUDIT_KEY)
    settings = Settings(secret_key="s" * 32, audit_key=AUDIT_KEY.decode(), demo=True)
    wall_clock = FixedClock(MORNING)
    app = create_app(installation, settings, wall_clock)
    app.jinja_env.bytecode_cache = COMPILED
    yield Council(installation, clock, wall_clock, dict(people), app)
    database.engine.dispose()


@pytest.fixture
def receiver(tmp_path):
    """A program that a test starts, kills and starts again."""
    made = Receiver(tmp_path, free_port())
    yield made
    made.kill()
