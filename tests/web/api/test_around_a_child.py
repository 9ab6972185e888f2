"""Who is around a child, and the plan as it was: to whoever sees that on the pages."""

from datetime import timedelta
from uuid import UUID

import pytest

from workflows.involvements import start_involvement


@pytest.fixture
def case_id(council):
    return council.gathering()


def child_of(program, case_id):
    return program.get(f"/cases/{case_id}").body["child"]


def test_the_people_around_a_child_and_since_when(council, program, case_id):
    vera = program("vera")
    child = child_of(vera, case_id)
    council.end("wilma", "social_worker")
    today = council.clock.now().date()
    start_involvement(council.by("vera"), UUID(child), council.people["sven"],
                      "social_worker", today)

    ever = vera.get(f"/involvements?child={child}&person={council.people['wilma']}").body
    now = vera.get(f"/involvements?child={child}&on={today}").body["items"]

    [of_wilma] = ever["items"]
    assert of_wilma["ends_on"] == (today - timedelta(days=1)).isoformat()
    workers = [each for each in now if each["role"] == "social_worker"]
    assert [(each["name"], each["ends_on"]) for each in workers] == [("Sven Birkett", None)]
    assert vera.get(f"/involvements/{of_wilma['id']}").body == of_wilma
    assert program("wilma").get("/involvements").body == {"items": [], "next": None}
    assert program("wilma").get(f"/involvements/{of_wilma['id']}").status == 404
    assert {each["child"] for each in program("sven").get("/involvements").body["items"]} == {child}


@pytest.mark.both_stores
def test_a_version_stays_as_it_was_signed_and_shows_each_reader_their_part(council, program):
    case_id = council.to_signatures()
    council.both_sign()
    vera, tara = program("vera"), program("tara")
    child = child_of(vera, case_id)

    listed = vera.get(f"/records/{child}/versions").body["items"]
    whole = vera.get(f"/records/{child}/versions/1").body
    of_school = tara.get(f"/records/{child}/versions/1").body

    assert [each["number"] for each in listed] == [1]
    assert {name: whole[name] for name in listed[0]} == listed[0]
    assert whole["document"] == vera.get(f"/records/{child}").body["document"]
    assert of_school["document"] == tara.get(f"/records/{child}").body["document"]
    assert set(of_school["document"]) < set(whole["document"])
    assert not any(path.startswith("placement.") for path in of_school["document"])
    assert vera.get(f"/records/{child}/versions/2").status == 404
    assert program("max").get(f"/records/{child}/versions").status == 404
