"""What PostgreSQL shows to each person where nothing else holds them back, table by table."""

import pkgutil
from datetime import UTC, date, datetime
from importlib import import_module
from itertools import count
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Boolean, Date, Integer, LargeBinary, String, Uuid, insert, select, text

import workflows
from engine.answering import Answer, Unaudited
from engine.domain import SYSTEM
from engine.store.base import Base, UtcDateTime
from engine.store.models import Case, Task
from engine.store.sight import CHILDS, COUNCIL
from workflows.children import Child
from workflows.delegations import Delegation
from workflows.involvements import end_involvement, people_around
from workflows.people import add_person
from workflows.pep.plan import RecordVersion

NEAR = {"wilma", "tara", "rob", "mona"}
SCHOOL = {"vera", "viktor"}
PLAN = {"attached_file", "attachment", "contribution", "copy", "held_file", "meeting",
        "meeting_invitation", "plan_filing", "record_value", "record_version", "section_comment",
        "correction", "withholding"}
"""What is written in the plan, and for no manager."""

for module in pkgutil.walk_packages(workflows.__path__, "workflows."):
    import_module(module.name)  # so that every table is known


@pytest.fixture
def store():
    """The wall is PostgreSQL's alone."""
    return "postgresql"


class TwoChildren:
    """Each with a row in every table that is a child's; whose row it is, is known by its key."""

    def __init__(self, council):
        self.council = council
        add_person(council.installation.acting(SYSTEM), "Cora", "cora@council.example",
                   ["school_colleague"], "-")
        council.people["cora"] = self._person("cora")
        self.near = council.start()
        self.far = council.start(
            family_name="Elsewhere", social_worker=str(council.people["sven"]),
            team_manager="", designated_teacher="", reviewing_officer="",
        )
        self._whose = {}
        self._numbers = count(1000)
        with council.installation.database.as_owner() as owner, owner.begin() as connection:
            connection.execute(text("SET session_replication_role = replica"))  # any row will do
            for case in (self.near, self.far):
                self._plant(connection, case)

    def seen(self, name, table):
        """The children of whom this person has planted rows of a table in sight."""
        with self.council.by(name).begin(writing=False) as work:
            rows = work.session.execute(select(*_key(table))).all()
        whose = {self._whose.get((table.name, *row)) for row in rows}
        return whose - {None}

    def _person(self, name):
        with self.council.installation.acting(SYSTEM).begin(writing=False) as work:
            found = work.session.scalar(
                text("SELECT id FROM person WHERE email = :email"),
                {"email": f"{name}@council.example"},
            )
        return found if isinstance(found, UUID) else UUID(str(found))

    def _plant(self, connection, case):
        known = {"child_id": case.child_id, "case_id": case.id, "meeting_id": uuid4(),
                 "task_id": connection.scalar(select(Task.id).where(Task.case_id == case.id)),
                 "version_id": connection.scalar(
                     select(RecordVersion.id).where(RecordVersion.child_id == case.child_id))}
        for name in sorted(CHILDS):
            table = Base.metadata.tables[name]
            own = {"meeting": {"id": known["meeting_id"]},
                   "child": {"id": case.child_id}}.get(name, {})
            if name == "child":
                self._whose[name, case.child_id] = case.child_id
                continue
            row = {column.name: own.get(column.name, self._value(column, known))
                   for column in table.columns
                   if not (column.name == "seq" and column.primary_key)}
            keys = connection.execute(insert(table).values(row).returning(*_key(table))).one()
            self._whose[name, *keys] = case.child_id

    def _value(self, column, known):
        hangs_on = "child_id" if "child_id" in column.table.columns else column.name
        if column.name == hangs_on and hangs_on in known:
            return known[column.name]
        kind = column.type
        if isinstance(kind, Uuid):
            return uuid4()
        if isinstance(kind, String):
            return uuid4().hex[:kind.length or 32]
        if isinstance(kind, Boolean):
            return False
        if isinstance(kind, Integer):
            return next(self._numbers)
        if isinstance(kind, Date):
            return date(2020, 1, 1)
        if isinstance(kind, UtcDateTime):
            return datetime(2020, 1, 1, tzinfo=UTC)
        return b"" if isinstance(kind, LargeBinary) else {}


def _key(table):
    return tuple(table.primary_key.columns)


@pytest.fixture
def two(small_council):
    return TwoChildren(small_council)


def test_every_table_shows_each_person_their_own_children_alone(two):
    near, far = two.near.child_id, two.far.child_id
    for name in sorted(CHILDS):
        table = Base.metadata.tables[name]
        managers = set() if name in PLAN else {near, far}
        expected = {
            **{each: {near} for each in NEAR}, **{each: {near, far} for each in SCHOOL},
            "sven": {far}, "max": managers, "olga": set(), "ada": set(), "cora": set(),
        }
        assert {who: two.seen(who, table) for who in expected} == expected, name


def test_a_policy_that_is_gone_is_seen(two):
    """The test above would fail."""
    with two.council.installation.database.as_owner() as owner, owner.begin() as connection:
        connection.execute(text("DROP POLICY in_sight ON copy"))
        connection.execute(text("ALTER TABLE copy DISABLE ROW LEVEL SECURITY"))

    assert two.seen("wilma", Base.metadata.tables["copy"]) == {two.near.child_id,
                                                               two.far.child_id}


def test_within_one_transaction_each_look_sees_its_own(two):
    """What a look has found out is kept until the next one, and no longer."""
    council, near, far = two.council, two.near.child_id, two.far.child_id
    with council.by("wilma").begin(writing=False) as work:
        def sees(name):
            work.look(name if name == COUNCIL else str(council.people[name]))
            return set(work.session.scalars(select(Child.id))) & {near, far}

        assert [sees(each) for each in ("wilma", "sven", COUNCIL, "cora", "vera", "sven")] == [
            {near}, {far}, {near, far}, set(), {near, far}, {far}]


def test_sight_ends_with_the_day_after_the_involvement(two):
    council, child = two.council, Base.metadata.tables["child"]
    [tara] = [each for each in people_around(council.by("vera"), two.near.child_id)
              if each.name == "Tara"]
    end_involvement(council.by("vera"), tara.id, council.by("vera").today)
    assert two.seen("tara", child) == {two.near.child_id}

    council.move_to("2026-03-26")

    assert two.seen("tara", child) == set()


def test_a_role_that_is_taken_away_and_a_person_who_has_left_see_nothing(two):
    council, child = two.council, Base.metadata.tables["child"]
    with council.by("vera").begin() as work:
        work.session.execute(text("DELETE FROM person_role WHERE person_id = :id"),
                             {"id": council.people["wilma"]})
        work.session.execute(text("UPDATE person SET active = false WHERE id IN (:one, :two)"),
                             {"one": council.people["rob"], "two": council.people["viktor"]})

    for name in ("wilma", "rob", "viktor"):
        by = council.installation.acting(council.actor("vera"))
        with by.begin(writing=False) as work:
            work.look(str(council.people[name]))
            assert work.session.scalars(select(child.c.id)).all() == [], name


def test_what_a_teacher_gives_to_a_colleague_is_in_sight_until_it_is_taken_back(two):
    council, child = two.council, Base.metadata.tables["child"]
    with council.by("vera").begin() as work:
        case = work.session.get_one(Case, two.near.id)
        task = work.session.scalars(select(Task).where(Task.case_id == case.id)).first()
        task.assignee_id, task.status = council.people["tara"], "open"
        given = Delegation(id=uuid4(), task_id=task.id, person_id=council.people["cora"],
                           given_by=council.people["tara"], given_at=work.now, until=None,
                           taken_back_at=None)
        work.session.add(given)
        work.event(case, "task_delegated", task=task)
    assert two.seen("cora", child) == {two.near.child_id}

    with council.by("vera").begin() as work:
        row = work.session.get_one(Delegation, given.id)
        row.taken_back_at = work.now
        work.event(None, "delegation_ended", child_id=two.near.child_id)

    assert two.seen("cora", child) == set()


def test_a_change_that_nothing_tells_of_is_not_kept(two):
    def slip():
        vera = two.council.installation.acting(two.council.actor("vera"), Answer())
        with vera.begin() as work:
            work.session.get_one(Case, two.near.id).reference = "SLIP"

    with pytest.raises(Unaudited, match="nothing says who changed case"):
        slip()

    with two.council.by("vera").begin(writing=False) as work:
        assert work.session.get_one(Case, two.near.id).reference != "SLIP"
