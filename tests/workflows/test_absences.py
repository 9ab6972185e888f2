"""Somebody is away: who has their tasks, who sees their children, and what goes back."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from engine.domain import SYSTEM
from engine.errors import AnswersInvalid, NotFound
from engine.store.models import Audit, Outbox, Task
from engine.tasks import (
    claim_task,
    complete_task,
    save_draft,
    task_form,
)
from workflows.absences.arranging import Planned, end_absence, enter_absence
from workflows.absences.days import Days
from workflows.absences.preview import preview
from workflows.absences.suggesting import open_tasks_of
from workflows.absences.table import Absence
from workflows.access import decide, visible
from workflows.administration.leaving import leave
from workflows.board.live_map import who_may_hold
from workflows.children import Child
from workflows.delegations import delegate_task, delegated_form
from workflows.demonstration.answers import answers_for
from workflows.involvements import (
    end_involvement,
    people_around,
    people_around_child,
    start_involvement,
)
from workflows.my_actions import my_actions
from workflows.my_tasks import my_tasks
from workflows.people import add_person
from workflows.pep.meetings.invitations import Invitation
from workflows.resources import child_resource, task_resource
from workflows.sight.conflicts import declare_conflict_of_others
from workflows.sight.restrictions import restrict_record
from workflows.task_page import task_page
from workflows.workload.giving import chosen_tasks, who_could_take


@contextmanager
def counting(council, sent):
    """Notes every statement that is sent meanwhile."""
    def note(_connection, _cursor, statement, *_more):
        sent.append(statement)

    engine = council.installation.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield
    event.remove(engine, "before_cursor_execute", note)


def away(council, who, cover=None, *, by="vera", begins=0, lasts=5, moves="all"):
    """From some days after today on, for so many days; None for an open end."""
    first = council.by(by).today + timedelta(days=begins)
    last = None if lasts is None else first + timedelta(days=lasts - 1)
    cover_id = council.people[cover] if cover else None
    return enter_absence(council.by(by), council.people[who],
                         Planned(Days(first, last, "leave"), cover_id, moves))


def days_later(council, days):
    council.clock.move_on(timedelta(days=days))
    council.installation.domain.day_begins(council.installation.acting(SYSTEM))


def holder(council, case, element):
    names = {person: name for name, person in council.people.items()}
    return names.get(case.open()[element].assignee_id)


@pytest.mark.parametrize("cover", ["sven", None])
def test_what_was_shown_before_is_what_happens(small_council, cover):
    case = small_council.start()
    first = small_council.by("vera").today
    shown = preview(small_council.by("vera"), small_council.people["wilma"], Planned(
        Days(first, None, "leave"), small_council.people[cover] if cover else None, "all"))

    away(small_council, "wilma", cover, lasts=None)

    task, = [*shown.moving, *shown.staying]
    has = holder(small_council, case, "initiate_pep")
    assert bool(task.goes_to) == (has != "wilma")
    assert (task.goes_to == shown.cover) == (has == "sven") == bool(cover)
    assert shown.cover_after - shown.cover_before == (has == "sven")


@pytest.mark.parametrize("cover", ["vera", None])
def test_what_was_shown_of_a_caseworkers_tasks_is_what_happens(small_council, cover):
    case = small_council.start()
    case.do("initiate_pep", "wilma")
    claim_task(small_council.by("viktor"), case.open()["allocate_caseworker"].id)
    first = small_council.by("vera").today
    shown = preview(small_council.by("vera"), small_council.people["viktor"], Planned(
        Days(first, None, "leave"), small_council.people[cover] if cover else None, "all"))

    away(small_council, "viktor", cover, lasts=None)

    task, = shown.moving
    assert task.goes_to == ("Vera" if cover else "whoever takes it: virtual school")
    assert holder(small_council, case, "allocate_caseworker") == cover


def test_where_tasks_go_and_who_could_take_them_is_read_at_once_of_all_children(small_council):
    vera, wilma = small_council.by("vera"), small_council.people["wilma"]
    planned = Planned(Days(vera.today, None, "leave"), small_council.people["sven"], "all")
    sent = []

    def statements_for(children):
        for number in range(children):
            small_council.start(family_name=f"{children} and {number}")
        with vera.begin(writing=False) as work:
            ids = work.session.scalars(select(Task.id).where(Task.assignee_id == wilma)).all()
        sent.clear()
        preview(vera, wilma, planned)
        tasks = chosen_tasks(vera, wilma, ids)
        who_could_take(vera, wilma, tasks)
        return len(tasks), len(sent)

    with counting(small_council, sent):
        statements_for(1)
        few, many = statements_for(1), statements_for(4)

    assert (few[0], many[0]) == (2, 6)
    assert many[1] == few[1]


@pytest.mark.parametrize(("roles", "goes"), [(("social_worker",), True), (("manager",), False)])
def test_nobody_covers_in_a_role_that_they_do_not_hold(small_council, roles, goes):
    case = small_council.start()
    wilma, sven = (small_council.people[each] for each in ("wilma", "sven"))
    with small_council.by("vera").begin(writing=False) as work:
        around = people_around_child(work.session, case.child_id, work.today)

    holders = around.without(wilma, sven, roles).people_for("social_worker")

    assert holders.may_hold(sven) is goes


def test_a_task_that_was_late_already_came_to_whoever_covers_that_day(small_council):
    case = small_council.start()
    days_later(small_council, 7)
    away(small_council, "wilma", "sven")

    page = task_page(small_council.by("sven"), case.open()["initiate_pep"].id)

    assert page.came_late_on == small_council.by("sven").today


def sees(council, name, case):
    """By both walls."""
    by = council.by(name)
    decided = decide(by.actor, "see_plan", child_resource(by, case.child_id)).allowed
    with by.begin(writing=False) as work:
        shown = case.child_id in set(work.session.scalars(
            select(Child.id).where(visible(work, Child.id, "see_plan"))))
        is_sqlite = council.installation.database.is_sqlite
        in_sight = decided if is_sqlite else work.session.get(Child, case.child_id) is not None
    assert decided == shown == in_sight
    return decided


def begin(council, name, case, element):
    """Somebody writes one answer of it."""
    by, task = council.by(name), case.open()[element]
    asked = task_form(by, task.id)
    answers = answers_for(asked.form, asked.facts, by.today, {})
    save_draft(by, task.id, dict([next(iter(answers.items()))]))


def test_while_she_is_away_the_cover_has_her_tasks_and_sees_her_children(small_council):
    case = small_council.start()
    assert not sees(small_council, "sven", case)

    away(small_council, "wilma", "sven")

    task = case.open()["initiate_pep"]
    assert holder(small_council, case, "initiate_pep") == "sven"
    assert task.stands_in_for == small_council.people["wilma"]
    assert sees(small_council, "sven", case)
    assert sees(small_council, "wilma", case)
    sven = small_council.by("sven")
    assert [row.child.id for row in my_tasks(sven).mine] == [case.child_id]
    reason = decide(sven.actor, "see_plan", child_resource(sven, case.child_id)).reason
    assert reason == f"covers for a social worker since {sven.today}"
    [event] = case.events("task_covered")
    assert (event.data["old"], event.data["new"]) == (
        str(small_council.people["wilma"]), str(small_council.people["sven"]))


def test_when_she_is_back_what_is_open_goes_back_and_the_cover_sees_no_more(small_council):
    case = small_council.start()
    away(small_council, "wilma", "sven", lasts=5)
    days_later(small_council, 4)
    assert holder(small_council, case, "initiate_pep") == "sven"

    days_later(small_council, 1)

    task = case.open()["initiate_pep"]
    assert holder(small_council, case, "initiate_pep") == "wilma"
    assert (task.stands_in_for, task.assigned_by) == (None, "rule")
    assert not sees(small_council, "sven", case)
    assert my_tasks(small_council.by("sven")).mine_count == 0


def test_what_the_cover_has_begun_stays_and_with_it_the_sight_of_that_child(small_council):
    case = small_council.start()
    other = small_council.start(family_name="Elsewhere")
    away(small_council, "wilma", "sven")
    begin(small_council, "sven", case, "initiate_pep")

    days_later(small_council, 5)

    assert holder(small_council, case, "initiate_pep") == "sven"
    assert sees(small_council, "sven", case)
    assert not sees(small_council, "sven", other)
    assert holder(small_council, other, "initiate_pep") == "wilma"
    case.do("initiate_pep", "sven")
    assert not sees(small_council, "sven", case)


def test_new_tasks_and_new_children_of_hers_go_to_the_cover_too(small_council):
    away(small_council, "wilma", "sven")

    case = small_council.start()

    assert holder(small_council, case, "initiate_pep") == "sven"
    assert sees(small_council, "sven", case)
    case.do("initiate_pep", "sven")
    case.do("allocate_caseworker", "vera")
    assert holder(small_council, case, "complete_social_work_sections") == "sven"
    days_later(small_council, 5)
    assert holder(small_council, case, "complete_social_work_sections") == "wilma"


def test_without_a_cover_the_role_that_covers_has_them_for_as_long(small_council):
    case = small_council.start()

    away(small_council, "wilma")

    task = case.open()["initiate_pep"]
    assert holder(small_council, case, "initiate_pep") == "mona"
    assert (task.covered_by, task.stands_in_for) == (
        "team_manager", small_council.people["wilma"])
    days_later(small_council, 5)
    task = case.open()["initiate_pep"]
    assert holder(small_council, case, "initiate_pep") == "wilma"
    assert task.covered_by is None


def test_of_what_she_has_already_only_what_is_due_meanwhile_may_move(small_council):
    case = small_council.start()
    assert case.open()["initiate_pep"].due_on > small_council.by("vera").today

    away(small_council, "wilma", "sven", lasts=1, moves="due")

    assert holder(small_council, case, "initiate_pep") == "wilma"
    declare_conflict_of_others(small_council.by("vera"), case.child_id, {
        "person": str(small_council.people["rob"]), "reason": "Her uncle"})
    assert holder(small_council, case, "initiate_pep") == "wilma", "the rule ran once more"


def test_or_none_of_it_while_new_tasks_are_covered(small_council):
    case = small_council.start()
    case.do("initiate_pep", "wilma")
    case.do("allocate_caseworker", "vera")
    away(small_council, "wilma", "sven", lasts=None, moves="none")
    assert holder(small_council, case, "complete_social_work_sections") == "wilma"

    later = small_council.start(family_name="Second")

    assert holder(small_council, later, "initiate_pep") == "sven"


def test_an_absence_that_is_entered_ahead_begins_with_its_day(small_council):
    case = small_council.start()
    away(small_council, "wilma", "sven", begins=3)
    assert holder(small_council, case, "initiate_pep") == "wilma"
    assert not sees(small_council, "sven", case)

    days_later(small_council, 3)

    assert holder(small_council, case, "initiate_pep") == "sven"
    assert sees(small_council, "sven", case)


def test_whoever_is_back_early_has_the_tasks_at_once(small_council):
    case = small_council.start()
    absence = away(small_council, "wilma", "sven", lasts=None)

    end_absence(small_council.by("wilma"), absence)

    assert holder(small_council, case, "initiate_pep") == "wilma"
    assert not sees(small_council, "sven", case)


def test_one_that_is_called_off_before_it_began_moves_nothing(small_council):
    case = small_council.start()
    absence = away(small_council, "wilma", "sven", begins=2)

    end_absence(small_council.by("vera"), absence)
    days_later(small_council, 2)

    assert holder(small_council, case, "initiate_pep") == "wilma"
    assert case.events("task_covered") == []


def test_a_conflict_of_interest_wins(small_council):
    case, other = small_council.start(), small_council.start(family_name="Elsewhere")
    declare_conflict_of_others(small_council.by("vera"), case.child_id, {
        "person": str(small_council.people["sven"]), "reason": "He is her uncle"})

    away(small_council, "wilma", "sven")

    assert holder(small_council, case, "initiate_pep") == "mona"
    assert not sees(small_council, "sven", case)
    assert holder(small_council, other, "initiate_pep") == "sven"


def test_what_a_colleague_must_not_see_their_cover_does_not_see_in_their_place(small_council):
    case, other = small_council.start(), small_council.start(family_name="Elsewhere")
    declare_conflict_of_others(small_council.by("vera"), case.child_id, {
        "person": str(small_council.people["wilma"]), "reason": "She is her aunt"})

    away(small_council, "wilma", "sven")

    assert not sees(small_council, "sven", case)
    assert sees(small_council, "sven", other)


def test_no_number_counts_the_tasks_of_a_restricted_record(small_council):
    case, wilma = small_council.start(), small_council.people["wilma"]

    def counted():
        with small_council.by("mona").begin(writing=False) as work, work.for_the_council("a test"):
            return open_tasks_of(work, [wilma])

    assert counted() == {wilma: 1}
    restrict_record(small_council.by("vera"), case.child_id, {
        "reason": "A relative of staff", "named": [str(small_council.people["vera"])]})
    assert counted() == {}


def test_nor_does_the_page_on_which_one_task_is_given_away(small_council):
    case, apart = small_council.start(), small_council.start(family_name="Elsewhere")
    task_id = case.open()["initiate_pep"].id

    def counted():
        _, found = who_may_hold(small_council.by("mona"), task_id)
        return {each.id: each.open_tasks for each in found}[small_council.people["wilma"]]

    assert counted() == 2
    restrict_record(small_council.by("vera"), apart.child_id, {
        "reason": "A relative of staff", "named": [str(small_council.people["vera"])]})
    assert counted() == 1


def test_a_restricted_record_is_opened_to_no_cover(small_council):
    case = small_council.start()
    restrict_record(small_council.by("vera"), case.child_id, {
        "reason": "A relative of staff", "named": [str(small_council.people["vera"])]})

    away(small_council, "wilma", "sven")

    assert holder(small_council, case, "initiate_pep") == "mona"
    assert not sees(small_council, "sven", case)


def test_a_record_that_is_restricted_meanwhile_is_closed_to_the_cover(small_council):
    case = small_council.start()
    away(small_council, "wilma", "sven")
    begin(small_council, "sven", case, "initiate_pep")

    restrict_record(small_council.by("vera"), case.child_id, {
        "reason": "A relative of staff", "named": [str(small_council.people["vera"])]})

    assert not sees(small_council, "sven", case)
    assert holder(small_council, case, "initiate_pep") == "mona"


def test_what_a_caseworker_took_from_the_queue_is_covered_and_comes_back(small_council):
    case = small_council.start()
    case.do("initiate_pep", "wilma")
    claim_task(small_council.by("viktor"), case.open()["allocate_caseworker"].id)

    away(small_council, "viktor", "vera")

    assert holder(small_council, case, "allocate_caseworker") == "vera"
    days_later(small_council, 5)
    assert holder(small_council, case, "allocate_caseworker") == "viktor"


def test_of_two_social_workers_the_one_who_is_there_has_the_tasks(small_council):
    case, vera = small_council.start(), small_council.by("vera")
    start_involvement(vera, case.child_id, small_council.people["sven"], "social_worker",
                      vera.today)
    assert holder(small_council, case, "initiate_pep") is None

    away(small_council, "wilma")

    assert holder(small_council, case, "initiate_pep") == "sven"
    days_later(small_council, 5)
    assert holder(small_council, case, "initiate_pep") is None


def test_a_cover_who_is_away_too_is_passed_over(small_council):
    case = small_council.start()
    away(small_council, "wilma", "sven", lasts=10)

    away(small_council, "sven", lasts=5)

    assert holder(small_council, case, "initiate_pep") == "mona"
    new = small_council.start(family_name="Second")
    assert holder(small_council, new, "initiate_pep") == "mona"


def test_a_child_who_is_taken_from_her_is_not_her_covers_either(small_council):
    case, vera = small_council.start(), small_council.by("vera")
    away(small_council, "wilma", "sven")

    for each in people_around(vera, case.child_id):
        if each.person_id == small_council.people["wilma"]:
            end_involvement(vera, each.id, vera.today - timedelta(days=1))

    assert holder(small_council, case, "initiate_pep") == "mona"
    assert not sees(small_council, "sven", case)


def test_a_cover_who_leaves_covers_no_more(small_council):
    case = small_council.start()
    away(small_council, "wilma", "sven", lasts=None)

    leave(small_council.by("ada"), small_council.people["sven"],
          {"last_day": small_council.by("ada").today.isoformat()})

    assert holder(small_council, case, "initiate_pep") == "mona"


def test_who_is_away_for_good_has_nothing_left_to_cover(small_council):
    case = small_council.start()
    away(small_council, "wilma", "sven", lasts=None)

    leave(small_council.by("ada"), small_council.people["wilma"],
          {"last_day": small_council.by("ada").today.isoformat()})
    days_later(small_council, 1)

    assert not sees(small_council, "sven", case)
    assert holder(small_council, case, "initiate_pep") == "mona"


def test_sections_that_a_teacher_gave_to_a_colleague_stay_given_while_another_covers(
    small_council,
):
    by = small_council.installation.acting(SYSTEM)
    for name, role in (("theo", "designated_teacher"), ("cora", "school_colleague")):
        small_council.people[name] = add_person(
            by, name.title(), f"{name}@council.example", [role])
    case = small_council.start()
    case.do("initiate_pep", "wilma")
    case.do("allocate_caseworker", "vera")
    task = case.open()["complete_education_sections"]
    delegate_task(small_council.by("tara"), task.id, {"to": str(small_council.people["cora"])})

    away(small_council, "tara", "theo")

    assert holder(small_council, case, "complete_education_sections") == "theo"
    given, _ = delegated_form(small_council.by("cora"), task.id)
    assert given.task_id == task.id
    end = small_council.by("cora")
    assert not decide(end.actor, "see_plan", child_resource(end, case.child_id)).allowed


def test_who_is_invited_to_a_meeting_is_who_works_with_the_child(small_council):
    case = small_council.start()
    case.to_signatures()
    with small_council.by("vera").begin(writing=False) as work:
        before = set(work.session.execute(
            select(Invitation.person_id, Invitation.withdrawn)).all())

    away(small_council, "wilma", "sven")

    with small_council.by("vera").begin(writing=False) as work:
        assert set(work.session.execute(
            select(Invitation.person_id, Invitation.withdrawn)).all()) == before


def test_the_same_absence_sent_twice_is_one(small_council):
    case = small_council.start()

    first, second = (away(small_council, "wilma", "sven") for _ in range(2))

    assert first == second
    assert len(case.events("task_covered")) == 1


def test_two_absences_of_one_person_do_not_overlap(small_council):
    away(small_council, "wilma", "sven", lasts=None)

    with pytest.raises(AnswersInvalid) as refused:
        away(small_council, "wilma", begins=30)

    assert "starts_on" in refused.value.errors


def test_who_is_away_is_not_taken_as_a_cover(small_council):
    away(small_council, "sven", lasts=5)

    with pytest.raises(AnswersInvalid) as refused:
        away(small_council, "wilma", "sven", begins=4)

    assert "cover" in refused.value.errors
    away(small_council, "wilma", "sven", begins=5)


@pytest.mark.parametrize(("who", "of", "may"), [
    ("wilma", "wilma", True), ("wilma", "sven", False), ("max", "wilma", True),
    ("mona", "wilma", False), ("ada", "wilma", False), ("iris", "iris", False),
])
def test_whose_absence_somebody_may_enter(small_council, who, of, may):
    if may:
        away(small_council, of, by=who)
        return
    with pytest.raises(NotFound):
        away(small_council, of, by=who)


def test_the_cover_and_who_is_away_are_told_and_the_audit_says_who_entered_it(small_council):
    absence = away(small_council, "wilma", "sven", begins=1, lasts=1)
    days_later(small_council, 1)
    days_later(small_council, 1)

    with small_council.by("vera").begin() as work:
        told = [(row.kind, row.person_id) for row in work.session.scalars(
            select(Outbox).where(Outbox.kind.like("%absence%") | Outbox.kind.like("cover%"))
            .order_by(Outbox.seq))]
        done = [(row.action, row.actor_id) for row in work.session.scalars(
            select(Audit).where(Audit.about == f"absence:{absence}").order_by(Audit.seq))]
    wilma, sven = small_council.people["wilma"], small_council.people["sven"]
    assert told == [("absence_entered", wilma), ("cover_entered", sven), ("cover_begins", sven),
                    ("absence_ended", wilma), ("absence_ended", sven)]
    assert done == [("enter_absence", small_council.people["vera"]), ("begin_absence", SYSTEM.id),
                    ("finish_absence", SYSTEM.id)]


def test_the_cover_does_the_task_and_signs_with_their_own_name(small_council):
    case = small_council.start()
    away(small_council, "wilma", "sven")
    by, task = small_council.by("sven"), case.open()["initiate_pep"]
    asked = task_form(by, task.id)

    complete_task(by, task.id, answers_for(asked.form, asked.facts, by.today, {}))

    [done] = case.events("task_completed")
    assert done.actor_id == small_council.people["sven"]
    assert not task_resource(by, task.id).holds_task


def test_an_absence_is_forgotten_a_year_after_it_was_over(small_council):
    away(small_council, "wilma", "sven", lasts=1)
    days_later(small_council, 1)

    def kept():
        with small_council.by("vera").begin(writing=False) as work:
            return len(work.session.scalars(select(Absence)).all())

    days_later(small_council, 364)
    assert kept() == 1
    days_later(small_council, 2)
    assert kept() == 0


def test_a_teacher_who_covers_has_the_actions_of_the_plan_as_the_one_who_is_away(small_council):
    by = small_council.installation.acting(SYSTEM)
    small_council.people["theo"] = add_person(
        by, "Theo", "theo@council.example", ["designated_teacher"])
    case = small_council.start()
    case.to_signatures()
    case.do("sign_off_teacher", "tara")
    case.do("sign_off_social_worker", "wilma")
    theirs = my_actions(small_council.by("tara")).to_do
    assert theirs
    assert my_actions(small_council.by("theo")).to_do == []

    away(small_council, "tara", "theo")

    assert my_actions(small_council.by("theo")).to_do == theirs
