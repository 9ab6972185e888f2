"""The list of a person's own work."""

from datetime import timedelta

from sqlalchemy import select

from engine.domain import SYSTEM
from engine.store.models import Audit
from engine.work import query
from workflows.children import Child
from workflows.involvements import end_involvement, people_around, start_involvement


def test_a_task_says_for_whom_and_by_when_in_words(council):
    council.home_visit()
    row = council.sign_in("wilma").section("For you")

    assert "Visit the home for Robin Testerby" in row
    assert "Robin Testerby, no school place, Year 5" in row
    assert "3 working days left Due Mon 30 Mar 2026" in row


def test_overdue_tasks_come_first_then_those_due_soonest(council):
    council.start_case(given_names="Late")
    council.clock.move_on(timedelta(days=2))
    council.start_case(given_names="Early")

    text = council.sign_in("wilma").section("For you")

    assert "1 working day overdue" in text
    assert text.index("Late Testerby") < text.index("Early Testerby")


def test_of_a_long_list_the_first_are_shown_and_all_are_counted(council, monkeypatch):
    monkeypatch.setattr("workflows.my_tasks.MOST_SHOWN", 2)
    for name in ("First", "Second", "Third"):
        council.start_case(family_name=name)
        council.clock.move_on(timedelta(days=1))
    page = council.sign_in("wilma")
    assert "For you (3)" in page.headings
    mine = page.section("For you")
    assert "These are the 2 that are due first." in mine
    assert mine.index("Robin First") < mine.index("Robin Second")
    assert "Robin Third" not in mine
    assert "Robin Third" in page.follow("All of them, in the list of cases").text

    for _ in range(3):
        council.do("wilma", "initiate_pep")
    page = council.sign_in("vera")
    assert "For anyone in your role (3)" in page.headings
    assert "These are the 2 that are due first." in page.section("For anyone in your role")
    listed = page.follow("All of them, in the list of cases")
    assert "Nobody: it waits in a queue" in listed.text
    assert "Robin Third" in listed.text


def test_a_task_due_today_and_one_on_a_weekend_are_told_in_words(council):
    council.start_case()
    council.clock.move_on(timedelta(days=1))
    assert "Due today" in council.sign_in("wilma").text

    council.clock.move_on(timedelta(days=2))
    assert "1 working day overdue" in council.sign_in("wilma").text


def test_a_task_for_a_role_waits_in_the_queue_until_one_takes_it(council):
    council.start_case()
    council.do("wilma", "initiate_pep")
    page = council.sign_in("vera")
    assert "For anyone in your role (1)" in page.headings

    page = page.press("Take this task")
    assert "This task is yours now." in page.whole
    page = page.visitor.open("/tasks")

    assert "For you (1)" in page.headings
    assert "You have nothing to do" in council.sign_in("viktor").text


def test_two_who_take_the_same_task_are_told_who_was_first(council):
    council.start_case()
    council.do("wilma", "initiate_pep")
    viktors = council.sign_in("viktor")
    council.sign_in("vera").press("Take this task")

    page = viktors.press("Take this task")

    assert page.status == 409
    assert "Vera Dunnock has taken this task." in page.text


def test_where_nobody_holds_a_role_the_one_who_covers_sees_why(council):
    council.start_case(social_worker=str(council.people["sven"]))
    sven = next(p for p in people_around(council.by("sven"), _child(council))
                if p.role == "social_worker")
    end_involvement(council.by("vera"), sven.id, council.clock.now().date() - timedelta(days=1))

    row = council.sign_in("mona").section("For you")

    assert "No one holds the role social worker: the team manager covers it" in row


def test_what_i_finished_stands_below_and_says_when(council):
    council.home_visit()
    council.sign_in("wilma")
    council.do("tara", "agree")

    row = council.sign_in("tara").section("Done by you lately")

    assert "Agree with the school" in row
    assert "25 March 2026 at 9:00am" in row


def test_a_childs_name_is_gone_from_the_list_when_the_involvement_has_ended(council):
    council.home_visit()
    council.do("tara", "agree")
    tara = next(p for p in people_around(council.by("vera"), _child(council))
                if p.role == "designated_teacher")
    council.clock.move_on(timedelta(days=1))
    end_involvement(council.by("vera"), tara.id, council.clock.now().date() - timedelta(days=1))

    page = council.sign_in("tara")

    assert "Agree with the school" in page.section("Done by you lately")
    assert "Robin" not in page.text


def test_someone_who_joins_sees_the_task_at_once(council):
    council.home_visit()
    council.do("tara", "agree")
    assert "You have nothing to do" in council.sign_in("sven").text
    start_involvement(council.by("vera"), _child(council), council.people["sven"],
                      "social_worker", council.clock.now().date())

    council.open_task("wilma", "visit").follow("This is not my task").fill(
        {"Why is it not your task?": "Sven knows the family"}
    ).press("Hand the task back")

    assert "For anyone in your role" in council.sign_in("sven").text


def test_the_names_that_a_list_shows_are_audited_once_a_minute(council):
    council.home_visit()
    visitor = council.sign_in("wilma").visitor
    visitor.open("/tasks")
    visitor.open("/tasks")

    [row] = _audit(council, "see_my_tasks")

    assert row.actor_id == council.people["wilma"]
    assert row.data == {"children": [str(_child(council))]}


def _child(council):
    [child_id] = _children(council.installation.acting(SYSTEM))
    return child_id


@query
def _children(work):
    return list(work.session.scalars(select(Child.id)))


def _audit(council, action):
    with council.by("wilma").begin(writing=False) as work:
        return list(work.session.scalars(select(Audit).where(Audit.action == action)))
