"""A third procedure, a change of school, is built in the studio alone and runs for a child."""

import re

import pytest
from step_list import choose, save

from workflows.new_procedures import NOT_A_KEY


def begin(council, title="Change of school"):
    page = council.sign_in("olga").visitor.open("/studio/new")
    return page.fill({"What is it called?": title,
                      "What is done first?": "Hand over what the old school knows",
                      "Who does it?": "Designated teacher"}).press("Begin")


def step(page, name, role, days):
    return page.fill({
        "What is the step called?": name, "Who does it?": role,
        "When is it due?": "Counted from a date", "In what is it counted?": "working days",
        "How many?": str(days), "Before or after the date?": "After",
        "Which date?": "The day on which the step begins",
    }).press("See what will change")


def test_it_is_drawn_up_approved_started_beside_the_plan_and_comes_to_its_end(council):
    case_id = council.gathering()
    page = begin(council)
    assert page.heading == "Steps of Change of school"
    page = save(step(choose(page, "Add a step after", "Hand over what the old school knows"),
                     "Meet the new school", "Social worker", 10))
    page = save(choose(page, "Add a reminder", "Meet the new school").press("See what will"))
    assert "It can be published." in page.text
    changes = page.visitor.open("/studio/change-of-school/changes")
    assert "no release has been live yet" in changes.text
    proposed = changes.fill({"What did you change, and why?": "Schools change"}).press("Send for")
    approved = council.sign_in("vera").visitor.open(proposed.address)
    assert "Release 1 is live" in approved.press("Approve and make it live").whole

    worker = council.sign_in("wilma").visitor
    page = worker.open(f"/cases/{case_id}").follow("Start another procedure for this child")
    page = page.fill({"Which procedure?": "Change of school"}).press("Start")
    assert "The case is started." in page.whole
    assert "Hand over what the old school knows" in page.text
    started = page.address
    again = worker.open(f"/cases/{case_id}/another")
    refused = again.fill({"Which procedure?": "Change of school"}).press("Start")
    assert "This child has a running case already" in refused.errors["procedure"]

    for person, element in (("tara", "hand_over_what_the_old_school_knows"),
                            ("wilma", "meet_the_new_school")):
        task = council.open_task(person, element)
        answered = task.fill({"What was done?": "All that was asked"}).press("Continue")
        assert answered.press("Complete").status == 200

    assert "Finished" in worker.open(started).text
    assert "Finished" not in worker.open(f"/cases/{case_id}").text


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_name_that_cannot_be_is_said_beside_its_question(council):
    page = council.sign_in("olga").visitor.open("/studio/new").press("Begin")
    assert set(page.errors) == {"title", "step", "role"}

    assert begin(council, "Releases").errors.keys() == {"title"}
    begin(council)
    taken = begin(council, "CHANGE of school!")
    assert taken.errors == {
        "title": "There is a procedure of this name already. Choose another name."}
    assert taken.value("What is done first?") == "Hand over what the old school knows"


@pytest.mark.parametrize("store", ["sqlite"])
def test_no_procedure_is_called_as_an_address_of_the_studio(council):
    words = {rule.rule.split("/")[2] for rule in council.app.url_map.iter_rules()
             if re.match(r"/studio/[a-z]", rule.rule)}
    assert words == NOT_A_KEY
    assert "title" in begin(council, title="Repair").errors


def test_a_diagram_that_a_procedure_runs_is_added_and_taken_out(sqlite_council):
    owner = sqlite_council.sign_in("olga").visitor
    page = owner.open("/studio/initial-pep").follow("Add a diagram that the procedure runs")
    page = page.fill({"What is it called?": "Ask the nurse",
                      "What is done first?": "Ring the nurse",
                      "Who does it?": "Designated teacher"}).press("Add it")
    assert page.heading == "Draw Ask the nurse"
    assert "It can be published." in page.section("What the check says")

    again = owner.open("/studio/initial-pep/parts/new").fill({
        "What is it called?": "Ask the nurse", "What is done first?": "Ring",
        "Who does it?": "Designated teacher"}).press("Add it")
    assert again.errors == {"title": "There is a diagram of that name. Choose another name"}

    kept = owner.open("/studio/initial-pep").press("Take it out: Escalation ladder")
    assert "runs this diagram. Take that step out first" in kept.errors["parts"]
    gone = kept.press("Take it out: Ask the nurse")
    assert "The diagram is taken out of the draft" in gone.whole
    assert "Ask the nurse" not in gone.section("Diagrams")
