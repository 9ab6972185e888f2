"""Placement, school and people change while a case runs; tasks follow by the assignment rule."""

from datetime import date
from uuid import uuid4

import pytest

from engine.cases import close_case
from engine.domain import SYSTEM
from engine.errors import AnswersInvalid, NotFound
from engine.work import Acting
from workflows.access import decide
from workflows.children import School, get_child
from workflows.involvements import people_around
from workflows.people import PersonRole, add_person
from workflows.pep.changes.outcome import Group
from workflows.pep.plan import kept_values
from workflows.pep.starting import start_case
from workflows.resources import case_resource


@pytest.fixture
def other_school(small_council):
    """Another school, with a designated teacher who works there."""
    system = small_council.installation.acting(SYSTEM)
    school = School(id=uuid4(), urn="990102", name="Other School", phase="secondary", area="B")
    with system.begin() as work:
        work.session.add(school)
    small_council.people["tim"] = add_person(
        system, "Tim", "tim@council.example", ["designated_teacher"], "x"
    )
    return school.id


def kept(changing, path):
    with changing.council.by("vera").begin(writing=False) as work:
        return kept_values(work.session, changing.case.child_id, [path])[path].value


def sees(changing, name):
    by: Acting = changing.council.by(name)
    return decide(by.actor, "see_case", case_resource(by, changing.case.id)).allowed


def test_a_new_placement_leaves_the_clock_of_the_first_one_alone(gathering):
    gathering.move_to("2026-03-31")
    before = gathering.deadlines()

    done = gathering.change(
        "wilma", "change_placement", from_on="2026-03-30", entry="emergency",
        placement_kind="foster", placement_address="2 New Lane", lives_out_of_area="yes",
        reason="The carer fell ill",
    )

    assert gathering.deadlines() == before
    child = get_child(gathering.council.by("vera"), gathering.case.child_id)
    assert (child.placement_start, child.placement_address, child.out_of_area) == (
        date(2026, 3, 30), "2 New Lane", True
    )
    assert {line.what for line in done.of(Group.MESSAGES)} == {"Tara", "Vera", "Rob"}
    [told] = gathering.case.events("placement_changed")
    assert "New Lane" not in str(told.data)


@pytest.mark.parametrize(
    ("from_on", "says"),
    [("2026-03-25", "The placement before began on Wed 25 Mar 2026."),
     ("2026-04-20", "in the future")],
)
def test_a_placement_begins_after_the_one_before_and_not_in_the_future(changing, from_on, says):
    changing.move_to("2026-03-31")
    with pytest.raises(AnswersInvalid) as problem:
        changing.preview(
            "wilma", "change_placement", from_on=from_on, entry="planned",
            placement_kind="home", placement_address="x", lives_out_of_area="no", reason="x",
        )

    assert says in problem.value.errors["from_on"]


def test_a_new_school_ends_the_old_teachers_access_and_gives_the_tasks_on(gathering, other_school):
    gathering.move_to("2026-03-31")
    assert gathering.holder("complete_education_sections") == "tara"

    done = gathering.change(
        "wilma", "change_school", from_on="2026-03-31", school=other_school,
        designated_teacher=gathering.council.people["tim"], reason="Nearer to the carers",
    )

    assert gathering.holder("complete_education_sections") == "tim"
    assert not sees(gathering, "tara")
    assert sees(gathering, "tim")
    given = {(line.what, line.before, line.after) for line in done.of(Group.TASKS)}
    assert ("“Complete education sections”", "Tara", "Tim") in given
    assert kept(gathering, "chronology.institutions[]") == [
        {"name": "Tests' School", "from": "2026-03-25", "to": "2026-03-30",
         "reason": "Nearer to the carers"},
    ]
    child = get_child(gathering.council.by("vera"), gathering.case.child_id)
    assert child.school == "Other School"


def test_a_new_school_is_no_news_to_its_teacher_who_enters_it(gathering, other_school):
    """Who serves a school as its teacher may be of the virtual school too, as in a holiday."""
    people = gathering.council.people
    with gathering.council.installation.acting(SYSTEM).begin() as work:
        work.session.add(PersonRole(person_id=people["viktor"], role="designated_teacher"))
    gathering.move_to("2026-03-31")

    done = gathering.change(
        "viktor", "change_school", from_on="2026-03-31", school=other_school,
        designated_teacher=people["viktor"], reason="Nearer to the carers",
    )

    assert "Viktor" not in {line.what for line in done.of(Group.MESSAGES)}


def test_a_school_from_next_week_is_there_next_week(gathering, other_school):
    gathering.change(
        "wilma", "change_school", from_on="2026-04-01", school=other_school,
        designated_teacher=gathering.council.people["tim"], reason="Nearer to the carers",
    )
    assert gathering.holder("complete_education_sections") == "tara"
    vera = gathering.council.by("vera")
    assert get_child(vera, gathering.case.child_id).school == "Tests' School"

    gathering.move_to("2026-04-01")
    gathering.council.installation.domain.day_begins(
        gathering.council.installation.acting(SYSTEM)
    )

    assert gathering.holder("complete_education_sections") == "tim"
    assert get_child(vera, gathering.case.child_id).school == "Other School"


def test_a_lost_school_place_gives_the_teachers_tasks_to_the_virtual_school(gathering):
    gathering.move_to("2026-03-31")

    gathering.change("mona", "change_school", from_on="2026-03-31", reason="Excluded")

    task = gathering.case.open()["complete_education_sections"]
    assert (gathering.holder("complete_education_sections"), task.covered_by) == (
        "vera", "virtual_school"
    )


@pytest.mark.parametrize(
    ("answers", "field", "says"),
    [
        ({"from_on": "2026-03-24"}, "from_on", "became looked after"),
        ({"from_on": "2026-12-24"}, "from_on", "more than 90 days ahead"),
        ({"from_on": "2026-03-31", "designated_teacher": "tara"}, "designated_teacher",
         "Without a school"),
        ({"from_on": "2026-03-31", "school": "same"}, "school", "goes to this school already"),
    ],
)
def test_a_change_of_school_that_cannot_be_is_refused(changing, answers, field, says):
    people = {"tara": changing.council.people["tara"], "same": changing.council.school}
    given = {key: people.get(value, value) for key, value in answers.items()}

    with pytest.raises(AnswersInvalid) as problem:
        changing.preview("wilma", "change_school", reason="x", **given)

    assert says in problem.value.errors[field]


def test_a_new_social_worker_takes_over_what_is_open(gathering):
    gathering.move_to("2026-03-31")
    sven = gathering.council.people["sven"]

    done = gathering.change("mona", "change_worker", role="social_worker", social_worker=sven,
                            from_on="2026-03-31", reason="Wilma is on leave")

    assert gathering.holder("complete_social_work_sections") == "sven"
    assert sees(gathering, "sven")
    assert not sees(gathering, "wilma")
    people = {(line.what, line.before, line.after) for line in done.of(Group.PEOPLE)}
    assert people == {
        ("Wilma, social worker", "from Wed 25 Mar 2026", ""),
        ("Sven, social worker", "", "from Tue 31 Mar 2026"),
    }
    moved = [e for e in gathering.case.events("task_reassigned")
             if e.element == "complete_social_work_sections"]
    assert len(moved) == 1
    assert ("taken_over", "sven") in gathering.messages()


def test_a_caseworker_who_is_allocated_takes_over_from_the_one_before(gathering):
    """The case was closed too early, and is started again."""
    vera, first = gathering.council.by("vera"), gathering.case
    close_case(vera, first.id, "Closed by mistake")
    again = start_case(vera, "initial-pep", first.child_id)
    gathering.case = type(first)(gathering.council, again)
    gathering.case.do("initiate_pep", "wilma")

    gathering.case.do("allocate_caseworker", "vera",
                      caseworker=str(gathering.council.people["viktor"]))

    theirs = {task.element for task in gathering.case.open().values()
              if task.role == "virtual_school"}
    assert {gathering.holder(element) for element in theirs} == {"viktor"}
    assert [each.name for each in people_around(vera, first.child_id)
            if each.role == "virtual_school"] == ["Viktor"]


def test_without_a_social_worker_the_team_manager_has_the_tasks(gathering):
    gathering.move_to("2026-03-31")

    gathering.change("max", "change_worker", role="social_worker", from_on="2026-03-31",
                     reason="The post is vacant")

    assert gathering.holder("complete_social_work_sections") == "mona"


@pytest.mark.parametrize(
    ("answers", "field", "says"),
    [
        ({"role": "social_worker", "social_worker": "wilma"}, "social_worker",
         "is the social worker already"),
        ({"role": "social_worker", "from_on": "2026-03-20"}, "from_on",
         "The present social worker began on Wed 25 Mar 2026"),
        ({"role": "reviewing_officer", "from_on": "2026-09-20"}, "from_on", "nearer to the day"),
        ({"role": "social_worker", "social_worker": "tara"}, "social_worker", ""),
    ],
)
def test_who_cannot_take_over_is_refused_with_a_sentence(changing, answers, field, says):
    given = {key: changing.council.people.get(value, value) for key, value in answers.items()}

    with pytest.raises(AnswersInvalid) as problem:
        changing.preview("mona", "change_worker",
                         **{"from_on": "2026-03-31", "reason": "x", **given})

    assert says in problem.value.errors[field]


def test_a_suspension_stands_in_the_record_and_two_people_hear_of_it(gathering):
    before = gathering.deadlines()

    done = gathering.change(
        "tara", "report_suspension", kind="suspension", from_on="2026-03-25",
        to_on="2026-03-26", sessions="3", reason="A fight at lunch",
    )

    assert kept(gathering, "chronology.suspensions[]") == [
        {"kind": "Suspension", "from": "2026-03-25", "to": "2026-03-26", "sessions": 3,
         "reason": "A fight at lunch"},
    ]
    assert {line.what for line in done.of(Group.MESSAGES)} == {"Vera", "Wilma"}
    assert ("child_suspended", "wilma") in gathering.messages()
    assert gathering.deadlines() == {
        **before, "Education from the first day of an exclusion": date(2026, 3, 25),
    }
    [told] = gathering.case.events("suspension_reported")
    assert "fight" not in str(told.data)


def test_an_exclusion_asks_for_no_last_day_and_a_second_report_adds_to_the_first(gathering):
    gathering.change("wilma", "report_suspension", kind="suspension", from_on="2026-03-23",
                     to_on="2026-03-23", sessions="2", reason="First")
    gathering.change("wilma", "report_suspension", kind="permanent_exclusion",
                     from_on="2026-03-25", reason="Second")

    assert [row["reason"] for row in kept(gathering, "chronology.suspensions[]")] == [
        "First", "Second"
    ]


@pytest.mark.parametrize(
    ("answers", "field", "says"),
    [
        ({"to_on": "2026-03-24"}, "to_on", "ends before it begins"),
        ({"sessions": "5"}, "sessions", "more sessions than the days have"),
        ({"sessions": "91"}, "sessions", "45 school days in a school year"),
        ({"sessions": ""}, "sessions", "Enter the number of sessions"),
        ({"to_on": ""}, "to_on", "Enter the last day"),
    ],
)
def test_a_suspension_that_cannot_be_is_refused(changing, answers, field, says):
    given = {"kind": "suspension", "from_on": "2026-03-25", "to_on": "2026-03-26",
             "sessions": "2", "reason": "x", **answers}

    with pytest.raises(AnswersInvalid) as problem:
        changing.preview("tara", "report_suspension", **given)

    assert says in problem.value.errors[field]


def test_a_manager_may_change_who_works_with_a_child_and_nothing_else(changing):
    assert changing.offered("max") == ["change_worker"]
    assert changing.offered("olga") == []
    with pytest.raises(NotFound):
        changing.preview("max", "report_suspension", kind="permanent_exclusion",
                         from_on="2026-03-25", reason="x")
