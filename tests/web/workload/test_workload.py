"""Who has how much to do; and many tasks given to others at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from table_rows import row_of

from engine.domain import SYSTEM
from engine.store.models import Task
from engine.tasks import complete_task, reassign_task, task_form
from workflows.administration.leaving import leave
from workflows.demonstration.answers import answers_for
from workflows.involvements import start_involvement
from workflows.people import Person, Team, add_person
from workflows.sight.conflicts import declare_conflict

TO, WHY = "Who will do them?", "Why?"


def tick(page, *children):
    """The tasks of these children, or of all."""
    for node in page.tree.xpath("//input[@name='task']"):
        label = page.tree.xpath(f"//label[@for='{node.get('id')}']")[0].text_content()
        if not children or any(each in label for each in children):
            node.set("checked", "checked")
    return page.press("Give the chosen tasks to others")


@pytest.fixture
def three_cases(council):
    """Of Wilma's; Mona, who manages her team, covers for her role."""
    for name in ("Anders", "Bergmann", "Clarke"):
        council.start_case(family_name=name, born_on=f"201{len(name)}-02-03")
    return council


def test_each_person_with_what_is_open_late_and_coming_by_name(three_cases):
    council = three_cases
    page = council.sign_in("max").follow("Workload")

    wilma = row_of(page, "Wilma Ashdown")
    assert wilma[1:5] == ["3", "0", "3", "3"]
    assert wilma[5] == "not enough history"
    names = [row[0].split(" ")[0] for row in
             (row_of(page, each) for each in ("Mona", "Rob", "Sven", "Tara", "Vera", "Wilma"))]
    listed = [" ".join(node.text_content().split()) for node in
              page.tree.xpath("//tbody//th/a")]
    assert [each.split(" ")[0] for each in listed if each.split(" ")[0] in names] == names
    assert "Olga" not in page.text, "no procedure gives her tasks"
    council.clock.move_on(timedelta(days=21))
    assert row_of(page.visitor.open("/workload"), "Wilma Ashdown")[1:5] == ["3", "3", "0", "0"]


def test_a_manager_sees_what_is_likely_to_come_to_a_colleague(three_cases, monkeypatch):
    page = three_cases.sign_in("vera").visitor.open(f"/workload/{three_cases.people['wilma']}")
    coming = page.section("Likely to come in the next 10 working days (6)")
    assert "6 more steps are likely to come in the next 10 working days" in page.text
    assert "Complete social work sections, Robin Anders: about" in coming
    assert "looked at" not in coming

    monkeypatch.setattr("workflows.workload.coming.MOST_CASES", 2)
    page = page.visitor.open(f"/workload/{three_cases.people['wilma']}")

    assert "Of their 3 cases the 2 whose next step is due first were looked at." in page.text
    idle = page.visitor.open(f"/workload/{three_cases.people['sven']}")
    assert "No more step is likely to come" in idle.text


def test_the_numbers_are_those_that_a_plain_count_gives(three_cases):
    council = three_cases
    with council.by("vera").begin() as work:
        counted = {name: sum(task.assignee_id == person for task in work.session.scalars(
            select(Task).where(Task.status == "open"))) for name, person in council.people.items()}

    page = council.sign_in("vera").visitor.open("/workload")

    for name, title in (("wilma", "Wilma"), ("tara", "Tara"), ("viktor", "Viktor")):
        assert row_of(page, title)[1] == str(counted[name])


def test_the_usual_pace_is_the_middle_of_twelve_weeks_with_the_number_behind_it(council):
    case_id = council.start_case()
    with council.by("vera").begin() as work:
        template = work.session.scalars(select(Task).where(Task.case_id == case_id)).first()
        kept = {c.name: getattr(template, c.name) for c in Task.__table__.columns}
        for number in range(24):
            week = timedelta(weeks=1 + number % 12, hours=number)
            work.session.add(Task(**{
                **kept, "id": uuid4(), "token": uuid4(),
                "status": "completed", "completed_by": council.people["wilma"],
                "ended_at": work.now - week}))

    page = council.sign_in("vera").visitor.open("/workload")

    assert row_of(page, "Wilma")[5] == "2 a week (24 completed)"
    assert row_of(page, "Sven")[5] == "not enough history"


def test_a_team_manager_sees_the_people_of_their_team_and_nobody_else(three_cases):
    council = three_cases
    mona = council.sign_in("mona").visitor
    assert "You are in no team" in mona.open("/workload").text

    with council.by("vera").begin() as work:
        team = Team(name="Fostering team")
        work.session.add(team)
        work.session.flush()
        work.session.execute(update(Person).where(Person.id.in_(
            [council.people["wilma"], council.people["mona"]])).values(team_id=team.id))
    page = mona.open("/workload")

    assert row_of(page, "Wilma")
    assert row_of(page, "Sven") is None
    assert mona.open(f"/workload/{council.people['sven']}").status == 404
    assert page.follow("Wilma").section("Their tasks (3)")


def test_chosen_tasks_go_to_somebody_with_one_reason_after_a_look_at_each(three_cases):
    council = three_cases
    page = council.sign_in("vera").visitor.open(f"/workload/{council.people['wilma']}")

    asked = tick(page, "Anders", "Clarke")
    assert asked.heading == "Give 2 tasks to others"
    assert "Sven" not in asked.text, "he works with none of these children"
    check = asked.fill({TO: ["Mona Garrick"], WHY: "Wilma moves to another team"}).press("See")
    assert check.text.count("Goes to Mona Garrick") == 2
    assert row_of(check.visitor.open("/workload"), "Wilma")[1] == "3", "nothing is given yet"

    done = check.press("Give the tasks")

    assert "2 tasks were given to others" in done.whole
    workload = done.visitor.open("/workload")
    assert (row_of(workload, "Wilma")[1], row_of(workload, "Mona")[1]) == ("1", "2")
    assert "Wilma moves to another team" in done.visitor.open("/cases").follow("Robin Anders").text


def test_what_else_stands_in_an_address_leads_nowhere(three_cases):
    council = three_cases
    page = council.sign_in("vera").visitor.open(f"/workload/{council.people['wilma']}")
    check = tick(page).fill({TO: ["Mona Garrick"], WHY: "Too many"}).press("See")
    address = f"{check.address}&person_id={council.people['sven']}&_external=1&_scheme=javascript"

    [back] = page.visitor.open(address).tree.xpath("//a[@class='govuk-back-link']/@href")

    assert back.startswith(f"/workload/{council.people['wilma']}/give?")
    assert "javascript" not in back


def test_two_share_them_evenly_and_the_same_button_twice_has_one_effect(three_cases):
    council = three_cases
    with council.by("vera").begin() as work:
        children = set(work.session.scalars(select(Task.child_id)))
        for child_id in children:
            start_involvement(work, child_id, council.people["sven"], "social_worker", work.today)
        for task_id in work.session.scalars(
            select(Task.id).where(Task.element == "initiate_pep")
        ).all():
            reassign_task(work, task_id, council.people["wilma"], "She knows them")
    before = council.events("task_reassigned", "initiate_pep")
    page = council.sign_in("vera").visitor.open(f"/workload/{council.people['wilma']}")
    check = tick(page).fill({TO: ["Mona Garrick", "Sven Birkett"], WHY: "Too many"}).press("See")
    assert {check.text.count("Goes to Mona Garrick"),
            check.text.count("Goes to Sven Birkett")} == {1, 2}

    check.press("Give the tasks")
    again = check.press("Give the tasks")

    assert council.events("task_reassigned", "initiate_pep") == before + 3
    assert row_of(again.visitor.open("/workload"), "Wilma")[1] == "0"


def test_a_task_that_is_gone_meanwhile_is_left_out_and_the_others_are_given(three_cases):
    council = three_cases
    page = council.sign_in("vera").visitor.open(f"/workload/{council.people['wilma']}")
    check = tick(page).fill({TO: ["Mona Garrick"], WHY: "Too many"}).press("See")
    wilma = council.by("wilma")
    with wilma.begin() as work:
        task_id = work.session.scalars(
            select(Task.id).where(Task.element == "initiate_pep")).first()
    asked = task_form(wilma, task_id)
    complete_task(wilma, task_id, answers_for(asked.form, asked.facts, wilma.today, {}))

    done = check.press("Give the tasks")

    assert "2 tasks were given to others" in done.whole


def test_without_a_reason_or_anybody_chosen_nothing_is_given_and_the_words_stay(three_cases):
    council = three_cases
    page = council.sign_in("vera").visitor.open(f"/workload/{council.people['wilma']}")
    page = tick(page).fill({WHY: "Because"}).press("See")

    assert page.errors == {"to": "Choose who will do these tasks"}
    assert page.value(WHY) == "Because"
    page = page.fill({TO: ["Mona Garrick"], WHY: " "}).press("See")
    assert list(page.errors.values()) == [
        "Enter why you are giving these tasks to somebody else"]
    assert row_of(page.visitor.open("/workload"), "Wilma")[1] == "3"


def test_nothing_ticked_says_so(three_cases):
    page = three_cases.sign_in("vera").visitor.open(f"/workload/{three_cases.people['wilma']}")

    page = page.press("Give the chosen tasks to others")

    assert "Choose the tasks that somebody else will do" in page.whole


def test_somebody_who_leaves_soon_is_shown_with_their_last_day(council):
    by = council.installation.acting(SYSTEM)
    council.people["ada"] = add_person(by, "Ada Jessop", "ada@council.example", ["administrator"])
    last = council.by("vera").today + timedelta(days=30)
    leave(council.by("ada"), council.people["sven"], {"last_day": last.isoformat()})

    page = council.sign_in("vera").visitor.open("/workload")

    assert "Leaves: last day" in row_of(page, "Sven")[0]


def test_no_task_of_a_child_who_must_not_be_seen_is_listed(three_cases):
    council = three_cases
    with council.by("vera").begin() as work:
        child_id = work.session.scalars(select(Task.child_id)).first()
    declare_conflict(council.by("vera"), child_id, {"reason": "My niece"})

    page = council.sign_in("vera").visitor.open(f"/workload/{council.people['wilma']}")

    assert page.section("Their tasks (2)")
    assert "2 open tasks" in page.text, "no number tells of it"
