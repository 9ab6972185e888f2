"""The plan is read by people: words and no keys, numbers as they are said."""

import re


def test_the_plan_shows_no_key_of_a_choice(council):
    case_id = council.gathering()
    council.do("wilma", "complete_social_work_sections")
    council.do("tara", "complete_education_sections")

    page = council.sign_in("wilma").visitor.open(f"/cases/{case_id}").follow("Read the plan")

    so_far = page.section("Education so far")
    assert re.search(r"Kind: [A-Z]", so_far)
    assert re.search(r"Assessment: [A-Z]", so_far)
    assert re.search(r"Attendance: \d+%", so_far)
    assert re.findall(r"\b[a-z]+_[a-z]\w*", page.text) == []
    assert not re.search(r"\d\.0\b", page.text)


def test_what_a_version_changed_is_one_click_from_the_plan(council):
    case_id = council.to_signatures()
    council.both_sign()
    council.do("viktor", "assure_quality", quality_rating="green")
    council.do("rob", "hold_first_review", review_progress="Reads <b>with</b> joy")

    plan = council.sign_in("wilma").visitor.open(f"/cases/{case_id}").follow("Read the plan")
    page = plan.follow("What changed in version 2")

    assert "Version 2 compared with version 1." in page.text
    assert "Reads <b>with</b> joy" in page.section("The statutory review")
    assert page.section("The statutory review").count("New") > 2
