"""Somebody leaves: their account ends, and no child is without."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from engine.domain import SYSTEM
from engine.errors import AnswersInvalid, Refused
from engine.store.models import Audit, Outbox, Task
from engine.tasks import claim_task, reassign_task
from workflows.administration import leaving
from workflows.administration.leaving import (
    come_back,
    leave,
    pass_on_child,
    what_is_theirs,
)
from workflows.administration.people import add_colleague, give_role, person_page, take_role_away
from workflows.children import Child
from workflows.involvements import Involvement, people_around, start_involvement
from workflows.my_tasks import my_tasks
from workflows.new_day import begin_day
from workflows.people import add_person, find_actor
from workflows.sight.conflicts import declare_conflict_of_others
from workflows.tokens import TokenSpent, add_token, find_bearer


@pytest.fixture
def ada(small_council):
    return small_council.by("ada")


def parts(day):
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def today(council, **more):
    return {"last_day": parts(council.clock.now().date()), **more}


def held_by(council, name):
    with council.by("vera").begin(writing=False) as work:
        return work.session.scalar(select(func.count()).select_from(Task).where(
            Task.assignee_id == council.people[name], Task.status == "open"))


def around(council, case):
    return {each.role: each.name for each in people_around(council.by("vera"), case.child_id)}


def test_today_the_account_ends_and_a_colleague_has_the_children_at_once(small_council, ada):
    case = small_council.start()
    wilma, sven = (small_council.people[name] for name in ("wilma", "sven"))
    token = add_token(small_council.installation.acting(SYSTEM), wilma, frozenset({"read"}))

    leave(ada, wilma, today(small_council, successor=str(sven)))

    assert find_actor(ada, wilma) is None
    with pytest.raises(TokenSpent):
        find_bearer(ada, token)
    assert case.open()["initiate_pep"].assignee_id == sven
    small_council.clock.move_on(timedelta(days=1))
    assert around(small_council, case)["social_worker"] == "Sven"
    page = person_page(ada, wilma)
    assert (page.person.active, page.left_to_move, page.children) == (False, False, 0)


def test_without_a_successor_the_rule_says_who_gets_the_tasks(small_council, ada):
    case = small_council.start()

    leave(ada, small_council.people["wilma"], today(small_council))

    task = case.open()["initiate_pep"]
    assert (task.assignee_id, task.covered_by) == (small_council.people["mona"], "team_manager")


def test_on_a_later_day_all_stays_until_it_is_over(small_council, ada):
    case = small_council.start()
    wilma, sven = (small_council.people[name] for name in ("wilma", "sven"))
    last = small_council.clock.now().date() + timedelta(days=3)

    leave(ada, wilma, {"last_day": parts(last), "successor": str(sven)})

    assert find_actor(ada, wilma) is not None
    assert case.open()["initiate_pep"].assignee_id == wilma
    small_council.clock.move_on(timedelta(days=3))
    begin_day(small_council.installation.acting(SYSTEM))
    assert find_actor(ada, wilma) is not None
    small_council.clock.move_on(timedelta(days=1))
    begin_day(small_council.installation.acting(SYSTEM))
    assert find_actor(ada, wilma) is None
    assert case.open()["initiate_pep"].assignee_id == sven
    assert not person_page(ada, wilma).left_to_move


def test_tasks_that_were_claimed_or_given_by_name_move_too(small_council, ada):
    claimed, given = small_council.start(), small_council.start(family_name="Other")
    for case in (claimed, given):
        case.do("initiate_pep", "wilma")
    viktor = small_council.people["viktor"]
    claim_task(small_council.by("viktor"), claimed.open()["allocate_caseworker"].id)
    reassign_task(small_council.by("vera"), given.open()["allocate_caseworker"].id, viktor, "Away")
    assert held_by(small_council, "viktor") == 2

    leave(ada, viktor, today(small_council))

    assert held_by(small_council, "viktor") == 0
    for case in (claimed, given):
        assert case.open()["allocate_caseworker"].assignee_id == small_council.people["vera"]


def test_a_successor_who_must_not_see_a_child_does_not_get_it(small_council, ada):
    case = small_council.start()
    sven = small_council.people["sven"]
    declare_conflict_of_others(small_council.by("vera"), case.child_id, {
        "person": str(sven), "reason": "Her uncle"})

    leave(ada, small_council.people["wilma"], today(small_council, successor=str(sven)))

    assert case.open()["initiate_pep"].assignee_id == small_council.people["mona"]
    small_council.clock.move_on(timedelta(days=1))
    assert "social_worker" not in around(small_council, case)


def three_hundred(council, name, role):
    with council.by("vera").begin() as work:
        for number in range(300):
            child = Child(reference=f"C-{number}", given_names="A", family_name="B",
                          born_on=date(2015, 1, 1), looked_after_on=date(2026, 1, 1))
            work.session.add(child)
            work.session.flush()
            work.session.add(Involvement(person_id=council.people[name], child_id=child.id,
                                         role=role, starts_on=date(2026, 1, 1)))


def children_of(council, name):
    with council.by("vera").begin(writing=False) as work:
        return set(work.session.scalars(select(Involvement.child_id).where(
            Involvement.person_id == council.people[name], Involvement.ends_on.is_(None))))


def test_what_breaks_off_among_300_children_is_gone_on_with(small_council, ada, monkeypatch):
    three_hundred(small_council, "wilma", "social_worker")
    case = small_council.start()
    wilma, sven = (small_council.people[name] for name in ("wilma", "sven"))
    passed = []

    def breaks_off(by, person_id, child_id):
        if len(passed) == 120:
            raise KeyboardInterrupt
        pass_on_child(by, person_id, child_id)
        passed.append(child_id)

    monkeypatch.setattr(leaving, "pass_on_child", breaks_off)
    with pytest.raises(KeyboardInterrupt):
        leave(ada, wilma, today(small_council, successor=str(sven)))
    both = children_of(small_council, "wilma"), children_of(small_council, "sven")
    assert [len(each) for each in both] == [181, 120]
    assert not both[0] & both[1]
    assert find_actor(ada, wilma) is None
    assert person_page(ada, wilma).left_to_move
    with pytest.raises(Refused):
        come_back(ada, wilma)

    monkeypatch.undo()
    begin_day(small_council.installation.acting(SYSTEM))

    assert children_of(small_council, "wilma") == set()
    assert len(children_of(small_council, "sven")) == 301
    assert case.open()["initiate_pep"].assignee_id == sven
    assert not person_page(ada, wilma).left_to_move


def test_a_child_that_cannot_be_passed_on_does_not_stop_the_others(
    small_council, ada, monkeypatch, caplog
):
    stuck, other = small_council.start(), small_council.start(family_name="Other")
    stuck_id = stuck.child_id

    def breaks(by, person_id, child_id):
        if child_id == stuck_id:
            raise ValueError
        pass_on_child(by, person_id, child_id)

    monkeypatch.setattr(leaving, "pass_on_child", breaks)
    wilma = small_council.people["wilma"]
    leave(ada, wilma, today(small_council))

    assert other.open()["initiate_pep"].assignee_id == small_council.people["mona"]
    assert f"child {stuck_id} could not be passed on" in caplog.text
    assert person_page(ada, wilma).left_to_move


def test_the_preview_counts_and_names_nobody(small_council, ada):
    small_council.start()
    small_council.start(family_name="Other")

    theirs = what_is_theirs(ada, small_council.people["wilma"])

    assert (theirs.tasks, theirs.involvements) == (2, {"social_worker": 2})


def test_whoever_comes_back_has_roles_and_no_children(small_council, ada):
    small_council.start()
    wilma = small_council.people["wilma"]
    leave(ada, wilma, today(small_council))

    come_back(ada, wilma)

    small_council.clock.move_on(timedelta(days=1))
    assert find_actor(ada, wilma).roles == {"social_worker"}
    assert person_page(ada, wilma).children == 0
    assert my_tasks(small_council.by("wilma")).mine == []


@pytest.mark.parametrize(("days", "says"), [(-1, "Enter today"), (800, "within the next two")])
def test_a_day_that_cannot_be_is_said(small_council, ada, days, says):
    day = small_council.clock.now().date() + timedelta(days=days)

    with pytest.raises(AnswersInvalid) as refused:
        leave(ada, small_council.people["wilma"], {"last_day": parts(day)})

    assert says in refused.value.errors["last_day"]


def test_the_last_administrator_neither_leaves_nor_loses_the_role(small_council, ada):
    system = small_council.installation.acting(SYSTEM)
    for last in (lambda: leave(system, ada.actor.id, today(small_council)),
                 lambda: take_role_away(system, ada.actor.id, "administrator")):
        with pytest.raises(Refused, match="last administrator"):
            last()

    later = parts(small_council.clock.now().date() + timedelta(days=9))
    second = add_person(system, "Ben", "ben@council.example", ["administrator"], "-")
    leave(ada, second, {"last_day": later})
    with pytest.raises(Refused, match="last administrator"):
        take_role_away(system, ada.actor.id, "administrator")


def test_nobody_gives_a_role_to_themselves_and_others_hear_of_powerful_ones(small_council, ada):
    system = small_council.installation.acting(SYSTEM)
    ben = add_person(system, "Ben", "ben@council.example", ["administrator"], "-")
    with pytest.raises(Refused, match="Nobody does this for themselves"):
        give_role(ada, ada.actor.id, {"role": "virtual_school"})

    give_role(ada, small_council.people["wilma"], {"role": "team_manager"})
    assert told(small_council) == []
    give_role(ada, small_council.people["wilma"], {"role": "virtual_school"})
    assert told(small_council) == [ben]
    add_colleague(ada, {"name": "Zoe Zed", "email": "zoe@council.example",
                        "roles": ["process_owner"]})
    assert told(small_council) == [ben, ben]
    with system.begin(writing=False) as work:
        given = work.session.scalars(select(Audit).where(Audit.action == "give_role")).all()
    assert [row.data["role"] for row in given] == ["team_manager", "virtual_school"]


def told(council):
    with council.by("vera").begin(writing=False) as work:
        return list(work.session.scalars(
            select(Outbox.person_id).where(Outbox.kind == "powerful_role_given")))


def test_a_role_with_children_is_not_taken_away(small_council, ada):
    case = small_council.start()
    sven = small_council.people["sven"]
    start_involvement(small_council.by("vera"), case.child_id, sven, "social_worker",
                      small_council.clock.now().date() + timedelta(days=5))

    with pytest.raises(Refused, match="As social worker this person works with one child"):
        take_role_away(ada, sven, "social_worker")


def test_with_a_role_of_the_whole_council_go_its_tasks(small_council, ada):
    case = small_council.start()
    case.do("initiate_pep", "wilma")
    claim_task(small_council.by("viktor"), case.open()["allocate_caseworker"].id)

    take_role_away(ada, small_council.people["viktor"], "virtual_school")

    assert case.open()["allocate_caseworker"].assignee_id == small_council.people["vera"]
