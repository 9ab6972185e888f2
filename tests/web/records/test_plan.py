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
