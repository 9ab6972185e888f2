"""A case system tells what changes around a child; it knows the child, and not the case."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from engine.domain import SYSTEM
from engine.store.models import Audit, Event, Outbox
from workflows.children import School
from workflows.people import add_person
from workflows.pep.changes.carrying_out import preview
from workflows.resources import case_resource
from workflows.sight.restrictions import restrict_record

MOVED = {
    "from_on": "2026-03-30", "entry": "emergency", "placement_kind": "foster",
    "placement_address": "2 New Lane", "lives_out_of_area": "yes", "reason": "The carer fell ill",
}
NEW_WORKER = {"role": "social_worker", "social_worker": "Sven@council.example",
              "from_on": "2026-03-25", "reason": "Wilma is on leave"}


@pytest.fixture
def case_id(council):
    return council.gathering()


@pytest.fixture
def child(council, case_id):
    return case_resource(council.by("vera"), case_id).child_id


@pytest.fixture
def liquid(program):
    """The case system's token: of somebody of the virtual school, for no task."""
    return program("vera", "read", "care")


@pytest.fixture
def other_school(council):
    system = council.installation.acting(SYSTEM)
    with system.begin() as work:
        work.session.add(School(id=uuid4(), urn="990102", name="Other School", phase="secondary",
                                area="B"))
    council.people["tim"] = add_person(system, "Tim Osgood", "tim@council.example",
                                       ["designated_teacher"], "x")


def tell(program, child, change, answers, **more):
    return program.post(f"/children/{child}/changes/{change}", {"answers": answers}, **more)


def rows(council):
    with council.by("vera").begin(writing=False) as work:
        return [work.session.scalar(select(func.count()).select_from(each))
                for each in (Event, Outbox)]


def holder(program, case_id, element):
    [task] = [each for each in program.get(f"/tasks?case={case_id}").body["items"]
              if each["element"] == element]
    return task["assignee"]


def test_what_may_be_changed_now_with_what_each_change_asks(liquid, child):
    answer = liquid.get(f"/children/{child}/changes")

    offered = {each["name"]: each for each in answer.body["items"]}
    assert {"change_school", "change_worker", "change_placement", "change_legal_status",
            "cease_to_be_looked_after", "record_death", "correct_date"} <= set(offered)
    assert "return_to_care" not in offered
    asked = {each["key"]: each for each in offered["change_placement"]["questions"]}
    assert set(asked) == set(MOVED)
    assert asked["entry"]["required"]
    assert [each["value"] for each in asked["entry"]["options"]] == ["planned", "emergency"]


@pytest.mark.both_stores
def test_a_new_school_by_its_urn_hands_over_the_teachers_task(
    council, liquid, case_id, child, other_school,
):
    told = tell(liquid, child, "change_school", {
        "from_on": "2026-03-25", "school": "990102", "designated_teacher": "tim@council.example",
        "reason": "Nearer to the carers",
    })

    assert told.status == 200
    assert (told.body["case"], told.body["dry_run"]) == (str(case_id), False)
    assert {"group": "tasks", "what": "“Complete education sections”", "before": "Tara Copley",
            "after": "Tim Osgood"} in told.body["moved"]
    assert holder(liquid, case_id, "complete_education_sections") == str(council.people["tim"])
    assert liquid.get(f"/children/{child}").body["school"] == "Other School"
    story = liquid.get(f"/cases/{case_id}/timeline").body["items"]
    assert any("the child goes to a new school" in each["text"] and each["by"] == "Vera Dunnock"
               for each in story)


def test_a_new_social_worker_takes_over_what_is_open(council, liquid, program, case_id, child):
    assert tell(liquid, child, "change_worker", NEW_WORKER).status == 200

    assert holder(liquid, case_id, "complete_social_work_sections") == str(council.people["sven"])
    assert program("sven").get(f"/children/{child}").status == 200
    assert program("wilma").get(f"/children/{child}").status == 404


def test_a_first_placement_that_began_later_dates_the_plan_anew(liquid, case_id, child):
    told = tell(liquid, child, "correct_date", {
        "which": "first_placement", "correct": "2026-03-27", "reason": "Told too early",
    })

    assert {"group": "dates", "what": "Plan prepared within 10 working days",
            "before": "Fri 10 Apr 2026", "after": "Tue 14 Apr 2026"} in told.body["moved"]
    dates = {each["title"]: each["due_on"]
             for each in liquid.get(f"/cases/{case_id}/deadlines").body["items"]}
    assert dates["Plan prepared within 10 working days"] == "2026-04-14"


def test_a_new_placement_stands_on_the_child_and_tells_no_address(council, liquid, case_id, child):
    council.later(days=6)

    told = tell(liquid, child, "change_placement", MOVED)

    assert told.status == 200
    assert "New Lane" not in str(told.body)
    seen = liquid.get(f"/children/{child}").body
    assert (seen["placement_start"], seen["placement_address"], seen["out_of_area"]) == (
        "2026-03-30", "2 New Lane", True)


@pytest.mark.both_stores
def test_a_dry_run_says_what_the_page_says_and_writes_nothing_but_the_look(
    council, liquid, case_id, child,
):
    before = rows(council)
    page = preview(council.by("vera"), "change_worker", case_id,
                   {**NEW_WORKER, "social_worker": str(council.people["sven"])})

    dry = liquid.post(f"/children/{child}/changes/change_worker?dry_run=true",
                      {"answers": NEW_WORKER}, Idempotency_Key="same")

    assert dry.status == 200
    assert (dry.body["dry_run"], dry.body["fingerprint"]) == (True, page.fingerprint)
    assert [(each["what"], each["before"], each["after"]) for each in dry.body["moved"]] == [
        (line.what, line.before, line.after) for line in page.lines]
    assert rows(council) == before
    assert holder(liquid, case_id, "complete_social_work_sections") == str(council.people["wilma"])
    with council.by("vera").begin(writing=False) as work:
        assert work.session.scalar(select(func.count()).where(
            Audit.action == "see_child", Audit.child_id == child)) == 1
        assert not work.session.scalar(
            select(func.count()).where(Audit.action == "change_worker"))

    done = liquid.post(f"/children/{child}/changes/change_worker",
                       {"answers": NEW_WORKER, "seen": dry.body["fingerprint"]},
                       Idempotency_Key="same")
    assert (done.status, done.body["dry_run"], done.body["moved"]) == (
        200, False, dry.body["moved"])


def test_what_was_seen_and_would_be_something_else_now_is_not_done(council, liquid, case_id, child):
    dry = liquid.post(f"/children/{child}/changes/change_worker?dry_run=true",
                      {"answers": NEW_WORKER})
    council.do("wilma", "complete_social_work_sections")

    told = liquid.post(f"/children/{child}/changes/change_worker",
                       {"answers": NEW_WORKER, "seen": dry.body["fingerprint"]})

    assert told.status == 409
    assert "changed since you looked" in told.body["detail"]


def test_a_change_under_one_key_is_made_once(council, liquid, case_id, child):
    first = tell(liquid, child, "change_worker", NEW_WORKER, Idempotency_Key="1")
    again = tell(liquid, child, "change_worker", NEW_WORKER, Idempotency_Key="1")

    assert again.body == {**first.body, "repeated": True}
    assert tell(liquid, child, "change_worker", NEW_WORKER).problems == {
        "answers.social_worker": "This person is the social worker already. Choose someone else"}


@pytest.mark.parametrize(("change", "answers", "path", "says"), [
    ("change_placement", {**MOVED, "from_on": "2026-13-01"}, "answers.from_on", "real date"),
    ("change_placement", {**MOVED, "from_on": "2026-03-30"}, "answers.from_on", "in the future"),
    ("change_placement", {**MOVED, "from_on": "2026-03-24", "reason": ""}, "answers.reason",
     "Enter why the placement changes"),
    ("change_placement", {**MOVED, "entry": "sudden"}, "answers.entry", ""),
    ("change_placement", {**MOVED, "colour": "red"}, "answers.colour", "no field called “colour”"),
    ("change_school", {"from_on": "2026-03-25", "reason": "x", "school": "999999"},
     "answers.school", ""),
    ("change_worker", {**NEW_WORKER, "social_worker": "tara@council.example"},
     "answers.social_worker", ""),
    ("change_worker", {**NEW_WORKER, "social_worker": "nobody@council.example"},
     "answers.social_worker", ""),
])
def test_a_wrong_answer_is_named_in_words_and_nothing_is_done(
    council, liquid, case_id, child, change, answers, path, says,
):
    before = rows(council)

    told = tell(liquid, child, change, answers)

    assert told.status == 422
    assert says in told.problems[path]
    assert rows(council) == before


def test_the_end_of_care_and_what_is_too_late_after_it(council, liquid, case_id, child):
    ended = tell(liquid, child, "cease_to_be_looked_after", {
        "on": "2026-03-25", "outcome": "home", "reason": "The court discharged the order"})

    assert ended.status == 200
    assert liquid.get(f"/cases/{case_id}").body["status"] == "closed"
    late = tell(liquid, child, "change_placement", MOVED)
    assert (late.status, late.body["detail"]) == (409, "No case of this child runs now.")
    offered = [each["name"] for each in liquid.get(f"/children/{child}/changes").body["items"]]
    assert offered == ["return_to_care"]


@pytest.mark.parametrize(
    "change", ["no_such_change", "see_child", "use_api", "bring_review_forward"])
def test_what_is_no_change_or_not_theirs_is_not_there(liquid, child, change):
    assert tell(liquid, child, change, {"reason": "x"}).status == 404


@pytest.mark.both_stores
@pytest.mark.parametrize("name", ["sven", "tara", "rob", "max"])
def test_who_may_not_change_a_placement_finds_nothing(council, program, child, name):
    council.later(days=6)
    assert tell(program(name, "care"), child, "change_placement", MOVED).status == 404


def test_each_scope_is_for_its_own_work(council, program, case_id, child):
    worker, care = program("vera", "read", "write"), program("vera", "care")

    assert tell(worker, child, "change_worker", NEW_WORKER).status == 403
    assert care.get(f"/children/{child}/changes").status == 403
    task = council.task("wilma", "record_carer_view")
    assert program("wilma", "care").post(f"/tasks/{task}/complete", {"answers": {}}).status == 403
    assert tell(care, child, "change_worker", NEW_WORKER).status == 200


@pytest.mark.both_stores
def test_of_a_restricted_record_nothing_is_known(council, liquid, program, case_id, child):
    restrict_record(council.by("mona"), child, {
        "reason": "The placement is secret", "named": [str(council.people["viktor"])]})

    assert tell(liquid, child, "change_worker", NEW_WORKER).status == 404
    assert liquid.get(f"/children/{child}/changes").status == 404
    assert tell(program("mona", "care"), child, "change_worker", NEW_WORKER).status == 200


def test_beside_another_case_it_stands_on_that_of_the_plan(council, liquid):
    visit = council.home_visit()
    child = case_resource(council.by("vera"), visit).child_id

    told = tell(liquid, child, "change_worker", NEW_WORKER)

    case = liquid.get(f"/cases/{told.body['case']}").body
    assert case["procedure"] == "initial-pep"
    assert {each["what"] for each in told.body["moved"] if each["group"] == "tasks"} == {
        "“Initiate the PEP”", "“Visit the home”"}
