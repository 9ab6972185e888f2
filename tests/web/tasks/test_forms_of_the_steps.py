"""What a step asks of one child and not of another, as the person at its page sees it."""

import pytest

from engine.tasks import save_draft, task_form
from workflows.council import set_council_link
from workflows.demonstration.answers import answers_for

BURSARY = "What came of talking about a bursary?"
IN_YEAR_11, IN_YEAR_8, IN_YEAR_3 = "2010-05-04", "2013-05-04", "2018-05-04"
AT_NURSERY = "2022-05-04"


def to_the_meeting(council, born_on, **told):
    council.start_case(born_on=born_on)
    council.do("wilma", "initiate_pep", **told)
    council.do("vera", "allocate_caseworker", caseworker=str(council.people["viktor"]))
    council.do("wilma", "complete_social_work_sections")
    council.do("tara", "complete_education_sections")
    council.do("tara", "record_child_views")
    council.do("wilma", "record_carer_view")
    council.do("viktor", "convene_meeting")


def meeting_with(council, **left_out):
    """The meeting's page, filled in but for what is left out, and sent."""
    by, task_id = council.by("viktor"), council.task("viktor", "hold_pep_meeting")
    asked = task_form(by, task_id)
    answers = {**answers_for(asked.form, asked.facts, by.today, {}), **left_out}
    save_draft(by, task_id, answers)
    return council.open_task("viktor", "hold_pep_meeting").press("Continue")


def test_a_year_11_meeting_does_not_close_before_the_bursary_was_discussed(council):
    to_the_meeting(council, IN_YEAR_11)

    page = meeting_with(council, bursary_discussed="")

    assert page.status == 422
    assert page.errors == {
        "bursary_discussed": "Choose what came of talking about a bursary"
    }
    page = page.fill({BURSARY: "The young person will apply"}).press("Continue")
    assert page.heading == "Check your answers"
    assert page.answers[BURSARY] == "The young person will apply"


def test_a_year_3_meeting_is_not_asked_about_a_bursary(council):
    to_the_meeting(council, IN_YEAR_3)

    assert BURSARY not in council.open_task("viktor", "hold_pep_meeting").text
    page = meeting_with(council)

    assert page.heading == "Check your answers"
    assert BURSARY not in page.answers


def test_history_that_cannot_be_had_in_time_does_not_hold_up_the_education_sections(council):
    council.gathering()
    page = council.open_task("tara", "complete_education_sections")
    assert "Regulation 5(b)(ii)" not in page.text

    why = "The last school has not answered twice"
    council.do("tara", "complete_education_sections",
               assessments_found="no", assessments=[], assessments_missing=why,
               attendance_found="no", attendance_years=[], attendance_missing=why)

    plan = council.sign_in("tara").visitor.open(plan_of(council, "tara"))
    assert why in plan.text
    assert "Why they could not be found" in plan.answers


def test_without_a_reason_history_may_not_be_left_out(council):
    council.gathering()
    with pytest.raises(AssertionError):
        council.do("tara", "complete_education_sections", assessments_found="no",
                   assessments_missing="")


@pytest.mark.parametrize(
    ("born_on", "asked", "spared"),
    [
        (IN_YEAR_11, ["Attainment", "National Curriculum assessments"],
         ["Early years", "After Year 11"]),
        (IN_YEAR_3, ["Attainment"], ["Early years", "After Year 11"]),
        (AT_NURSERY, ["Early years"],
         ["Attainment", "National Curriculum assessments", "After Year 11"]),
        ("2008-10-04", ["After Year 11", "National Curriculum assessments"],
         ["Attainment", "Early years"]),
    ],
)
def test_the_school_year_decides_which_parts_there_are(council, born_on, asked, spared):
    council.start_case(born_on=born_on)
    council.do("wilma", "initiate_pep")
    council.do("vera", "allocate_caseworker", caseworker=str(council.people["viktor"]))

    headings = council.open_task("tara", "complete_education_sections").headings

    assert set(asked) <= set(headings)
    assert not set(spared) & set(headings)


def test_what_the_social_worker_told_at_the_start_decides_what_the_school_is_asked(council):
    council.start_case()
    council.do("wilma", "initiate_pep", linked_plans=["ehcp", "pastoral"],
               circumstances=["unaccompanied"])
    council.do("vera", "allocate_caseworker", caseworker=str(council.people["viktor"]))

    page = council.open_task("tara", "complete_education_sections")

    assert "Do the EHC plan and this plan work together?" in page.text
    assert "Is the content of the Pastoral Support Plan in this plan?" in page.text
    assert "English as an additional language" in page.headings
    assert "Education in custody" not in page.headings


def test_the_virtual_school_head_is_filled_in_once_for_all_children(council):
    council.gathering_queue()
    page = council.open_task("vera", "allocate_caseworker")
    assert page.value("What is the name of the Virtual School Head?") == ""
    council.do("vera", "allocate_caseworker", caseworker=str(council.people["viktor"]),
               head_name="Grace Holmwood")

    council.start_case(given_names="Kim", family_name="Second", born_on="2014-02-01")
    council.do("wilma", "initiate_pep")

    page = council.open_task("vera", "allocate_caseworker")
    assert page.value("What is the name of the Virtual School Head?") == "Grace Holmwood"
    assert page.answers["Child"].startswith("Kim Second")


def test_the_councils_reviews_procedure_is_linked_where_the_council_has_named_it(council):
    to_the_review(council)
    link = "The council's Looked After Reviews procedure"
    assert link not in council.open_task("rob", "hold_first_review").links

    address = "https://council.example/reviews"
    set_council_link(council.by("vera"), "looked_after_reviews", address)

    assert council.open_task("rob", "hold_first_review").links[link] == address


def test_goals_that_nobody_recorded_by_year_9_are_amber_in_the_plan(council):
    to_the_meeting(council, IN_YEAR_8)
    council.do("viktor", "hold_pep_meeting")
    council.do("tara", "set_targets_and_actions", goals_discussed="not_yet")
    missing = "No longer-term goals are recorded"
    page = council.sign_in("tara").visitor.open(plan_of(council, "tara"))
    assert missing not in page.text

    council.clock.move_to(council.clock.now().replace(month=9, day=1))

    page = council.sign_in("tara").visitor.open(plan_of(council, "tara"))
    assert f"Amber {missing}" in page.text


def test_an_answer_that_no_longer_applies_is_left_out_of_the_plan(council):
    """What was typed stands until the choice above it changes; then nobody reads it."""
    council.gathering()
    said = "Refused twice, then laughed"
    council.do("tara", "record_child_views", views_given="declined", view_declined=said)
    assert said in council.sign_in("tara").visitor.open(plan_of(council, "tara")).text

    by = council.by("wilma")
    save_draft(by, council.task("wilma", "complete_social_work_sections"),
               {"disruption_found": "yes", "disruption": "Moved seven times"})
    save_draft(by, council.task("wilma", "complete_social_work_sections"),
               {"disruption_found": "no"})

    text = council.sign_in("wilma").visitor.open(plan_of(council, "wilma")).text
    assert "Moved seven times" not in text


def test_a_plan_needs_an_intervention_for_each_target_and_an_action_for_each_yes(council):
    to_the_meeting(council, IN_YEAR_3)
    council.do("viktor", "hold_pep_meeting")
    tara, task = council.by("tara"), council.task("tara", "set_targets_and_actions")
    asked = task_form(tara, task)
    right = answers_for(asked.form, asked.facts, tara.today, {})
    save_draft(tara, task, {
        **right, "interventions": right["interventions"][:1], "study_support_planned": "yes",
    })

    page = council.open_task("tara", "set_targets_and_actions")
    assert page.value("Is study support planned?") == ["Yes, in an action above"]
    page = page.press("Continue")

    assert page.status == 422
    target = right["targets"][1]["target_text"]
    assert set(page.errors.values()) == {
        f"Add an intervention for the target “{target}” (Maths)",
        "Add an action for study support above, or choose “It is not needed”",
    }
    assert page.press("Save and come back later").heading == "My tasks"

    save_draft(tara, task, right)
    page = council.open_task("tara", "set_targets_and_actions").press("Continue")
    assert page.heading == "Check your answers"


def test_who_signs_says_who_else_has_read_the_plan_or_why_not(council):
    to_the_meeting(council, IN_YEAR_3)
    council.do("viktor", "hold_pep_meeting")
    council.do("tara", "set_targets_and_actions")
    sign = "I have read the plan and it is part of the Care Plan"
    page = council.open_task("wilma", "sign_off_social_worker").fill({sign: True})

    page = page.press("Continue")
    assert page.errors == {"carer_acknowledged": "Choose whether the carer has read the plan"}
    page = page.fill({"Has the carer read the plan?": "No"}).press("Continue")
    assert page.errors == {"carer_not_acknowledged": "Enter why the carer has not read the plan"}
    page = page.fill({
        "Has the carer read the plan?": "Yes", "Who has?": "Marion Elvington",
        "When did they say so?": ("26", "3", "2026"),
    })
    page = page.press("Continue").press("Complete this task")
    assert page.errors == {
        "carer_acknowledged_on-day": "This day is still to come. Enter when the carer said so",
    }
    page.fill({"When did they say so?": ("25", "3", "2026")}).press("Continue").press("Complete")
    council.do("tara", "sign_off_teacher", child_acknowledged="no",
               child_not_acknowledged="Reads it with Mr Yardley on Monday")

    plan = council.sign_in("wilma").visitor.open(plan_of(council, "wilma"))
    signed = plan.section("Signatures and quality")
    assert "Marion Elvington" in signed
    assert "25 March 2026" in signed
    assert "Reads it with Mr Yardley on Monday" in signed


def to_the_review(council):
    to_the_meeting(council, IN_YEAR_3)
    council.do("viktor", "hold_pep_meeting")
    council.do("tara", "set_targets_and_actions")
    council.do("tara", "sign_off_teacher")
    council.do("wilma", "sign_off_social_worker")
    council.do("viktor", "assure_quality", quality_rating="green")


def plan_of(council, name):
    page = council.sign_in(name)
    case = page.visitor.open("/cases")
    link = next(href for text, href in case.links.items() if "Testerby" in text)
    return page.visitor.open(link).links["Read the plan"]
