"""What a program reads: the same as its person would, no field more."""

import pytest
from sqlalchemy import select

from engine.domain import SYSTEM
from engine.store.models import Audit


@pytest.fixture
def case_id(council):
    return council.gathering()


def child_of(program, case_id):
    return program.get(f"/cases/{case_id}").body["child"]


def test_lists_come_in_pages_that_name_the_next_one(council, program, case_id):
    second = council.start_case(given_names="Sam", upn="A123456789012")
    vera = program("vera")

    first_page = vera.get("/cases?limit=1&status=open").body
    second_page = vera.get(first_page["next"]).body
    third_page = vera.get(second_page["next"]).body

    found = [case["id"] for page in (first_page, second_page) for case in page["items"]]
    assert sorted(found) == sorted([str(case_id), str(second)])
    assert third_page == {"items": [], "next": None}
    assert vera.get("/cases").body["next"] is None


@pytest.mark.parametrize(
    ("query", "path"),
    [("limit=0", "limit"), ("limit=many", "limit"), ("after=yesterday", "after"),
     ("colour=red", "colour")],
)
def test_a_wrong_filter_is_named(program, query, path):
    answer = program("vera").get(f"/cases?{query}")

    assert answer.status == 422
    assert list(answer.problems) == [path]


def test_a_case_says_where_it_is_and_what_happened(program, case_id):
    vera = program("vera")

    case = vera.get(f"/cases/{case_id}").body
    timeline = vera.get(f"/cases/{case_id}/timeline").body["items"]
    deadlines = vera.get(f"/cases/{case_id}/deadlines").body["items"]

    assert (case["procedure"], case["status"], case["incident"]) == ("initial-pep", "open", "")
    assert vera.get(f"/releases/{case['release']}").body["state"] == "live"
    assert {vera.get(f"/tasks/{task}").body["case"] for task in case["open_tasks"]} == {
        str(case_id)
    }
    assert timeline[-1]["text"] == "The case was opened."
    prepared = next(each for each in deadlines if each["title"].startswith("Plan prepared"))
    assert prepared["due_on"] == "2026-04-10"
    assert "10 working days from Wed 25 Mar 2026" in prepared["because"]
    assert (prepared["id"], prepared["kind"], prepared["late"]) == ("T2", "statutory", False)
    assert (prepared["day"], prepared["days"], prepared["unit"]) == (0, 10, "working day")
    assert prepared["anchor"] == "the start of the first placement"
    assert "marked late" in prepared["breach"]
    assert [each["kind"] for each in deadlines if each["id"]] == sorted(
        (each["kind"] for each in deadlines if each["id"]),
        key=["statutory", "guidance", "local"].index,
    )


def test_the_diagram_of_a_case_is_a_picture_that_stands_alone(council, program, case_id):
    response = program("vera").client.get(
        f"/api/v1/cases/{case_id}/diagram.svg",
        headers={"Authorization": f"Bearer {program('vera').token}"},
    )

    assert response.mimetype == "image/svg+xml"
    assert response.text.startswith("<svg")
    assert "The case is at: " in response.text


def test_a_task_carries_its_form_and_what_the_record_holds(council, program):
    council.home_visit()
    wilma = program("wilma")
    task = wilma.get("/tasks?mine=true").body["items"]
    visit = next(each for each in task if each["element"] == "visit")
    wilma.put(f"/tasks/{visit['id']}/draft", {"answers": {"met": "The carers", "hours": "x"}})

    found = wilma.get(f"/tasks/{visit['id']}").body

    questions = {each["key"]: each for each in found["form"]["questions"]}
    assert (found["due_on"], found["role"]) == ("2026-03-30", "social_worker")
    assert questions["met"]["required"] is True
    assert [each["value"] for each in questions["mood"]["options"]] == ["good", "bad"]
    assert [each["key"] for each in questions["promises"]["questions"]] == [
        "promise", "promise_by"
    ]
    assert found["answers"] == {"met": "The carers", "hours": "x"}
    assert (found["seen"]["met"], found["seen"]["mood"]) == (1, 0)


def test_fields_of_a_child_follow_their_class(program, case_id):
    vera, tara, manager = program("vera"), program("tara"), program("max")
    child = child_of(vera, case_id)

    seen_by = {name: who.get(f"/children/{child}").body
               for name, who in (("vera", vera), ("tara", tara), ("max", manager))}

    assert {name: body["name"] for name, body in seen_by.items()} == dict.fromkeys(
        ("vera", "tara", "max"), "Robin Testerby"
    )
    assert {name: body["looked_after_on"] for name, body in seen_by.items()} == {
        "vera": "2026-03-25", "tara": None, "max": None
    }
    assert {name: body["born_on"] for name, body in seen_by.items()} == {
        "vera": "2016-05-04", "tara": "2016-05-04", "max": None
    }
    for name, who in (("vera", vera), ("tara", tara), ("max", manager)):
        [listed] = who.get("/children").body["items"]
        assert listed == seen_by[name]


def test_the_record_shows_only_what_its_reader_may_see(council, program, case_id):
    council.do("wilma", "complete_social_work_sections")
    vera, tara = program("vera"), program("tara")
    child = child_of(vera, case_id)

    whole = vera.get(f"/records/{child}").body
    of_school = tara.get(f"/records/{child}").body

    assert (whole["number"], whole["state"]) == (1, "open")
    assert set(of_school["document"]) < set(whole["document"])
    assert not any(path.startswith("placement.") for path in of_school["document"])
    assert [each["id"] for each in vera.get("/records").body["items"]] == [child]


def test_a_stranger_sees_nothing_and_learns_nothing(program, case_id):
    vera, sven = program("vera"), program("sven")
    child = child_of(vera, case_id)
    task = vera.get(f"/cases/{case_id}").body["open_tasks"][0]
    event = vera.get(f"/events?case={case_id}").body["items"][0]

    for path in (f"/children/{child}", f"/cases/{case_id}", f"/cases/{case_id}/timeline",
                 f"/cases/{case_id}/deadlines", f"/cases/{case_id}/diagram.svg",
                 f"/records/{child}", f"/tasks/{task}", f"/events/{event['id']}"):
        assert sven.get(path).body == {
            "type": "about:blank", "title": "There is nothing here that you can see", "status": 404
        }
    for path in ("/children", "/cases", "/records", "/tasks"):
        assert sven.get(path).body == {"items": [], "next": None}
    assert all(each["child"] is None for each in sven.get("/events").body["items"])


def test_whoever_holds_no_role_with_cases_has_no_lists_of_them(program, case_id):
    olga = program("olga")

    assert [olga.get(path).status for path in ("/children", "/cases", "/records", "/events")] == [
        404, 404, 404, 404
    ]
    assert olga.get("/releases").status == 200


def test_events_go_on_where_the_last_page_ended(program, case_id):
    vera = program("vera")

    page = vera.get(f"/events?case={case_id}&limit=2").body
    rest = vera.get(f"/events?case={case_id}&after={page['items'][-1]['seq']}").body
    opened = vera.get(f"/events?case={case_id}&kind=case_opened").body["items"]

    assert vera.get(page["next"].replace("limit=2", "limit=200")).body["items"] == rest["items"]
    assert [each["kind"] for each in opened] == ["case_opened"]
    assert vera.get(f"/events/{opened[0]['id']}").body == opened[0]


def test_releases_are_listed_for_each_procedure(program):
    vera = program("vera")

    found = vera.get("/releases").body["items"]
    initial = vera.get("/releases?procedure=initial-pep").body["items"]

    assert {each["procedure"] for each in found} == {
        "initial-pep", "review-pep", "reopened-plan", "home-visit"}
    assert [each["number"] for each in initial] == [1]


def test_reading_about_a_child_is_in_the_audit(council, program, case_id):
    vera = program("vera")
    child = child_of(vera, case_id)
    vera.get(f"/records/{child}")
    vera.get("/children")

    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        seen = work.session.scalars(
            select(Audit.action).where(Audit.actor_id == council.people["vera"])
        ).all()
    assert {"see_case", "see_plan", "see_child"} <= set(seen)


def test_a_task_carries_what_must_be_known_to_do_it(council, program):
    council.start_case(born_on="2010-05-04")
    council.do("wilma", "initiate_pep", disrupts_key_stage_4="yes")
    council.do("vera", "allocate_caseworker", caseworker=str(council.people["vera"]))
    council.do("wilma", "plan_key_stage_4_move", move_is_emergency="no", move_on="2026-04-20")
    task = council.task("vera", "decide_key_stage_4_move")

    beside = program("vera").get(f"/tasks/{task}").body["beside"]

    assert beside["heading"] == "What the social worker says of the move"
    assert beside["answers"]["move_on"] == "2026-04-20"
    labels = {each["key"]: each["label"] for each in beside["questions"]}
    assert labels["move_school"] == "New school, setting or provider"
    assert program("max").get(f"/tasks/{task}").body["beside"] is None
