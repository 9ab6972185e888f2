"""A process owner changes a procedure as a list of its steps, without a mouse or a script."""

import pytest
from step_list import choose, save

on_one_store = pytest.mark.parametrize("store", ["sqlite"])
VISIT = "/studio/home-visit/steps"
OF = "/studio/home-visit/steps/home-visit"


def steps(council, procedure="home-visit"):
    return council.sign_in("olga").visitor.open(f"/studio/{procedure}/steps")


def row(page, name):
    """What is read out of the row of a step."""
    for node in page.tree.xpath("//tbody/tr"):
        words = " ".join("".join(node.itertext()).split())
        if name in " ".join("".join(node.find("th").itertext()).split()):
            return words
    raise AssertionError(f"no row {name!r}")


def diagram(page, procedure="home-visit") -> str:
    address = f"/studio/{procedure}/files/{procedure}.bpmn"
    return page.visitor.client.get(address).get_data(as_text=True)


NEW_STEP = {
    "What is the step called?": "Ask the school nurse",
    "Who does it?": "Designated teacher",
    "When is it due?": "Counted from a date",
    "In what is it counted?": "working days",
    "How many?": "3",
    "Before or after the date?": "After",
    "Which date?": "The day on which the step begins",
}


@on_one_store
def test_the_list_tells_who_does_what_by_when_and_what_comes_next(council):
    page = steps(council, "initial-pep")

    told = row(page, "Initiate the PEP")
    assert "Social worker" in told
    assert "9 working days before the day by which the initial plan is due" in told
    assert "Tell school and virtual school" in told
    assert "“Returned”, if “" in page.text
    assert "It can be published." in page.text


def test_a_step_is_added_seen_first_and_then_saved(council):
    page = choose(steps(council), "Add a step after", "Visit the home")
    preview = page.fill(NEW_STEP).press("See what will change")

    assert "“Ask the school nurse” is a new step of the designated teacher, due 3 working days" in (
        preview.text)
    assert "After “Visit the home” comes “Ask the school nurse”" in preview.text
    assert "Ask the school nurse" not in diagram(page)

    page = save(preview)

    assert page.heading == "Steps of Home visit"
    assert "The step was added." in page.whole
    assert "Designated teacher" in row(page, "Ask the school nurse")
    assert "once all beside it is done" in row(page, "Ask the school nurse")
    assert 'pepway:form="ask_the_school_nurse"' in diagram(page)

    page = page.press("Undo the last change")
    assert "Ask the school nurse" not in page.text
    assert "Ask the school nurse" not in diagram(page)
    form = "/studio/home-visit/files/ask_the_school_nurse.form"
    assert page.visitor.client.get(form).status_code == 404


@on_one_store
def test_what_is_wrong_is_said_beside_its_question_and_nothing_typed_is_lost(council):
    page = choose(steps(council), "Add a step after", "Visit the home")
    refused = page.fill({**NEW_STEP, "How many?": "some"}).press("See what will change")

    assert refused.status == 422
    assert refused.errors == {"count": "Enter how many, in figures"}
    assert refused.value("What is the step called?") == "Ask the school nurse"


@on_one_store
def test_an_expression_that_cannot_be_worked_out_is_told_before_anything_is_saved(council):
    page = choose(steps(council), "Change", "Visit the home")
    refused = page.fill({"When is it due?": "Written as an expression",
                         "Expression": "working_days(plan_duee, 3)"}).press("See what will change")

    assert refused.status == 422
    assert "there is nothing called plan_duee here" in refused.errors["expression"]
    assert refused.value("Expression") == "working_days(plan_duee, 3)"


@on_one_store
def test_a_step_is_changed_and_what_was_not_changed_stays_as_it_was_written(council):
    page = choose(steps(council, "initial-pep"), "Change", "Initiate the PEP")
    assert page.value("How many?") == "9"
    assert page.value("Before or after the date?") == ["Before"]
    assert page.value("How many working days does it leave in any case?") == "1"

    preview = page.fill({"What is the step called?": "Begin the PEP",
                         "Who does it?": "Team manager"}).press("See what will change")
    assert "is called “Begin the PEP”, no longer “Initiate the PEP”" in preview.text
    assert "is done by the team manager, no longer the social worker" in preview.text
    page = save(preview)

    assert "Team manager" in row(page, "Begin the PEP")
    due = 'pepway:due="later_of(working_days(plan_due, -9), working_days(started_on, 1))"'
    assert due in diagram(page, "initial-pep")


@on_one_store
def test_a_form_that_is_sent_as_it_stands_changes_nothing(council):
    page = steps(council, "initial-pep").follow("Find a school place")
    page = choose(page, "Change", "Secure a school place")
    before = page.visitor.client.get("/studio/initial-pep/files/no-school-place.bpmn").get_data()

    preview = page.press("See what will change")
    assert "Everything stands there already as you entered it." in preview.text
    page = save(preview)

    assert "Nothing was changed" in page.whole
    assert "no draft yet" in page.text
    assert page.visitor.client.get(
        "/studio/initial-pep/files/no-school-place.bpmn").get_data() == before


@on_one_store
def test_a_reminder_and_an_approval_are_added(council):
    page = choose(steps(council), "Add a reminder", "Visit the home")
    page = save(page.press("See what will change"))
    assert "The reminder was added." in page.whole
    assert "3 working days after the step began" in row(page, "On its way:")

    page = choose(page, "Add an approval", "File the visit")
    page = page.fill({"What is the approval called?": "Approve the file",
                      "Who approves?": "Team manager", "How many?": "2"})
    page = save(page.press("See what will change"))

    assert "Team manager" in row(page, "Approve the file")
    assert "“No”, if “Do you approve it?” is “No, it must be put right”" in page.text
    assert "It can be published." in page.text


@on_one_store
def test_only_some_cases_do_a_step(council):
    page = choose(steps(council), "Add a step that only some cases do", "File the visit")
    page = page.fill({
        **NEW_STEP, "What is the question?": "A bad mood?",
        "Which answer?": "“How was the mood?” is “Bad”",
        "What is the answer that leads this way?": "Yes",
        "What is the answer otherwise?": "No",
    })
    page = save(page.press("See what will change"))

    assert "“Yes”, if “How was the mood?” is “Bad”" in page.text
    assert "the question “A bad mood?”" in row(page, "File the visit")
    assert "“No”, otherwise goes on with" in page.text

    page = choose(page, "Change when it is taken", "“How was the mood?” is “Bad”")
    assert page.value("Which answer?") == "“How was the mood?” is “Bad”"
    page = save(page.fill({"Which answer?": "“How was the mood?” is “Good”"}).press("See what"))
    assert "“Yes”, if “How was the mood?” is “Good”" in page.text


@on_one_store
def test_steps_are_moved_run_side_by_side_and_removed_on_one_page_each(council):
    page = choose(steps(council), "Add a step after", "Asked")
    page = save(page.fill(NEW_STEP).press("See what will change"))
    page = save(choose(page, "Move down", "Ask the school nurse"))
    assert "File the visit" in row(page, "Ask the school nurse")
    page = save(choose(page, "Move down", "Ask the school nurse"))
    page = choose(page, "Move up", "Ask the school nurse")
    assert "After “Ask the school nurse” comes “File the visit”" in page.text
    page = save(page)

    page = save(choose(page, "Run side by side with the next", "Ask the school nurse"))
    assert page.text.count("2 ways at the same time") > 1

    page = choose(page, "Remove", "Ask the school nurse")
    assert "“Ask the school nurse” is removed." in page.text
    page = save(page)
    assert "Ask the school nurse" not in page.text
    assert "It can be published." in page.text


@on_one_store
def test_what_cannot_be_done_is_said_and_not_done(council):
    page = steps(council).visitor.open(f"{OF}/fork/remove")
    assert page.status == 422
    assert page.heading == "This cannot be done"
    assert "Remove the steps or the way beside it." in page.text

    page = page.visitor.open(f"{OF}/f7/lead")
    refused = page.fill({"Which step comes next?": "Both in (where ways meet)"}).press("See what")
    assert refused.status == 422
    assert "a case could not go on" in refused.errors["to"]


@pytest.mark.both_stores
def test_whoever_was_second_is_told_and_may_save_on_top(council):
    mine = choose(steps(council), "Add a step after", "Visit the home")
    mine = mine.fill(NEW_STEP).press("See what will change")
    theirs = choose(steps(council), "Change", "File the visit")
    save(theirs.fill({"What is the step called?": "Keep the visit"}).press("See what"))

    clash = mine.press("Save")

    assert clash.status == 409
    assert "while you had it open" in clash.text
    assert "This is what your change does now." in clash.text
    page = save(clash)
    assert "Ask the school nurse" in row(page, "Visit the home")
    assert "Keep the visit" in page.text


@on_one_store
@pytest.mark.parametrize("address", [
    f"{VISIT}/nowhere", "/studio/nowhere/steps/nowhere", f"{OF}/nobody/change",
    f"{OF}/visit/nothing", f"{OF}/visit/nothing/preview",
])
def test_what_is_not_there_is_not_found(council, address):
    assert steps(council).visitor.open(address).status == 404


@on_one_store
def test_a_diagram_that_says_nowhere_where_its_shapes_lie_is_drawn_all_the_same(council):
    page = steps(council).visitor.open("/studio/home-visit/draw/home-visit")

    assert "BPMNShape" not in diagram(page)
    drawn = page.tree.xpath("//*[local-name()='svg']//*[starts-with(@id, 'diagram-')]/@id")
    assert {"diagram-visit", "diagram-agree", "diagram-file"} <= set(drawn)
