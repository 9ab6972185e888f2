"""Managers see how many cases are where, which are late, and give work to someone else."""

from datetime import timedelta

from figures_followed import follow_to_the_end
from sqlalchemy import delete, select
from table_rows import row_of
from visitor import words

from engine.advance import open_incident
from engine.domain import SYSTEM
from engine.errors import FlowFailed
from engine.store.base import new_id
from engine.store.models import Case, Task
from workflows.children import Child
from workflows.involvements import Involvement

LINKS = "//*[local-name()='svg']//a"


def late_school(council):
    """A case whose teacher has not done anything for three weeks."""
    case_id = council.gathering()
    council.do("wilma", "complete_social_work_sections")
    council.clock.move_on(timedelta(days=21))
    return case_id


def test_every_step_with_its_cases_and_the_late_ones_in_picture_and_table(council):
    late_school(council)
    council.start_case(born_on="2014-01-01", family_name="Second")
    page = council.sign_in("max").follow("Board")

    school = row_of(page, "Complete education sections")
    assert school[1:4] == ["Designated teacher", "1 case at Complete education sections",
                           "1 late at Complete education sections"]
    assert row_of(page, "Initiate the PEP")[3] == "0"
    assert "Complete education sections: 1 (1 late), 21 days" in _picture(page)


def test_the_picture_tells_what_has_changed_since_it_was_last_seen(council):
    late_school(council)
    board = council.sign_in("max").follow("Board")
    assert {"Complete education sections: 1 (1 late), 21 days"} < _picture(board)
    late_only = board.visitor.open("/board?late=1")
    assert {"Complete education sections: 1 late"} < _picture(late_only)
    assert "late=1" in _link(late_only, "Complete education sections")
    assert "late=1" not in _link(board, "Complete education sections")

    council.clock.move_on(timedelta(days=1))
    another_day = board.visitor.open("/board")

    assert {"Complete education sections: 1 (1 late), 22 days"} < _picture(another_day)


def _picture(page):
    """What its links say."""
    return {link.get("aria-label") for link in page.tree.xpath(LINKS)}


def _link(page, step):
    return next(link.get("href") for link in page.tree.xpath(LINKS)
                if link.get("aria-label").startswith(step))


def test_every_step_says_since_when_the_oldest_stands_there(council):
    late_school(council)
    council.start_case(born_on="2014-01-01", family_name="Second")
    council.clock.move_on(timedelta(days=1))
    page = council.sign_in("max").follow("Board")

    assert row_of(page, "Complete education sections")[-1] == "22 days, since Wed 25 Mar 2026"
    assert row_of(page, "Initiate the PEP")[-1] == "1 day, since Wed 15 Apr 2026"
    assert row_of(page, "Waits: PEP initiated?")[-1] == "22 days, since Wed 25 Mar 2026"
    assert row_of(page, "Step")[-1] == "Oldest"


def test_a_case_that_stopped_is_as_old_as_its_last_move(council):
    stopped = council.start_case()
    with council.by("olga").begin() as work:
        open_incident(work, work.session.get_one(Case, stopped),
                      FlowFailed("There is no date yet.", element="hold_pep_meeting"))
    council.clock.move_on(timedelta(days=3))
    page = council.sign_in("max").follow("Board")

    assert row_of(page, "Hold the PEP meeting")[-1].startswith("3 days, since")


def test_late_only_leaves_out_what_is_in_time(council):
    late_school(council)
    council.start_case(born_on="2014-01-01", family_name="Second")
    page = council.sign_in("max").visitor.open("/board?late=1")

    assert row_of(page, "Complete education sections")
    assert row_of(page, "Initiate the PEP") is None


def test_from_a_number_to_the_named_case_to_someone_else_with_a_reason(council):
    late_school(council)
    council.do("tara", "complete_education_sections")
    council.do("tara", "record_child_views")
    council.do("wilma", "record_carer_view")
    council.do("viktor", "convene_meeting")
    page = council.sign_in("max").visitor.open("/board/initial-pep/hold_pep_meeting")
    assert "Robin Testerby" in page.text
    assert "Viktor Elsworth" in page.text

    asked = page.follow("Give to someone else")
    assert asked.press("Give the task").errors == {
        "to": "Choose who does this task",
        "reason": "Enter why you are giving this task to someone else",
    }
    given = asked.fill({"Who will do it?": "Vera Dunnock", "Why?": "Viktor is ill"})
    done = given.press("Give the task")

    assert "now belongs to Vera Dunnock" in done.whole
    assert "Hold the PEP meeting" in council.sign_in("vera").text
    assert "Viktor is ill" in council.sign_in("vera").visitor.open("/cases").follow(
        "Robin Testerby").section("What happened")


def test_a_task_given_twice_to_the_same_person_is_given_once(council):
    council.gathering()
    task, to = council.task("tara", "complete_education_sections"), str(council.people["tara"])
    board = council.sign_in("max")

    for _ in range(2):
        sent = board.visitor.send(f"/board/reassign/{task}", [
            ("csrf_token", board.token), ("to", to), ("reason", "As agreed")])
        assert "now belongs to Tara Copley" in sent.whole

    assert council.events("task_reassigned", "complete_education_sections") == 1


def test_back_to_whoever_the_procedure_names(council):
    late_school(council)
    council.do("tara", "complete_education_sections")
    council.do("tara", "record_child_views")
    council.do("wilma", "record_carer_view")
    council.do("viktor", "convene_meeting")
    board = council.sign_in("max").visitor
    for chosen in ("Vera Dunnock", "Whoever the procedure names"):
        page = board.open("/board/initial-pep/hold_pep_meeting").follow("Give to someone else")
        page = page.fill({"Who will do it?": chosen, "Why?": "As agreed"}).press("Give the task")

    assert "now belongs to Viktor Elsworth" in page.whole


def test_a_step_lists_those_that_stopped_then_the_longest_overdue_a_page_at_a_time(
    council, monkeypatch
):
    monkeypatch.setattr("workflows.board.step.PAGE", 2)
    for name in ("First", "Second", "Third", "Fourth"):
        stopped = council.start_case(family_name=name)
        council.clock.move_on(timedelta(days=1))
    with council.by("olga").begin() as work:
        open_incident(work, work.session.get_one(Case, stopped),
                      FlowFailed("There is no date yet.", element="initiate_pep"))
    board = council.sign_in("max").visitor

    pages = [board.open(f"/board/initial-pep/initiate_pep?page={number}") for number in (1, 2, 3)]

    assert [_named(page) for page in pages] == [
        ["Robin Fourth", "Robin First"], ["Robin Second", "Robin Third"], ["Robin Fourth"],
    ]
    assert ("4 cases, 5 entries: a case stands here once for each thing to be done, page 1 of 3, "
            "the longest overdue first.") in pages[0].text
    assert "Needs a process owner. There is no date yet. Stopped" in pages[0].text
    assert "Wilma Ashdown" in pages[1].text
    late = board.open("/board/initial-pep/initiate_pep?late=1")
    assert _named(late) == ["Robin First", "Robin Second"]
    assert "2 cases, the longest overdue first." in late.text


def test_a_number_is_that_of_the_cases_which_it_leads_to(council):
    """However often a case has the step, and though one of them has stopped there."""
    for name in ("Once", "Twice"):
        case_id = council.start_case(family_name=name)
    with council.by("olga").begin() as work:
        task = work.session.scalars(select(Task).where(
            Task.case_id == case_id, Task.element == "initiate_pep")).one()
        work.session.add(Task(**{
            each.key: getattr(task, each.key) for each in Task.__mapper__.column_attrs
            if each.key not in ("id", "token")}, token=new_id()))
        open_incident(work, work.session.get_one(Case, case_id),
                      FlowFailed("There is no date yet.", element=task.element))
    board = council.sign_in("max").follow("Board")
    step = board.follow("2 cases at Initiate the PEP")

    assert sorted(_named(step)) == ["Robin Once", *3 * ["Robin Twice"]]
    assert "2 cases, 4 entries" in step.text


def test_a_step_that_is_in_a_queue_says_whose(council):
    council.gathering_queue()

    page = council.sign_in("max").visitor.open("/board/initial-pep/allocate_caseworker")

    assert "In the queue: virtual school" in page.text


def test_from_a_date_that_is_waited_for_to_the_cases_that_wait(council):
    council.gathering()
    page = council.sign_in("max").visitor.open("/board")
    [address] = [link for words_, link in page.links.items()
                 if words_ == "1 case at PEP initiated? (working day 2)"]

    page = page.visitor.open(address)

    assert _named(page) == ["Robin Testerby"]
    assert "Waits for its date: nobody has anything to do Fri 27 Mar 2026" in page.text


def _named(page):
    return [words(node) for node in page.tree.xpath("//h2[@class='pepway-tasks__name']")]


def test_an_unknown_step_is_not_found(council):
    visitor = council.sign_in("max").visitor

    assert visitor.open("/board/initial-pep/no_such_step").status == 404
    assert visitor.open("/board/adoption/initiate_pep").status == 404


def test_cases_that_wait_for_a_date_are_nobodys_work(council):
    council.gathering()
    page = council.sign_in("max").visitor.open("/board")

    waiting = [row for row in page.tree.xpath("//table//tr") if "Waits: " in row.text_content()]
    assert waiting
    for row in waiting:
        assert "Nobody: it goes on by itself" in row.text_content()
        assert "Team manager" not in row.text_content()


def test_the_table_begins_with_the_main_flowchart_and_names_each_date_by_its_question(council):
    council.gathering()
    page = council.sign_in("max").visitor.open("/board")

    rows = [words(node) for node in page.tree.xpath("//table//th[@scope='row']")]
    first, called = "Complete social work sections", "Hold the first statutory review"
    assert rows.index(first) < rows.index(called)
    assert "Waits: PEP initiated? (working day 2)" in rows


def test_a_next_step_that_is_late_is_not_promised_by_a_day_that_has_passed(council):
    late_school(council)
    done = council.do("tara", "complete_education_sections")
    page = council.sign_in("tara").visitor.open(f"/tasks/{done}/done")

    assert "was due by" in page.section("What happens next")


def test_a_team_manager_sees_where_the_cases_of_the_own_team_are_and_no_others(council):
    council.start_case(family_name="Ours")
    council.start_case(family_name="Theirs")
    with council.installation.acting(SYSTEM).begin() as work:
        theirs = work.session.scalar(select(Child.id).where(Child.family_name == "Theirs"))
        work.session.execute(delete(Involvement).where(
            Involvement.child_id == theirs, Involvement.role == "team_manager"))

    page = council.sign_in("mona").visitor.open("/board")

    assert "Only cases of children whose team manager you are." in page.text
    assert "1 running case, 0 with something late" in page.text
    assert "Children without a plan" not in page.text
    step = page.follow("1 case at Initiate the PEP")
    assert "Robin Ours" in step.text
    assert "Theirs" not in step.text
    assert page.visitor.open("/board/deadlines").status == 404


def test_a_team_manager_sees_a_past_day_of_the_own_team_alone(council):
    council.start_case(family_name="Ours")
    council.start_case(family_name="Theirs")
    council.clock.move_on(timedelta(days=2))
    follow_to_the_end(council.installation)
    with council.installation.acting(SYSTEM).begin() as work:
        theirs = work.session.scalar(select(Child.id).where(Child.family_name == "Theirs"))
        work.session.execute(delete(Involvement).where(
            Involvement.child_id == theirs, Involvement.role == "team_manager"))

    def at_the_end_of_that_day(name):
        return council.sign_in(name).visitor.open("/board?day=2026-03-26").text

    assert "1 running case, 0" in at_the_end_of_that_day("mona")
    assert "2 running cases, 0" in at_the_end_of_that_day("max")
