"""`decide`, cell by cell: role, relation, action; and `visible`, which must agree with it.

`access.csv` is the truth, reviewed by people: whoever changes who may do what changes it there too.
A cell holds a letter for each way in which a role is allowed an action, or shown a class of field:

- A anyone, S whoever is signed in
- W for every child of the council; w for those whose record is restricted as well
- R for a child with whom the person is involved in this role today, restricted or not
- H whoever has the task, C whoever may be given it, D whom its sections were given to
- E while the person has emergency access to the child

A conflict of interest takes everything but A and S away.
"""

import csv
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from engine.domain import SYSTEM, Actor
from engine.store.models import Case
from workflows.absences.arranging import Planned, enter_absence
from workflows.absences.days import Days
from workflows.absences.table import MOVES_ALL
from workflows.access import ACTIONS, FIELD_CLASSES, Resource, decide, may_see_field, visible
from workflows.accounts.asking_again import OwnBrowser
from workflows.accounts.sealing import Sealing
from workflows.children import Child
from workflows.involvements import end_involvement, people_around, start_involvement
from workflows.people import add_person
from workflows.resources import case_resource, child_resource, task_resource
from workflows.roles import ROLES
from workflows.sight.conflicts import declare_conflict, declare_conflict_of_others
from workflows.sight.emergencies import open_in_emergency
from workflows.sight.restrictions import restrict_record
from workflows.subject_access.requests import close_request, open_request

BROWSER = OwnBrowser("", Sealing(["s" * 32]), datetime(2026, 1, 5, 9, tzinfo=UTC))
SINCE = date(2026, 1, 5)
UNTIL = datetime(2026, 1, 5, 16, tzinfo=UTC)
CHILD = UUID(int=7)
WAYS = {
    "R": lambda role: {"relations": {role: SINCE}},
    "H": lambda _: {"holds_task": True},
    "C": lambda _: {"may_hold_task": True},
    "D": lambda _: {"delegated": True},
    "E": lambda _: {"emergency_until": UNTIL},
}
with Path(__file__).with_name("access.csv").open(newline="") as file:
    TABLE = {row.pop("what"): row for row in csv.DictReader(file)}


def person(*roles: str) -> Actor:
    return Actor(UUID(int=1), "Someone", frozenset(roles))


def test_the_table_has_a_row_for_every_action_and_class_of_field_and_a_column_for_every_role():
    assert set(TABLE) == set(ACTIONS) | {f"field: {name}" for name in FIELD_CLASSES}
    assert all(list(row) == list(ROLES) for row in TABLE.values())


@pytest.mark.parametrize("what", TABLE)
@pytest.mark.parametrize("role", ROLES)
def test_every_cell_of_role_relation_and_action(role, what):
    letters = set(TABLE[what][role])
    for way, restricted, conflict in product(["", *WAYS], (False, True), (False, True)):
        facts = WAYS[way](role) if way else {}
        resource = Resource("task", CHILD, CHILD, restricted=restricted, conflict=conflict, **facts)

        assert _is_allowed(person(role), what, resource) == _should_be(
            letters, way, restricted=restricted, conflict=conflict
        ), (way, restricted, conflict)


@pytest.mark.parametrize("what", TABLE)
def test_whoever_is_not_signed_in_may_do_what_anyone_may(what):
    open_to_all = {"A"} & {letter for cell in TABLE[what].values() for letter in cell}
    if not what.startswith("field: "):
        assert decide(None, what, Resource("child", CHILD, CHILD)).allowed == bool(open_to_all)


def _is_allowed(actor, what, resource):
    if what.startswith("field: "):
        return may_see_field(actor, what.removeprefix("field: "), resource)
    return decide(actor, what, resource).allowed


def _should_be(letters, way, *, restricted, conflict):
    if letters & {"A", "S"}:
        return True
    if conflict:
        return False
    return bool(letters & ({"w", way} if restricted else {"w", "W", way}))


def test_an_unknown_action_is_denied():
    assert not decide(person(*ROLES), "see_everything").allowed


def test_a_relation_counts_only_with_the_role_itself():
    related = Resource("child", CHILD, CHILD, {"social_worker": SINCE})

    assert not decide(person("designated_teacher"), "see_case", related).allowed


def test_an_allow_says_why():
    related = Resource("child", CHILD, CHILD, {"designated_teacher": SINCE})

    reason = decide(person("designated_teacher"), "see_case", related).reason

    assert reason == "designated teacher since 2026-01-05"


def test_a_class_of_field_that_nobody_declared_is_shown_to_nobody():
    related = Resource("child", CHILD, CHILD, dict.fromkeys(ROLES, SINCE))

    assert not may_see_field(person(*ROLES), "a class that nobody declared", related)


def test_visible_and_decide_agree_for_everyone_and_every_action(small_council):
    vera = small_council.by("vera")
    cases = {
        "near": small_council.start(),
        "far": small_council.start(family_name="Elsewhere", social_worker=str(
            small_council.people["sven"]), team_manager="", designated_teacher="",
            reviewing_officer=""),
        "restricted": small_council.start(family_name="Hidden"),
        "in conflict": small_council.start(family_name="Cousin"),
        "ended": small_council.start(family_name="Moved"),
        "planned": small_council.start(family_name="Coming", designated_teacher=""),
    }
    restrict_record(vera, cases["restricted"].child_id, {
        "reason": "A relative of staff", "named": [str(small_council.people["viktor"])]})
    for name in ("wilma", "max", "tara"):
        declare_conflict(small_council.by(name), cases["in conflict"].child_id,
                         {"reason": "She is my cousin"})
    declare_conflict_of_others(vera, cases["in conflict"].child_id, {
        "person": str(small_council.people["sven"]), "reason": "He is her uncle"})
    for each in people_around(vera, cases["ended"].child_id):
        end_involvement(vera, each.id, vera.today - timedelta(days=1))
    start_involvement(vera, cases["planned"].child_id, small_council.people["tara"],
                      "designated_teacher", vera.today + timedelta(days=1))
    for name in ("near", "restricted"):
        assert open_in_emergency(
            small_council.by("sven"), _emergency(small_council, cases[name]), BROWSER)
    assert open_in_emergency(vera, _emergency(small_council, cases["restricted"]), BROWSER)
    assert open_in_emergency(
        small_council.by("sven"), _emergency(small_council, cases["in conflict"]), BROWSER) is None
    ruth = add_person(small_council.installation.acting(SYSTEM), "Ruth", "ruth@council.example",
                      ["reviewing_officer"])
    small_council.people["ruth"] = ruth
    enter_absence(vera, small_council.people["rob"],
                  Planned(Days(vera.today, None, "leave"), ruth, MOVES_ALL))
    assert _seen(small_council.by("ruth")) == {
        cases[each].child_id for each in ("near", "in conflict", "planned")}
    compared, is_sqlite = set(), small_council.installation.database.is_sqlite

    for name in small_council.people:
        by = small_council.by(name)
        with by.begin(writing=False) as work:
            around = [child_resource(work, case.child_id) for case in cases.values()]
            for action in ACTIONS:
                with work.for_the_council("the filter alone, without the second wall"):
                    shown = set(work.session.scalars(
                        select(Child.id).where(visible(work, Child.id, action))))
                decided = {each.child_id for each in around
                           if decide(by.actor, action, each).allowed}
                assert shown == decided, (name, action)
                compared.add(len(shown))
                if action == "see_case" and name != "iris" and not is_sqlite:
                    in_sight = set(work.session.scalars(select(Child.id)))
                    assert in_sight == shown, (name, "by PostgreSQL alone")
    assert compared >= {0, 1, 2, 3, 4, 5, 6}


def _emergency(council, case):
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        reference = work.session.get_one(Case, case.id).reference
    return {"reference": reference, "reason": "The police asks where the child lives now"}


def test_information_governance_reads_a_child_while_a_request_is_open_and_no_other(small_council):
    asked = small_council.start()
    other = small_council.start(family_name="Elsewhere")
    iris = small_council.by("iris")
    assert not decide(iris.actor, "see_plan", child_resource(iris, asked.child_id)).allowed

    request_id = open_request(iris, asked.child_id, asked_by="Robin, 19", received_on=iris.today)

    decision = decide(iris.actor, "see_plan", child_resource(iris, asked.child_id))
    assert decision.reason == f"information governance since {iris.today.isoformat()}"
    assert _seen(iris) == {asked.child_id}
    assert not decide(iris.actor, "see_plan", child_resource(iris, other.child_id)).allowed
    close_request(iris, request_id, "Answered")
    assert not decide(iris.actor, "see_plan", child_resource(iris, asked.child_id)).allowed
    assert _seen(iris) == set()


def _seen(by):
    with by.begin(writing=False) as work:
        return set(work.session.scalars(
            select(Child.id).where(visible(work, Child.id, "see_plan"))
        ))


def test_access_ends_with_the_day_after_the_involvement(small_council):
    case = small_council.start()
    teacher = small_council.by("tara")
    [involved] = [p for p in people_around(teacher, case.child_id) if p.name == "Tara"]
    assert decide(teacher.actor, "see_case", case_resource(teacher, case.id)).allowed

    end_involvement(small_council.by("vera"), involved.id, teacher.today)
    assert decide(teacher.actor, "see_case", case_resource(teacher, case.id)).allowed
    small_council.clock.move_on(timedelta(days=1))

    assert not decide(teacher.actor, "see_case", case_resource(teacher, case.id)).allowed


def test_a_finished_task_opens_nothing_any_more(small_council):
    case = small_council.start()
    task = case.open()["initiate_pep"]
    case.do("initiate_pep", "wilma")

    resource = task_resource(small_council.by("sven"), task.id)

    assert not resource.holds_task
    assert not decide(small_council.actor("sven"), "see_task", resource).allowed
