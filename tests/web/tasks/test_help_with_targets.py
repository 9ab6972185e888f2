"""Help with targets stands beside the question, is read with it, and stops nobody."""

from engine.tasks import save_draft, task_form
from workflows.demonstration.answers import answers_for
from workflows.pep.smart import BY_WHEN, DAY_IS_OVER, HOW_TO_KNOW, MORE_WORDS, WHAT

VAGUE = [
    {"horizon": "short", "target_area": "english", "target_text": "Try harder",
     "target_baseline": "Not yet", "target_measure": "The teacher sees it",
     "target_due": "2026-03-01"},
    {"horizon": "long", "target_area": "maths", "target_text": "Knows all times tables to 12",
     "target_baseline": "Knows some", "target_measure": "Scores 40 in a test",
     "target_due": "2026-07-20"},
]


def before_targets(council):
    council.gathering()
    for name, step in (
        ("wilma", "complete_social_work_sections"), ("tara", "complete_education_sections"),
        ("tara", "record_child_views"), ("wilma", "record_carer_view"),
        ("viktor", "convene_meeting"), ("viktor", "hold_pep_meeting"),
    ):
        council.do(name, step)


def with_targets(council, targets):
    """What Tara sees when she comes back to targets that she has saved."""
    page = council.open_task("tara", "set_targets_and_actions")
    task = page.address
    fields = [(name, value) for name, value in page.tree.forms[-1].form_values()
              if not name.startswith("targets-")]
    for number, row in enumerate(targets):
        for key, value in row.items():
            name = f"targets-{number}-{key}"
            if key == "target_due":
                parts = value.split("-") if value else ["", "", ""]
                fields += zip((f"{name}-{part}" for part in ("year", "month", "day")), parts,
                              strict=True)
            else:
                fields.append((name, value))
    page.visitor.send(task, [*fields, ("targets-rows", str(len(targets))), ("do", "save")])
    return page.visitor.open(task)


def helped(page):
    """By the id of each box or group of boxes that is described by help, what it says."""
    found = {}
    for box in page.tree.xpath("//*[@aria-describedby]"):
        for each in box.get("aria-describedby").split():
            for said in page.tree.get_element_by_id(each).xpath(
                ".//span[@class='pepway-help']/text()"
            ):
                name = box.get("id") or box.xpath("string(.//div[@class='govuk-date-input']/@id)")
                found[name] = said
    return found


def test_each_box_says_what_could_be_clearer_once_the_row_is_saved(council):
    before_targets(council)
    fresh = council.open_task("tara", "set_targets_and_actions")
    assert not helped(fresh), "an empty row is not judged"

    page = with_targets(council, VAGUE)

    assert helped(page) == {
        "targets-0-target_text": WHAT, "targets-0-target_measure": HOW_TO_KNOW,
        "targets-0-target_due": DAY_IS_OVER,
    }
    assert page.status == 200
    assert not page.errors
    assert "Say it so that the child understands it" in page.text, "the hint stays"


def test_a_row_without_a_day_or_of_few_words_is_helped_and_errors_come_first(council):
    before_targets(council)
    page = with_targets(council, [
        {**VAGUE[1], "target_text": "Read more", "target_due": ""},
        {**VAGUE[1], "target_text": ""},
    ])

    assert helped(page) == {"targets-0-target_text": MORE_WORDS, "targets-0-target_due": BY_WHEN}
    wrong = page.press("Continue")
    assert "targets-0-target_due" not in helped(wrong), "the error says it already"
    assert helped(wrong)["targets-0-target_text"] == MORE_WORDS


def test_help_stands_once_more_beside_the_answers_and_stops_nobody(council):
    before_targets(council)
    by, task = council.by("tara"), council.task("tara", "set_targets_and_actions")
    asked = task_form(by, task)
    save_draft(by, task, answers_for(asked.form, asked.facts, by.today, {"targets": VAGUE}), {})

    page = council.sign_in("tara").visitor.open(f"/tasks/{task}/check")

    assert page.heading == "Check your answers"
    assert f"Targets, 1: {WHAT}" in page.text
    assert f"Targets, 1: {DAY_IS_OVER}" in page.text
    assert "Targets, 2:" not in page.text
    assert "Complete this task" in page.buttons
    assert page.press("Complete this task").address.endswith("/done")


def test_targets_that_are_judged_get_no_help(council):
    """They are read there, and the plan that was signed shows none."""
    case_id = council.to_signatures()
    plan = council.sign_in("tara").visitor.open(f"/cases/{case_id}").follow("Read the plan")

    assert not plan.tree.xpath("//*[@class='pepway-help']")
