"""Questions with rows: added and removed by buttons, without JavaScript."""

from home_visit import ANSWERS


def promises(page):
    """What stands in the boxes of the rows, in order."""
    boxes = page.tree.xpath("//input[contains(@name, '-promise') and @type='text']")
    return [box.get("value") or "" for box in boxes if box.get("name").endswith("-promise")]


def typed(page, *words):
    boxes = [box for box in page.tree.xpath("//input") if
             (box.get("name") or "").endswith("-promise")]
    for box, word in zip(boxes, words, strict=True):
        box.set("value", word)
    return page


def test_an_empty_list_stands_as_one_empty_row(council):
    council.home_visit()
    page = council.open_task("wilma", "visit")

    assert promises(page) == [""]
    assert "Promises, 1 of 1" in page.text
    assert not [button for button in page.buttons if button.startswith("Remove")]


def test_another_row_is_added_and_everything_else_stays(council):
    council.home_visit()
    page = typed(council.open_task("wilma", "visit"), "A desk")
    page = page.fill({"Whom did you meet?": "Grandma"}).press("Add another to Promises")

    assert promises(page) == ["A desk", ""]
    assert page.value("Whom did you meet?") == "Grandma"
    [focused] = page.tree.xpath("//*[@autofocus]")
    assert "Promises, 2 of 2" in focused.text_content()


def test_adding_keeps_a_draft_even_if_nothing_follows(council):
    council.home_visit()
    typed(council.open_task("wilma", "visit"), "A desk").press("Add another")

    assert promises(council.open_task("wilma", "visit")) == ["A desk"]


def test_a_row_in_the_middle_is_removed_and_the_others_close_up(council):
    council.home_visit()
    page = council.open_task("wilma", "visit").press("Add another").press("Add another")
    page = typed(page, "one", "two", "three").press("Remove Promises, 2 of 3")

    assert promises(page) == ["one", "three"]
    page.press("Save")
    assert promises(council.open_task("wilma", "visit")) == ["one", "three"]


def test_a_row_keeps_its_id_through_changes(council):
    council.home_visit()
    page = typed(council.open_task("wilma", "visit").press("Add another"), "one", "two")
    page.press("Save")
    page = council.open_task("wilma", "visit")
    before = _ids(page)
    page = page.press("Remove Promises, 1 of 2")

    assert len(before) == 2
    assert _ids(page) == before[1:]


def test_empty_rows_are_left_out_when_the_answers_are_checked(council):
    council.home_visit()
    page = council.open_task("wilma", "visit").fill(ANSWERS)
    page = page.press("Add another").press("Add another").press("Continue")

    assert page.heading == "Check your answers"
    assert page.answers["Promises"].count("What was promised?") == 1


def test_a_mistake_in_a_row_leads_to_the_box_in_that_row(council):
    council.home_visit()
    page = council.open_task("wilma", "visit").fill(ANSWERS).press("Add another")
    box = page.tree.get_element_by_id("promises-1-promise_by-day")
    box.set("value", "40")
    page = page.press("Continue")

    assert page.status == 422
    assert list(page.errors) == ["promises-1-promise", "promises-1-promise_by-day"]
    for place in page.errors:
        assert page.tree.get_element_by_id(place).tag == "input"


def test_a_button_that_was_tampered_with_does_no_harm(council):
    council.home_visit()
    page = council.open_task("wilma", "visit")
    task = council.task("wilma", "visit")
    for wish in ("add:nothing", "remove:promises:x", "remove:met:0", "remove:promises:99",
                 "remove", "add", "dance"):
        page = page.visitor.send(
            f"/tasks/{task}", [("csrf_token", page.token), ("met", "Grandma"), ("do", wish)]
        )
        assert page.status in (200, 422)
        assert page.value("Whom did you meet?") == "Grandma"


def _ids(page):
    return page.tree.xpath("//input[starts-with(@name,'promises-') and "
                           "substring(@name, string-length(@name) - 2) = '-id']/@value")
