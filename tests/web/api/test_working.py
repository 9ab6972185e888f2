"""What a program does: claim, hand back, draft, complete, start; and what it is told when it
cannot."""

import pytest

from engine.cases import close_case
from engine.store.models import Case
from engine.tasks import get_task
from workflows.pep.changes.command import put_on_record

VISIT = {
    "met": "The foster carers", "strengths": "Drawing", "hours": 25, "seen_on": "2026-03-24",
    "mood": "good", "needed": ["bed", "books"], "told": True, "heating": "cold",
    "promises": [{"promise": "A desk by Easter", "promise_by": "2026-04-03"}],
}


@pytest.fixture
def visit(council):
    council.home_visit()
    return council.task("wilma", "visit")


def test_a_task_is_completed_and_the_next_ones_are_named(council, program, visit):
    program("tara").post(
        f"/tasks/{council.task('tara', 'agree')}/complete", {"answers": {}}
    )

    done = program("wilma").post(f"/tasks/{visit}/complete", {"answers": VISIT})

    assert done.status == 200
    assert (done.body["task"]["status"], done.body["case_status"]) == ("completed", "open")
    assert [each["element"] for each in done.body["next_tasks"]] == ["file"]
    assert done.body["repeated"] is False


def test_wrong_answers_are_named_one_by_one_and_nothing_is_done(program, visit):
    wilma = program("wilma")
    wrong = {**VISIT, "seen_on": "2026-02-30", "mood": "splendid", "colour": "red",
             "promises": [{"promise": "", "promise_by": "soon"}]}

    refused = wilma.post(f"/tasks/{visit}/complete", {"answers": wrong})

    assert refused.status == 422
    assert {"answers.seen_on", "answers.mood", "answers.colour",
            "answers.promises[0].promise_by"} <= set(refused.problems)
    assert "real date" in refused.problems["answers.seen_on"]
    assert wilma.get(f"/tasks/{visit}").body["status"] == "open"


@pytest.mark.parametrize(
    ("body", "path"),
    [({}, "answers"), ({"answers": []}, "answers"), ({"answers": {}, "force": True}, "force"),
     ({"answers": {}, "seen": {"met": "often"}}, "seen.met")],
)
def test_a_body_of_another_shape_is_refused(program, visit, body, path):
    refused = program("wilma").post(f"/tasks/{visit}/complete", body)

    assert refused.status == 422
    assert list(refused.problems) == [path]


def test_what_is_no_json_is_said_to_be_none(program, visit):
    wilma = program("wilma")
    response = wilma.client.post(
        f"/api/v1/tasks/{visit}/complete", data="{'answers':", content_type="application/json",
        headers={"Authorization": f"Bearer {wilma.token}"},
    )

    assert response.status_code == 400
    assert response.get_json()["title"] == "The request cannot be read as JSON"


@pytest.mark.both_stores
def test_the_same_request_with_the_same_key_has_one_effect(council, program, visit):
    wilma = program("wilma")

    first = wilma.post(f"/tasks/{visit}/complete", {"answers": VISIT}, Idempotency_Key="1")
    again = wilma.post(f"/tasks/{visit}/complete", {"answers": VISIT}, Idempotency_Key="1")

    assert (first.status, again.status) == (200, 200)
    assert (first.body["repeated"], again.body["repeated"]) == (False, True)
    assert council.events("task_completed", "visit") == 1


@pytest.mark.both_stores
def test_one_persons_key_says_nothing_about_anothers(council, program, visit):
    program("wilma").post(f"/tasks/{visit}/complete", {"answers": VISIT}, Idempotency_Key="1")

    agree = council.task("tara", "agree")
    done = program("tara").post(
        f"/tasks/{agree}/complete", {"answers": {}}, Idempotency_Key="1"
    )

    assert (done.status, done.body["repeated"]) == (200, False)


@pytest.mark.both_stores
def test_a_task_that_is_done_is_a_conflict_and_says_so(program, visit):
    wilma = program("wilma")
    wilma.post(f"/tasks/{visit}/complete", {"answers": VISIT})

    for path, body in (("complete", {"answers": VISIT}), ("claim", None), ("release", None)):
        gone = wilma.post(f"/tasks/{visit}/{path}", body)
        assert (gone.status, gone.body["detail"]) == (409, "This task is no longer open.")
    assert wilma.put(f"/tasks/{visit}/draft", {"answers": {}}).status == 409


@pytest.mark.both_stores
def test_an_answer_that_changed_in_between_is_shown_with_its_version(council, program, visit):
    wilma, tara = program("wilma"), program("tara")
    seen = wilma.get(f"/tasks/{visit}").body["seen"]
    agree = council.task("tara", "agree")
    tara.put(f"/tasks/{agree}/draft", {"answers": {"agreed_strengths": "Swimming"}})

    clash = wilma.post(f"/tasks/{visit}/complete", {"answers": VISIT, "seen": seen})

    [changed] = clash.body["errors"]
    assert clash.status == 409
    assert (changed["path"], changed["current"]) == ("answers.strengths", "Swimming")
    seen["strengths"] = changed["version"]
    assert wilma.post(f"/tasks/{visit}/complete", {"answers": VISIT, "seen": seen}).status == 200


@pytest.mark.both_stores
def test_a_task_in_the_queue_goes_to_the_first_who_claims_it(council, program):
    council.gathering_queue()
    task = council.task("vera", "allocate_caseworker")
    vera, viktor = program("vera"), program("viktor")

    taken = vera.post(f"/tasks/{task}/claim")
    late = viktor.post(f"/tasks/{task}/claim")
    back = vera.post(f"/tasks/{task}/release", {"reason": "I am on leave"})

    assert taken.body["assignee"] == str(council.people["vera"])
    assert (late.status, late.body["detail"]) == (409, "Someone else has taken this task.")
    assert back.body["assignee"] is None
    assert viktor.post(f"/tasks/{task}/claim").status == 200


def test_a_colleague_without_the_role_cannot_do_the_task(program, visit):
    assert program("max").post(f"/tasks/{visit}/complete", {"answers": VISIT}).status in (404, 409)
    assert program("sven").post(f"/tasks/{visit}/complete", {"answers": VISIT}).status == 404


def test_a_case_is_started_again_after_one_that_was_closed_too_early(council, program):
    closed = council.start_case()
    vera = program("vera")
    child = vera.get(f"/cases/{closed}").body["child"]
    wanted = {"procedure": "initial-pep", "child": child}

    running = vera.post("/cases", wanted)
    unknown = vera.post("/cases", {**wanted, "procedure": "nothing"})
    close_case(council.by("vera"), closed, "Opened for the wrong placement")
    started = vera.post("/cases", wanted)

    assert unknown.status == 404
    assert running.status == 409
    assert running.body["title"] == "This child has a running case already"
    assert "has a running case already" in running.body["detail"]
    assert started.status == 201
    assert started.headers["Location"] == f"/api/v1/cases/{started.body['id']}"
    assert (started.body["previous"], started.body["status"]) == (str(closed), "open")
    assert len(started.body["open_tasks"]) == 2
    deadlines = vera.get(f"/cases/{started.body['id']}/deadlines").body["items"]
    assert "2026-04-10" in [each["due_on"] for each in deadlines]


def test_a_review_is_not_started_before_the_first_one_was_held(council, program):
    closed = council.start_case()
    vera = program("vera")
    child = vera.get(f"/cases/{closed}").body["child"]
    close_case(council.by("vera"), closed, "Opened too early")

    refused = vera.post("/cases", {"procedure": "review-pep", "child": child})

    assert refused.status == 422
    assert refused.body["detail"].startswith("The first statutory review has not been held.")


def test_a_case_is_not_started_for_nobody_for_a_strangers_child_or_on_no_procedure(
    council, program
):
    closed = council.start_case()
    vera = program("vera")
    child = vera.get(f"/cases/{closed}").body["child"]
    close_case(council.by("vera"), closed, "Opened too early")

    nobody = {"procedure": "initial-pep", "child": "00000000-0000-4000-8000-000000000000"}
    assert vera.post("/cases", nobody).status == 404
    assert vera.post("/cases", {"procedure": "nothing", "child": child}).status == 404
    assert vera.post("/cases", {"procedure": "initial-pep", "child": "Robin"}).problems.keys() == {
        "child"
    }
    theirs = {"procedure": "initial-pep", "child": child}
    assert program("sven").post("/cases", theirs).status == 404
    assert program("tara").post("/cases", theirs).status == 404


def test_a_draft_with_a_field_that_the_form_does_not_ask_is_refused(council, program):
    council.home_visit()
    task = council.task("wilma", "visit")

    answer = program("wilma").put(f"/tasks/{task}/draft", {"answers": {"met": "Ann", "mett": "B"}})

    assert answer.status == 422
    assert answer.problems == {"answers.mett": "This form has no field called “mett”"}


def test_however_long_the_name_of_that_field_is(council, program):
    council.home_visit()
    task = council.task("wilma", "visit")

    answer = program("wilma").put(f"/tasks/{task}/draft", {"answers": {"m" * 300: "B"}})

    assert answer.status == 422
    name = "m" * 80
    assert answer.problems == {f"answers.{name}": f"This form has no field called “{name}”"}


@pytest.mark.both_stores
def test_a_social_worker_learns_nothing_of_who_does_a_teachers_task(council, program):
    council.home_visit()
    task = council.task("tara", "agree")

    for way in ("claim", "release"):
        assert program("wilma").post(f"/tasks/{task}/{way}").status == 404
    assert program("wilma").post(f"/tasks/{task}/complete", {"answers": {}}).status == 404


NUMBER = "identity.social_care_id"


def put_by_wilma(council, task, value):
    case_id = get_task(council.by("wilma"), task).case_id
    with council.by("wilma").begin() as work:
        put_on_record(work, work.session.get_one(Case, case_id), NUMBER, value)


@pytest.mark.both_stores
def test_what_is_not_for_whoever_has_the_task_stays_with_its_writer(council, program):
    """A form may ask a teacher something of a class that teachers do not see."""
    council.home_visit()
    agree, tara = council.task("tara", "agree"), program("tara")
    put_by_wilma(council, agree, "SC-4711")

    shown = tara.get(f"/tasks/{agree}").body

    assert "number_of_care" in [each["key"] for each in shown["form"]["questions"]]
    assert "number_of_care" not in {*shown["answers"], *shown["seen"]}
    tara.post(f"/tasks/{agree}/complete", {"answers": {}})
    child = program("wilma").get(f"/tasks/{agree}").body["child"]
    assert program("wilma").get(f"/records/{child}").body["document"][NUMBER] == "SC-4711"


@pytest.mark.both_stores
def test_a_conflict_does_not_tell_what_is_not_for_its_reader(council, program):
    council.home_visit()
    agree, tara = council.task("tara", "agree"), program("tara")
    put_by_wilma(council, agree, "SC-4711")

    clash = tara.put(f"/tasks/{agree}/draft",
                     {"answers": {"number_of_care": "?"}, "seen": {"number_of_care": 0}})

    assert clash.status == 409
    [told] = clash.body["errors"]
    assert (told["path"], told["version"]) == ("answers.number_of_care", 1)
    assert "current" not in told
    own = {"answers": {"number_of_care": "mine"}, "seen": {"number_of_care": 1}}
    assert tara.put(f"/tasks/{agree}/draft", own).status == 200
    assert tara.get(f"/tasks/{agree}").body["answers"]["number_of_care"] == "mine"
