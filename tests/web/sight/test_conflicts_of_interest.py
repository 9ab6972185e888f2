"""Whoever is close to the family never sees the record, whatever else would let them in."""

from uuid import UUID

from sqlalchemy import select
from visitor import words

from engine.store.models import Outbox
from workflows.my_tasks import my_tasks
from workflows.resources import case_resource
from workflows.sight.conflicts import conflicts_about, declare_conflict_of_others


def declared(council, name):
    page = council.sign_in(name).visitor.open(f"/cases/{council.case_id}")
    page = page.follow("I must not see this record")
    page.fill({"What connects you with the child or the family?": "He is my sister's son"})
    return page.press("Close the record to me")


def test_a_social_worker_closes_the_record_to_herself(council):
    council.case_id = council.start_case()

    page = declared(council, "wilma")

    assert page.heading == "My tasks"
    assert "The record is closed to you" in page.whole
    assert page.visitor.open(f"/cases/{council.case_id}").status == 404
    assert "Testerby" not in page.visitor.open("/cases").text
    assert "Testerby" not in page.visitor.open("/tasks").text


def test_her_tasks_go_to_whoever_covers_and_the_virtual_school_is_told(council):
    council.case_id = council.start_case()

    declared(council, "wilma")

    assert {row.task.element for row in my_tasks(council.by("mona")).mine} >= {"initiate_pep"}
    with council.by("vera").begin(writing=False) as work:
        told = set(work.session.scalars(
            select(Outbox.person_id).where(Outbox.kind == "conflict_declared")))
    assert told == {council.people["vera"], council.people["viktor"]}


def test_nobody_opens_it_again_to_themselves(council):
    council.case_id = council.start_case()
    page = council.sign_in("vera").visitor.open(f"/cases/{council.case_id}")
    page = page.follow("Somebody else must not see this record")
    page.fill({"Who?": "Max Ibbotson, max@council.example",
               "What connects them with the child or the family?": "A neighbour"})
    page = page.press("Close the record to them")
    assert "Max Ibbotson" in page.text
    assert "End" not in page.links
    assert council.sign_in("max").visitor.open(f"/cases/{council.case_id}").status == 404
    child_id = page.address.split("/")[2]
    [conflict] = conflicts_about(council.by("viktor"), UUID(child_id))
    end = f"/children/{child_id}/conflicts/{conflict.id}/end"

    refused = page.visitor.open(end).fill({"Why does it no longer stand?": "Moved"}).press("End it")
    assert refused.status == 422
    ended = council.sign_in("viktor").visitor.open(end)
    ended = ended.fill({"Why does it no longer stand?": "He has moved"}).press("End it")

    assert "The record is closed to nobody" in ended.text
    assert council.sign_in("max").visitor.open(f"/cases/{council.case_id}").status == 200


def closed_to(council, name):
    child_id = case_resource(council.by("vera"), council.case_id).child_id
    declare_conflict_of_others(council.by("vera"), child_id, {
        "person": str(council.people[name]), "reason": "Related"})


def offered(page):
    return [words(option) for option in page.tree.xpath("//main//option")]


def test_who_must_not_see_the_child_is_no_caseworker_even_on_a_page_opened_before(council):
    council.case_id = council.gathering_queue()
    page = council.open_task("vera", "allocate_caseworker")
    page.fill({"Who in the virtual school will work with this child?": "Viktor Elsworth"})
    closed_to(council, "viktor")

    refused = page.press("Continue")

    assert refused.status == 422
    assert "cannot be chosen here now. Choose another one" in refused.errors["caseworker"]
    assert "Viktor Elsworth" not in offered(refused)
    assert "Vera Dunnock" in offered(refused)


def test_nor_do_they_take_over_a_role(council):
    council.case_id = council.start_case()
    change = f"/cases/{council.case_id}/change/change_worker"
    assert "Sven Birkett" in offered(council.sign_in("mona").visitor.open(change))

    closed_to(council, "sven")

    page = council.sign_in("mona").visitor.open(change)
    assert "Sven Birkett" not in offered(page)
    assert "Wilma Ashdown" in offered(page)


def test_a_conflict_wins_over_an_emergency(council):
    council.case_id = council.start_case()
    declared(council, "wilma")

    page = council.sign_in("wilma").visitor.open("/emergency")
    page.fill({"Given names": "Robin", "Family name": "Testerby",
               "Date of birth": ("4", "5", "2016"),
               "Why do you need to see this record now?": "The carer rings me at night"})
    page = page.press("Open the record")

    assert page.status == 422
    assert "No record opens with these details" in page.errors["reference"]
