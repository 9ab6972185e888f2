"""The sections of a plan say who was asked by a link, and nothing of what they said."""


def asked(council, name, case_id):
    return council.sign_in(name).visitor.open(f"/cases/{case_id}/sections").section(
        "Who was asked by a link")


def test_who_was_asked_is_seen_beside_the_section_of_their_words(council):
    case_id = council.gathering()
    before = council.sign_in("tara").visitor.open(f"/cases/{case_id}/sections")
    assert "Who was asked by a link" not in before.headings
    for name, step, whom, called in (("tara", "record_child_views", None, "Robin"),
                                     ("wilma", "record_carer_view", "A parent", "Paula")):
        browser = council.sign_in(name).visitor
        page = browser.open(f"/tasks/{council.task(name, step)}/links")
        page.fill({"Their name": called, **({"Whom do you ask?": whom} if whom else {})})
        page.press("Make a link")

    assert "The child or young person, Robin, " in asked(council, "tara", case_id)
    assert "not opened yet" in asked(council, "tara", case_id)
    assert "A parent, Paula, " in asked(council, "wilma", case_id)
    assert "Paula" not in asked(council, "tara", case_id)
