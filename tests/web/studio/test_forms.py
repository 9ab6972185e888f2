"""A process owner changes what a step asks, without a script and without losing a word."""

import json

import pytest

from engine.drafts import open_draft, save_draft_file

FORMS = "/studio/initial-pep/forms"
PREMIUM = f"{FORMS}/decide_pupil_premium/questions"


@pytest.fixture
def owner(council):
    return council.sign_in("olga").visitor


def schema_of(council, form="decide_pupil_premium"):
    return json.loads(open_draft(council.by("olga"), "initial-pep").files[f"{form}.form"])


def values_by_label(council):
    return {each["label"]: each["value"] for each in schema_of(council)["components"][0]["values"]}


def save(council, content, form="decide_pupil_premium"):
    by = council.by("olga")
    version = open_draft(by, "initial-pep").version
    return save_draft_file(by, "initial-pep", f"{form}.form", content, version)


def preview(page):
    return " ".join(page.section("As people will see it").split())


def test_the_list_of_forms_says_which_steps_ask_them_and_what_the_answers_decide(owner):
    page = owner.open(FORMS)

    assert "Asked in “Decide on pupil premium plus”." in page.section("Pupil premium plus")
    kept = page.answers["What is decided?premium_decision"]
    assert "at pupil_premium.outcome" in kept
    assert "the way after “Premium decided? No”" in kept
    assert "whether “How much is given?” is asked" in kept


def test_a_question_is_changed_and_the_preview_shows_it(council, owner):
    page = owner.open(PREMIUM).follow("Change What is decided?")
    page = page.fill({"Question": "What did you decide about the money?"})
    page = page.press("Save the question")

    assert "What did you decide about the money?" in preview(page)
    [radio] = [each for each in schema_of(council)["components"] if each["type"] == "radio"]
    assert radio["label"] == "What did you decide about the money?"
    assert radio["properties"]["pepway.source"] == "S24"
    assert [each["value"] for each in radio["values"]] == ["agreed", "part", "refused", "none"]


def test_an_option_that_is_worded_otherwise_still_means_the_same(council, owner):
    page = owner.open(PREMIUM).follow("Change What is decided?")
    page.fill({"Options": "Agreed\nSome of it\nRefused\nNothing was asked for\nPut off"}).press(
        "Save the question")
    meant = values_by_label(council)
    assert meant["Put off"] == "put_off"

    page = owner.open(PREMIUM).follow("Change What is decided?")
    page.fill({"Options": "Agreed\nA part of it\nRefused\nNothing was asked for\nPut off"}).press(
        "Save the question")
    assert values_by_label(council)["A part of it"] == meant["Some of it"]


def test_a_question_is_added_moved_and_removed(council, owner):
    page = owner.open(PREMIUM).follow("Add a question")
    page = page.fill({"Question": "When was the school told?", "How is it asked?": "A date",
                      "It must be answered": True}).press("Add the question")
    assert [each["key"] for each in schema_of(council)["components"]][-1] == "school_told"
    assert "does not say what to do when it is empty" in page.section("What could be better")

    page = page.press("Move up When was the school told?")
    keys = [each["key"] for each in schema_of(council)["components"]]
    assert keys == ["premium_decision", "premium_amount", "school_told", "premium_reason"]
    assert "autofocus" in page.tree.get_element_by_id("question-2").attrib

    page = page.press("Remove When was the school told?")
    assert "The question is removed" in page.whole
    assert "school_told" not in [each["key"] for each in schema_of(council)["components"]]


def test_what_cannot_be_asked_comes_back_with_every_word(owner):
    page = owner.open(PREMIUM).follow("Add a question")
    page = page.fill({"Question": "Who was told?", "How is it asked?": "One of several options",
                      "Options": "The school", "Hint": "Not the child"})
    page = page.press("Add the question")

    assert page.errors == {"options": "Enter at least two options, each on a line of its own"}
    assert page.status == 422
    assert page.value("Question") == "Who was told?"
    assert page.value("Hint") == "Not the child"


def test_words_that_only_the_trade_understands_are_found_and_refuse_nothing(council, owner):
    page = owner.open(PREMIUM).follow("Change What is it for, or why not?")
    page = page.fill({"Question": "Did you utilise it for the CYP and/or their school?"}).press(
        "Save the question")

    found = page.section("What could be better")
    assert "says “utilise”, which not everybody understands. Write “use”" in found
    assert "says “CYP”" in found
    assert "asks two things at once" in found
    assert "Must be corrected" not in found
    assert "It can be published" in owner.open("/studio/initial-pep").text


def test_whoever_was_first_is_named_and_the_words_of_the_second_stay(council, owner):
    page = owner.open(PREMIUM).follow("Change What is decided?")
    save(council, json.dumps(schema_of(council)).encode())

    page = page.fill({"Question": "What now?"}).press("Save the question")

    assert page.status == 409
    assert "This was saved or published while you had it open. Olga" in page.errors["label"]
    assert page.value("Question") == "What now?"
    page.press("Save the question")
    assert schema_of(council)["components"][0]["label"] == "What now?"


def test_a_new_form_begins_empty_or_with_the_questions_of_another(council, owner):
    page = owner.open(FORMS).follow("Make a new form")
    page = page.fill({"What is it called?": ""}).press("Make the form")
    assert page.errors == {"form-title": "Enter a title"}

    page = page.fill({"What is it called?": "Ask the school nurse"}).press("Make the form")
    assert page.heading == "Ask the school nurse"
    assert schema_of(council, "ask_the_school_nurse")["components"] == []

    page = owner.open(f"{FORMS}/new").fill({
        "What is it called?": "Pupil premium, again",
        "What does it begin with?": "The questions of: Pupil premium plus"}).press("Make the form")
    assert "How much is given?" in preview(page)

    page = owner.open(FORMS).press("Take it out of the draft: Pupil premium, again")
    assert "The form is taken out of the draft" in page.whole
    assert "Pupil premium, again" not in page.headings


def test_a_group_holds_its_questions_and_a_list_its_own(council, owner):
    page = owner.open(f"{FORMS}/new").fill({"What is it called?": "Visits"}).press("Make the form")
    page = page.follow("Add a question").fill({
        "Question": "Visits", "How is it asked?": "A list: the same questions for each of several",
    }).press("Add the question")
    page = page.follow("Add a question to “Visits”")
    assert "A heading, with questions under it" not in page.text
    page = page.fill({"Question": "Who came?", "How is it asked?": "A line of text"}).press("Add the question")

    [visits] = schema_of(council, "visits")["components"]
    assert [each["label"] for each in visits["components"]] == ["Who came?"]
    assert "Visits, 1 of 1" in preview(page)


@pytest.mark.parametrize(("content", "said"), [
    (json.dumps({"components": [], "x": "y" * 1_000_000}), "larger than 500 kB"),
    ('{"components":' + "[" * 1000 + "]" * 1000 + "}", "too much inside each other"),
    ('{"components":[' + '{"type":"group","components":[' * 300 + "]}" * 300 + "]}",
     "too much inside each other"),
    ("no JSON", "is not JSON as form-js writes it"),
    ('{"components": 7}', "has no components"),
    ("", "is not JSON as form-js writes it"),
])
def test_what_is_no_form_is_answered_with_a_sentence(owner, content, said):
    page = owner.open(f"{FORMS}/decide_pupil_premium")
    answer = owner.client.post(f"{FORMS}/decide_pupil_premium/preview",
                               json={"content": content}, headers={"X-CSRFToken": page.token})

    assert answer.status_code == 422
    assert said in answer.get_json()["message"]


def test_a_form_that_cannot_be_read_can_be_taken_along(council, owner):
    save(council, b'{"components": [{"type": "iframe", "key": "page"}]}')

    page = owner.open(PREMIUM)
    assert "of type iframe, which Pepway does not show" in page.text
    assert owner.open(FORMS).status == 200
    assert owner.open(f"{FORMS}/decide_pupil_premium").status == 200


def test_scripts_in_labels_are_words(council, owner):
    evil = "</textarea><script>alert(1)</script>\"'{{ 7*7 }}"
    owner.open(PREMIUM).follow("Change What is decided?").fill({"Question": evil}).press(
        "Save the question")

    for address in (FORMS, PREMIUM, f"{PREMIUM}/0", f"{FORMS}/decide_pupil_premium"):
        page = owner.open(address)
        assert page.tree.xpath("//script[contains(text(), 'alert(1)')][not(@type)]") == []
        assert "<script>alert" not in page.response.get_data(as_text=True)
        policy = page.response.headers["Content-Security-Policy"]
        assert "script-src 'self' 'nonce-" in policy


def test_the_preview_of_what_is_not_saved_is_what_practitioners_get(council, owner):
    page = owner.open(f"{FORMS}/decide_pupil_premium")
    schema = schema_of(council)
    schema["components"][0]["label"] = "What is <b>it</b>?"
    answer = owner.client.post(
        f"{FORMS}/decide_pupil_premium/preview", json={"content": json.dumps(schema)},
        headers={"X-CSRFToken": page.token}).get_json()

    assert "What is &lt;b&gt;it&lt;/b&gt;?" in answer["html"]
    assert 'class="govuk-radios__input"' in answer["html"]
    assert answer["findings"] == []
    assert schema_of(council)["components"][0]["label"] == "What is decided?"


@pytest.mark.parametrize("address", [
    f"{FORMS}/nothing", f"{FORMS}/nothing/questions", f"{PREMIUM}/7", f"{PREMIUM}/x",
    f"{PREMIUM}/0-0", f"{PREMIUM}/add?inside=9", "/studio/nothing/forms",
])
def test_what_is_not_there_is_not_found(owner, address):
    assert owner.open(address).status == 404
