"""Education sections that a designated teacher gives to a colleague, and what ends it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.domain import SYSTEM
from engine.store.models import Audit, Outbox
from workflows.access import decide
from workflows.involvements import end_involvement, people_around
from workflows.people import add_person
from workflows.resources import case_resource
from workflows.sight.conflicts import declare_conflict_of_others
from workflows.tokens import add_token

STEP = "complete_education_sections"
SKILLS = "What does the child need in skills?"
WHO = "Who fills them in?"
THEIRS = {"/tasks/<uuid:task_id>/sections", "/tasks/<uuid:task_id>/sections/draft"}


@pytest.fixture
def school(council, password_hash):
    """The council, with two colleagues of Tara's school and one of another."""
    by = council.installation.acting(SYSTEM)
    for key, name, address in (("cora", "Cora Delling", "cora@council.example"),
                               ("cem", "Cem Easby", "cem@council.example"),
                               ("olive", "Olive Farthing", "olive@elsewhere.example")):
        council.people[key] = add_person(by, name, address, ["school_colleague"], password_hash)
    council.case_id = council.gathering()
    council.task_id = council.task("tara", STEP)
    return council


def give(school, to="Cora Delling", until=None):
    page = school.open_task("tara", STEP).follow("Give these sections to a colleague")
    answers = {WHO: to} | ({"Until when?": until} if until else {})
    return page.fill(answers).press("Give the sections")


def sections(school, name="cora"):
    return school.sign_in(name).visitor.open(f"/tasks/{school.task_id}/sections")


def html(page):
    return page.response.get_data(as_text=True)


def test_a_colleague_fills_in_and_the_teacher_sends(school):
    assert sections(school).status == 404

    given = give(school)

    assert "Cora Delling fills this in with you. You send it." in given.text
    assert "Complete education sections for Robin Testerby" in school.sign_in("cora").text
    page = school.sign_in("cora").follow("Complete education sections")
    assert "Tara Copley has asked you to fill in what you know" in page.text
    saved = page.fill({SKILLS: "To plan an essay"}).press("Save")
    assert saved.status == 200
    form = school.open_task("tara", STEP)
    assert form.value(SKILLS) == "To plan an essay"
    school.do("tara", STEP)
    assert sections(school).status == 404
    assert "Complete education sections" not in school.sign_in("cora").text


def test_what_is_not_for_a_colleague_is_not_on_their_page_and_not_taken_from_them(school):
    form = school.open_task("tara", STEP)
    assert "mental_health" in html(form)
    give(school)

    page = sections(school)

    assert SKILLS in page.labels
    assert "mental health" not in page.whole.lower()
    assert not {"mental_health", "custody", "establishment"} & set(re.findall(
        r"mental_health|custody|establishment", html(page)))
    assert not {"Read the plan so far", "Sections of the plan"} & set(page.links)
    sent = page.visitor.client.post(f"/tasks/{school.task_id}/sections/draft", data={
        "csrf_token": page.token, "seen-mental_health_state": "0", "mental_health_state": "none",
        "mental_health_state-shown": "1"})
    assert sent.json["seen"] == {}
    assert not school.open_task("tara", STEP).value(
        "Are there mental health needs that matter for education?")


@pytest.mark.both_stores
def test_colleagues_of_the_same_school_alone_can_be_chosen(school):
    page = school.open_task("tara", STEP).follow("Give these sections to a colleague")

    assert {"Cora Delling", "Cem Easby"} <= set(page.labels)
    assert "Olive Farthing" not in page.labels
    assert "Wilma Ashdown" not in page.labels
    forged = page.visitor.send(f"/tasks/{school.task_id}/delegate", [
        ("csrf_token", page.token), ("form-id", "x"), ("to-shown", "1"),
        ("to", str(school.people["olive"]))])
    assert forged.status == 422
    assert forged.errors == {"to": "Choose who fills the sections in"}
    olive = school.visitor().sign_in("olive@elsewhere.example")
    assert olive.heading == "My tasks"
    assert olive.visitor.open(f"/tasks/{school.task_id}/sections").status == 404


@pytest.mark.both_stores
def test_a_colleague_who_must_not_see_the_child_cannot_be_chosen(school):
    page = school.open_task("tara", STEP).follow("Give these sections to a colleague")
    child_id = case_resource(school.by("vera"), school.case_id).child_id
    declare_conflict_of_others(school.by("vera"), child_id, {
        "person": str(school.people["cora"]), "reason": "Her aunt"})

    refused = page.fill({WHO: "Cora Delling"}).press("Give the sections")

    assert refused.status == 422
    assert refused.errors == {"to": "Choose who fills the sections in"}
    assert "Cora Delling" not in refused.labels
    assert "Cem Easby" in refused.labels


@pytest.mark.parametrize(("filled", "told"), [
    ({}, {"to": "Choose who fills the sections in"}),
    ({WHO: "Cora Delling", "Until when?": ("24", "3", "2026")},
     {"until-day": "This day is over. Enter today or a later day"}),
])
def test_what_is_missing_or_over_is_said_and_nothing_is_lost(school, filled, told):
    page = school.open_task("tara", STEP).follow("Give these sections to a colleague")

    back = page.fill(filled).press("Give the sections")

    assert (back.status, back.errors) == (422, told)
    assert back.value(WHO) == ([filled[WHO]] if filled else [])
    assert sections(school).status == 404


def taken_back(school):
    school.open_task("tara", STEP).press("Take it back")


def another_has_it(school):
    give(school, "Cem Easby")
    assert sections(school, "cem").status == 200


def done(school):
    school.do("tara", STEP)


def teacher_leaves(school):
    school.clock.move_on(timedelta(days=1))
    school.end("tara", "designated_teacher")


def teacher_leaves_by_the_calendar(school):
    """Entered in advance, and no background work has run since midnight: the task is theirs yet."""
    vera = school.by("vera")
    child_id = case_resource(vera, school.case_id).child_id
    for each in people_around(vera, child_id):
        if each.role == "designated_teacher":
            end_involvement(vera, each.id, vera.today)
    school.clock.move_on(timedelta(days=1))


def handed_back(school):
    page = school.open_task("tara", STEP).follow("This is not my task")
    page.fill({"Why is it not your task?": "Away"}).press("Hand the task back")


def given_to_another(school):
    page = school.sign_in("vera").visitor.open(f"/board/reassign/{school.task_id}")
    page.fill({"Who will do it?": "Viktor Elsworth", "Why?": "Tara is ill"}).press("Give the task")


@pytest.mark.parametrize("end", [taken_back, another_has_it, done, teacher_leaves,
                                 teacher_leaves_by_the_calendar, handed_back, given_to_another])
@pytest.mark.both_stores
def test_it_ends_at_once(school, end):
    give(school)
    page = sections(school)
    assert page.status == 200

    end(school)

    assert sections(school).status == 404
    assert page.fill({SKILLS: "Too late"}).press("Save").status == 404
    assert "Robin Testerby" not in school.sign_in("cora").whole


def test_it_holds_until_the_day_that_was_set(school):
    give(school, until=("26", "3", "2026"))
    assert "Cora Delling fills this in with you, until 26 March 2026" in school.open_task(
        "tara", STEP).text
    school.clock.move_on(timedelta(days=1))
    assert sections(school).status == 200

    school.clock.move_on(timedelta(days=1))

    assert sections(school).status == 404
    assert "fills this in with you" not in school.open_task("tara", STEP).text


@pytest.mark.both_stores
def test_two_who_change_one_answer_choose_which_is_to_stand(school):
    give(school)
    page = sections(school)
    school.open_task("tara", STEP).fill({SKILLS: "To read aloud"}).press("Save and come back later")

    back = page.fill({SKILLS: "To plan an essay"}).press("Save")

    assert back.status == 409
    assert "To read aloud" in back.text
    assert "To plan an essay" in back.whole
    assert school.open_task("tara", STEP).value(SKILLS) == "To read aloud"


def test_rows_are_added_and_removed(school):
    give(school)
    page = sections(school)
    before = len([each for each in page.buttons if each.startswith("Remove")])

    more = page.press("Add another")

    assert more.status == 200
    assert len([each for each in more.buttons if each.startswith("Remove")]) > before


def test_only_the_teacher_gives_and_only_their_education_sections(school):
    views = school.task("tara", "record_child_views")
    for name, task in (("wilma", school.task_id), ("vera", school.task_id), ("tara", views),
                       ("cora", school.task_id)):
        page = school.sign_in(name)
        assert page.visitor.open(f"/tasks/{task}/delegate").status == 404, name
        for address in ("delegate", "delegate/end"):
            sent = page.visitor.send(f"/tasks/{task}/{address}", [
                ("csrf_token", page.token), ("to-shown", "1"),
                ("to", str(school.people["cora"]))])
            assert sent.status == 404, (name, address)
    assert sections(school).status == 404
    assert "Give these sections" not in school.open_task("tara", "record_child_views").whole


def test_the_colleague_is_told_and_the_audit_and_the_story_say_so(school):
    give(school)
    sections(school).fill({SKILLS: "To plan"}).press("Save")
    taken_back(school)

    with school.by("vera").begin(writing=False) as work:
        told = work.session.scalars(select(Outbox).where(Outbox.kind == "sections_given")).all()
        assert [row.person_id for row in told] == [school.people["cora"]]
        assert set(told[0].data) == {"sections_of"}
        acted = {(row.action, row.actor_id) for row in work.session.scalars(select(Audit))}
    assert {("delegate_task", school.people["tara"]), ("take_back_task", school.people["tara"]),
            ("fill_in_delegated", school.people["cora"])} <= acted
    story = school.sign_in("rob").visitor.open(f"/cases/{school.case_id}").section("What happened")
    assert "“Complete education sections” was given to a colleague to fill in." in story
    assert "“Complete education sections” was taken back from a colleague." in story


@pytest.mark.both_stores
def test_a_colleague_reaches_nothing_else_of_the_child(school):
    """Every address that there is, about the very child, case and task."""
    give(school)
    child_id = case_resource(school.by("vera"), school.case_id).child_id
    things = {"case_id": school.case_id, "child_id": child_id, "task_id": school.task_id,
              "procedure": "initial-pep", "element": STEP, "number": 1, "section": "needs",
              "kind": "attendance", "purpose": "plan", "command": "correct_date"}
    page, client = school.sign_in("cora"), school.app.test_client()
    cora = school.by("cora").actor
    token = add_token(school.installation.acting(SYSTEM), school.people["cora"],
                      frozenset({"read", "write", "care"}))
    for rule in school.app.url_map.iter_rules():
        if not set(rule.arguments) <= set(things) or rule.endpoint == "static":
            continue
        address = rule.build({name: things[name] for name in rule.arguments})[1]
        for method in sorted(rule.methods & {"GET", "POST", "PUT"}):
            if rule.rule == "/sign-out":
                continue
            if address.startswith("/api/"):
                answer = client.open(address, method=method, json={},
                                     headers={"Authorization": f"Bearer {token}"})
            else:
                answer = page.visitor.client.open(
                    address, method=method,
                    data={"csrf_token": page.token} if method == "POST" else None)
            text = answer.get_data(as_text=True)
            if rule.rule in THEIRS:
                assert answer.status_code < 400, address
            elif decide(cora, school.app.view_functions[rule.endpoint].action).allowed:
                assert "Robin" not in text or rule.rule == "/tasks", (method, address)
            else:
                beyond_scope = address.startswith("/api/v1/imports/")  # administrators' alone
                assert answer.status_code == (403 if beyond_scope else 404), (method, address)
                assert "Robin" not in text, (method, address)
