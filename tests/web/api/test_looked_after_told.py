"""A case system tells that a child became looked after, on the real diagrams."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from engine.background import Embedded
from engine.domain import SYSTEM
from engine.store.models import Audit, Case
from workflows.children import CarePeriod, Child, Placement, School
from workflows.pep.reviews import StatutoryReview
from workflows.sight.restrictions import restrict_record

TOLD = {
    "number": "LL-10042", "given_names": "Robin", "family_name": "Quennell",
    "born_on": "2015-05-04", "upn": "A123456789012", "became_looked_after_on": "2026-03-27",
    "first_placement_on": "2026-03-27", "entry": "emergency", "legal_status": "interim_care_order",
    "placement_kind": "foster", "placement_address": "1 Old Lane", "lives_out_of_area": "no",
    "school": "990101", "social_worker": "Wilma@council.example",
    "team_manager": "mona@council.example", "designated_teacher": "tara@council.example",
    "reviewing_officer": "rob@council.example",
}
PREPARED = "Plan prepared within 10 working days"
FIRST_REVIEW = "First statutory review within 20 working days"


@pytest.fixture(autouse=True)
def friday(council):
    """27 March 2026, in the afternoon; Easter is ahead."""
    council.clock.move_to(datetime(2026, 3, 27, 16, tzinfo=UTC))
    with council.installation.acting(SYSTEM).begin() as work:
        work.session.add(School(id=uuid4(), urn="990101", name="Tests' School", phase="primary",
                                area="A"))


@pytest.fixture
def liquid(program):
    return program("vera", "read", "care")


def tell(program, **changed):
    headers = {"Idempotency_Key": changed.pop("key")} if "key" in changed else {}
    return program.post("/children", {**TOLD, **changed}, **headers)


def count(council, table, *where):
    with council.by("vera").begin(writing=False) as work:
        return work.session.scalar(select(func.count()).select_from(table).where(*where))


def dates(told):
    return {each["title"]: each["due_on"] for each in told.body["deadlines"]}


def open_steps(program, told):
    found = program.get(f"/tasks?case={told.body['case']['id']}").body["items"]
    return {each["element"]: each for each in found}


@pytest.mark.both_stores
def test_an_emergency_on_a_friday_opens_the_case_with_both_clocks(council, liquid):
    told = tell(liquid)

    assert told.status == 201
    assert (told.body["plan_needed"], told.body["why_not"], told.body["repeated"]) == (
        True, "", False)
    assert told.body["case"]["procedure"] == "initial-pep"
    assert dates(told)[PREPARED] == "2026-04-14"
    assert dates(told)[FIRST_REVIEW] == "2026-04-28"
    steps = open_steps(liquid, told)
    assert steps["initiate_pep"]["due_on"] == "2026-03-30"
    assert steps["initiate_pep"]["assignee"] == str(council.people["wilma"])
    child = liquid.get(told.headers["Location"]).body
    assert (child["id"], child["school"], child["placement_address"], child["upn"]) == (
        told.body["child"], "Tests' School", "1 Old Lane", "A123456789012")
    held = liquid.get(f"/involvements?child={child['id']}").body["items"]
    assert {each["role"] for each in held} == {
        "social_worker", "team_manager", "designated_teacher", "reviewing_officer"}
    [opened] = liquid.get(f"/events?case={told.body['case']['id']}&kind=case_opened").body["items"]
    assert opened["actor"] == str(council.people["vera"])


def test_a_planned_placement_is_due_before_it_begins(liquid):
    told = tell(liquid, entry="planned", first_placement_on="2026-04-20")

    assert dates(told)["Plan prepared before the first placement"] == "2026-04-17"
    assert dates(told)[PREPARED] == "2026-05-05"
    assert dates(told)[FIRST_REVIEW] == "2026-04-28"


def test_short_breaks_need_no_plan_and_the_answer_says_why(liquid):
    told = tell(liquid, legal_status="short_breaks")

    assert told.status == 201
    assert (told.body["plan_needed"], told.body["looked_at_again_on"]) == (False, None)
    assert "short breaks only (regulation 48)" in told.body["why_not"]
    assert (told.body["case"]["status"], told.body["deadlines"]) == ("ended", [])


@pytest.mark.both_stores
def test_a_two_year_old_is_looked_at_again_on_the_third_birthday(council, liquid):
    told = tell(liquid, born_on="2023-09-01", upn="")

    assert (told.body["plan_needed"], told.body["looked_at_again_on"]) == (False, "2026-09-01")
    assert "Younger than three" in told.body["why_not"]
    assert open_steps(liquid, told) == {}

    council.clock.move_to(datetime(2026, 9, 1, 9, tzinfo=UTC))
    Embedded(council.installation, deliver=lambda _message: None).one_round()

    assert open_steps(liquid, told)["initiate_pep"]["due_on"] == "2026-09-02"
    again = tell(liquid, born_on="2023-09-01", upn="")
    assert (again.body["repeated"], again.body["plan_needed"]) == (True, True)
    assert dates(again)[PREPARED] == "2026-09-15"


@pytest.mark.both_stores
def test_told_twice_is_told_once_without_any_key(council, liquid):
    first = tell(liquid)

    again = tell(liquid, number=" ll-10042 ", given_names="Robyn")

    assert again.status == 201
    assert again.body == {**first.body, "repeated": True}
    assert (count(council, Child), count(council, Case)) == (1, 1)
    with council.by("vera").begin(writing=False) as work:
        assert work.session.scalar(select(func.count()).where(Audit.action == "see_child")) == 1


@pytest.mark.both_stores
def test_told_at_once_by_two_programs_is_told_once(council, program):
    programs, ready = [program("vera", "care"), program("viktor", "care")], Barrier(2)

    def at_once(each):
        ready.wait()
        return tell(each)

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(at_once, programs))

    assert (count(council, Child), count(council, Case)) == (1, 1)
    assert {each.status for each in answers} <= {201, 409}
    assert all(tell(each).body["repeated"] for each in programs)


def test_under_one_key_the_first_answer_comes_again(liquid):
    first = tell(liquid, key="1")

    assert tell(liquid, key="1").body == {**first.body, "repeated": True}


def test_one_who_had_left_care_returns_with_new_clocks(council, liquid):
    first = tell(liquid)
    child = first.body["child"]
    council.clock.move_to(datetime(2026, 5, 29, 9, tzinfo=UTC))
    liquid.post(f"/children/{child}/changes/cease_to_be_looked_after", {"answers": {
        "on": "2026-05-29", "outcome": "home", "reason": "The court decided"}})
    late = tell(liquid)
    assert (late.body["repeated"], late.body["case"]["status"]) == (True, "closed")
    council.clock.move_to(datetime(2026, 6, 10, 9, tzinfo=UTC))

    back = tell(liquid, became_looked_after_on="2026-06-10", first_placement_on="2026-06-10")

    assert back.status == 201
    assert (back.body["child"], back.body["repeated"]) == (child, False)
    assert back.body["case"]["previous"] == first.body["case"]["id"]
    assert dates(back)[PREPARED] == "2026-06-24"
    assert dates(back)[FIRST_REVIEW] == "2026-07-08"
    assert count(council, CarePeriod) == 1
    again = tell(liquid, became_looked_after_on="2026-06-10", first_placement_on="2026-06-10")
    assert again.body == {**back.body, "repeated": True}


@pytest.mark.parametrize(("changed", "says"), [
    ({"became_looked_after_on": "2026-03-26"}, "looked after since Fri 27 Mar 2026"),
    ({"born_on": "2015-05-05"}, "Another child has this number"),
    ({"given_names": "Kim", "family_name": "Other"}, "Another child has this number"),
])
def test_what_cannot_be_beside_what_is_known_is_a_conflict(council, liquid, changed, says):
    tell(liquid)

    told = tell(liquid, **changed)

    assert told.status == 409
    assert says in told.body["detail"]
    assert (count(council, Child), count(council, Case)) == (1, 1)


@pytest.mark.both_stores
def test_who_may_have_a_record_is_a_conflict_that_names_nobody(council, liquid, program):
    """Sven is not around the child: he learns nothing but where to ask."""
    first = tell(liquid)

    for told in (tell(liquid, number="LL-2"), tell(liquid, number="LL-2", upn="")):
        assert told.status == 409
        assert "already has a record" in told.body["detail"]
    for changed in ({"number": "LL-2"}, {"number": "LL-2", "upn": ""}, {}):
        told = tell(program("sven", "care"), **changed)
        assert told.status == 409
        assert told.body["detail"].startswith(
            "This child may already have a record. Ask the virtual school, quoting ")
        assert first.body["child"] not in str(told.body)
    assert count(council, Child) == 1
    assert count(council, Audit, Audit.action == "find_duplicate") == 5


@pytest.mark.both_stores
def test_a_program_that_guesses_is_stopped_after_ten_whatever_its_key(council, liquid, program):
    tell(liquid)
    sven = program("sven", "care")

    answers = [tell(sven, number=f"LL-{n}", key=str(n)) for n in range(11)]

    assert [each.status for each in answers] == [409] * 10 + [422]
    assert "10 checks today" in answers[-1].body["detail"]


def test_a_twin_is_another_child_where_the_namesake_may_be_seen(council, liquid, program):
    tell(liquid)
    twin = {"number": "LL-10043", "given_names": "Kim", "upn": "", "another_child": True}

    assert tell(program("sven", "care"), **twin).status == 409
    told = tell(liquid, **twin)

    assert (told.status, told.body["plan_needed"]) == (201, True)
    assert count(council, Child) == 2
    assert tell(liquid, **{**twin, "upn": TOLD["upn"], "number": "LL-3"}).status == 409


@pytest.mark.both_stores
def test_a_restricted_record_is_known_to_nobody_who_may_not_see_it(council, liquid, program):
    child = tell(liquid).body["child"]
    restrict_record(council.by("mona"), UUID(child), {
        "reason": "The placement is secret", "named": [str(council.people["viktor"])]})

    told = tell(liquid)

    assert told.status == 409
    assert "Ask the virtual school, quoting" in told.body["detail"]
    assert tell(program("viktor", "care")).body["child"] == child


def test_a_restricted_address_is_never_kept(council, liquid):
    tell(liquid, address_restricted=True)

    with council.by("vera").begin(writing=False) as work:
        assert work.session.scalars(select(Placement.address)).all() == [
            "Restricted. The social worker has it"]


@pytest.mark.parametrize(("changed", "field", "says"), [
    ({"number": " "}, "number", "by which your system knows the child"),
    ({"number": "9" * 33}, "number", "at most 32"),
    ({"given_names": ""}, "given_names", "Enter the child's given names"),
    ({"born_on": "2015-02-30"}, "born_on", ""),
    ({"born_on": "2027-01-01"}, "born_on", "in the future"),
    ({"born_on": "2005-05-04"}, "born_on", "18 or older"),
    ({"entry": "sudden"}, "entry", ""),
    ({"school": "999999"}, "school", ""),
    ({"social_worker": "nobody@council.example"}, "social_worker", ""),
    ({"social_worker": "tara@council.example"}, "social_worker", ""),
    ({"first_placement_on": "2026-03-01"}, "first_placement_on",
     "before the child became looked after"),
    ({"upn": "x"}, "upn", "UPN of 13 characters"),
    ({"colour": "red"}, "colour", ""),
])
def test_what_is_wrong_is_named_and_nothing_is_made(council, liquid, changed, field, says):
    told = tell(liquid, **changed)

    assert told.status == 422
    assert says in told.problems[field]
    assert (count(council, Child), count(council, StatutoryReview)) == (0, 0)


def test_who_starts_no_case_and_a_token_without_the_scope_are_refused(program):
    assert tell(program("tara", "care")).status == 404
    assert tell(program("vera", "read", "write")).status == 403
