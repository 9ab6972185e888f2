"""A process owner changes what a step asks, without a script and without losing a word."""

import json

import pytest
from home_visit import PROCEDURE

from engine.drafts import open_draft, save_draft_file

FORMS = f"/studio/{PROCEDURE}/forms"
VISIT = f"{FORMS}/visit/questions"
MOOD, WHY = 4, 5
"""Places of two of its questions."""


@pytest.fixture
def council(sqlite_council):
    return sqlite_council


@pytest.fixture
def owner(council):
    return council.sign_in("olga").visitor


def questions_of(council, form="visit"):
    files = open_draft(council.by("olga"), PROCEDURE).files
    return json.loads(files[f"{form}.form"])["components"]


def values_by_label(council):
    return {each["label"]: each["value"] for each in questions_of(council)[MOOD]["values"]}


def save(council, components, form="visit"):
    by = council.by("olga")
    content = json.dumps({"components": components}).encode()
    return save_draft_file(by, PROCEDURE, f"{form}.form", content,
                           open_draft(by, PROCEDURE).version)


def preview(page):
    return " ".join(page.section("As people will see it").split())


def test_the_list_of_forms_says_which_steps_ask_them_and_what_the_answers_decide(owner):
    page = owner.open(FORMS)

    assert "Asked in “Visit the home”." in page.section("visit")
    mood = page.answers["How was the mood?mood"]
    assert "at forms.visit.mood" in mood
    assert "whether “Why was it bad?” is asked" in mood
    good_at = page.answers["What is the child good at?strengths"]
    assert "as “Strengths and capabilities” at needs.strengths" in good_at
    strengths = page.answers["What is the child good at?strengths"]
    assert "as “Strengths and capabilities” at needs.strengths" in strengths


def test_a_question_is_changed_and_the_preview_shows_it(council, owner):
    before = questions_of(council)
    page = owner.open(VISIT).follow("Change How was the mood?")
    page = page.fill({"Question": "How did they feel?"}).press("Save the question")

    assert "How did they feel?" in preview(page)
    after = questions_of(council)
    assert after[MOOD] == {**before[MOOD], "label": "How did they feel?"}
    assert after[:MOOD] + after[WHY:] == before[:MOOD] + before[WHY:]


def test_an_option_that_is_worded_otherwise_still_means_the_same(council, owner):
    page = owner.open(VISIT).follow("Change How was the mood?")
    page.fill({"Options": "Happy\nBad\nHard to say"}).press("Save the question")
    assert values_by_label(council) == {"Happy": "happy", "Bad": "bad", "Hard to say": "hard_say"}

    page = owner.open(VISIT).follow("Change How was the mood?")
    page.fill({"Options": "Happy enough\nBad\nHard to say"}).press("Save the question")
    assert values_by_label(council)["Happy enough"] == "happy"


def test_a_question_is_added_moved_and_removed(council, owner):
    page = owner.open(VISIT).follow("Add a question at the end")
    page = page.fill({"Question": "When was the school told?", "How is it asked?": "A date",
                      "It must be answered": True}).press("Add the question")
    assert questions_of(council)[-1]["key"] == "school_told"
    assert "does not say what to do when it is empty" in page.section("What could be better")

    page = page.press("Move up When was the school told?")
    assert [each["key"] for each in questions_of(council)][-2:] == ["school_told", "promises"]
    assert "autofocus" in page.tree.get_element_by_id("question-9").attrib

    page = page.follow("Remove When was the school told?").press("Remove the question")
    assert "The question is removed" in page.whole
    assert "school_told" not in [each["key"] for each in questions_of(council)]


def test_what_cannot_be_asked_comes_back_with_every_word(owner):
    page = owner.open(VISIT).follow("Add a question at the end")
    page = page.fill({"Question": "Who was told?", "How is it asked?": "One of several options",
                      "Options": "The school", "Hint": "Not the child"})
    page = page.press("Add the question")

    assert page.errors == {"options": "Enter at least two options, each on a line of its own"}
    assert page.status == 422
    assert page.value("Question") == "Who was told?"
    assert page.value("Hint") == "Not the child"


def test_words_that_only_the_trade_understands_are_found_and_refuse_nothing(owner):
    page = owner.open(VISIT).follow("Change How was the mood?")
    page = page.fill({"Question": "Did you utilise it for the CYP and/or their school?"})
    page = page.press("Save the question")

    found = page.section("What could be better")
    assert "says “utilise”, which not everybody understands. Write “use”" in found
    assert "says “CYP”" in found
    assert "asks two things at once" in found
    assert "Must be corrected" not in found
    assert "3 things in it could be asked better" in owner.open(FORMS).section("visit")


@pytest.mark.both_stores
def test_whoever_was_first_is_named_and_the_words_of_the_second_stay(council, owner):
    page = owner.open(VISIT).follow("Change How was the mood?")
    save(council, questions_of(council))

    page = page.fill({"Question": "What now?"}).press("Save the question")

    assert page.status == 409
    assert "This was saved or published while you had it open. Olga" in page.errors["label"]
    assert page.value("Question") == "What now?"
    page.press("Save the question")
    assert questions_of(council)[MOOD]["label"] == "What now?"


def test_a_new_form_begins_empty_or_with_the_questions_of_another(council, owner):
    page = owner.open(FORMS).follow("Make a new form")
    page = page.fill({"What is it called?": ""}).press("Make the form")
    assert page.errors == {"form-title": "Enter a title"}

    page = page.fill({"What is it called?": "Ask the school nurse"}).press("Make the form")
    assert page.heading == "Ask the school nurse"
    assert questions_of(council, "ask_the_school_nurse") == []

    page = owner.open(f"{FORMS}/new").fill({
        "What is it called?": "Visit, again",
        "What does it begin with?": "The questions of: visit"}).press("Make the form")
    assert "How was the mood?" in preview(page)

    page = owner.open(FORMS).press("Take it out of the draft: Visit, again")
    assert "The form is taken out of the draft" in page.whole
    assert "Visit, again" not in page.headings


def test_of_two_forms_that_no_step_asks_each_is_taken_out_by_itself(council, owner):
    save(council, [], "first")
    save(council, [], "second")
    page = owner.open(FORMS)
    ids = page.tree.xpath("//*/@id")
    assert len(ids) == len(set(ids))
    save(council, [{"type": "text", "text": "Meanwhile"}], "second")

    refused = page.press("Take it out of the draft: Second")

    assert list(refused.errors) == ["remove-second"]
    assert refused.tree.get_element_by_id("remove-second").tag == "button"


def test_a_list_has_questions_of_its_own(council, owner):
    page = owner.open(f"{FORMS}/new").fill({"What is it called?": "Visits"}).press("Make the form")
    page = page.follow("Add a question at the end").fill({
        "Question": "Visits", "How is it asked?": "A list: the same questions for each of several",
    }).press("Add the question")
    page = page.follow("Add a question to “Visits”")
    assert "A heading, with questions under it" not in page.text
    page = page.fill({"Question": "Who came?", "How is it asked?": "A line of text"})
    page = page.press("Add the question")

    [visits] = questions_of(council, "visits")
    assert [each["label"] for each in visits["components"]] == ["Who came?"]
    assert "Visits, 1 of 1" in preview(page)


def test_before_a_question_goes_it_is_said_what_goes_with_it_and_what_reads_it(council, owner):
    page = owner.open(VISIT).follow("Remove How was the mood?")
    assert "“How was the mood?” decides whether “Why was it bad?” is asked" in page.text
    assert "bad" not in owner.open(VISIT).follow("Remove Promises").text
    page = owner.open(VISIT).follow("Remove Promises")
    assert "go what stands in it: What was promised?" in page.text
    assert page.follow("Keep it").heading == "visit"

    page.press("Remove the question")
    page = owner.open(VISIT).follow("Remove How was the mood?").press("Remove the question")
    found = page.section("What could be better")
    assert "The condition of “Why was it bad?” cannot be worked out" in found
    assert len(questions_of(council)) == 8


def test_a_title_is_changed(council, owner):
    page = owner.open(VISIT).fill({"What the form is called": "A visit"}).press("Change the title")
    assert page.heading == "A visit"
    page = page.fill({"What the form is called": "x" * 121}).press("Change the title")
    assert page.errors == {"form-title": "Use 120 characters or fewer for the title"}


NO_FORMS = [
    (json.dumps({"components": [], "x": "y" * 1_000_000}), "larger than 500 kB"),
    ('{"components":' + "[" * 1000 + "]" * 1000 + "}", "too much inside each other"),
    ('{"components":[' + '{"type":"group","components":[' * 300 + "]}" * 300 + "]}",
     "too much inside each other"),
    ("no JSON", "is not JSON as form-js writes it"),
    ('{"components": 7}', "has no components"),
    ("", "is not JSON as form-js writes it"),
]


def test_what_was_changed_is_asked_once_a_colleague_has_approved_it(council, owner):
    owner.open(VISIT).follow("Change How was the mood?").fill(
        {"Question": "How did they feel?"}).press("Save the question")
    page = owner.open(f"/studio/{PROCEDURE}/changes")
    page = page.fill({"What did you change, and why?": "In their words"}).press("Send for approval")
    colleague = council.sign_in("vera").visitor.open(page.address)
    assert "How did they feel?" in colleague.text
    colleague.press("Approve and make it live")

    council.home_visit()
    assert "How did they feel?" in council.open_task("wilma", "visit").text


def test_what_is_no_form_is_answered_with_a_sentence(owner):
    token = owner.open(f"{FORMS}/visit").token
    for content, said in NO_FORMS:
        answer = owner.client.post(f"{FORMS}/visit/preview", json={"content": content},
                                   headers={"X-CSRFToken": token})
        assert answer.status_code == 422
        assert said in answer.get_json()["message"]


def test_a_form_that_cannot_be_read_can_be_taken_along(council, owner):
    save(council, [{"type": "iframe", "key": "page"}])

    assert "of type iframe, which Pepway does not show" in owner.open(VISIT).text
    assert "Download it" in owner.open(FORMS).section("visit")
    assert "It cannot be drawn here" in owner.open(f"{FORMS}/visit").text


def test_scripts_in_labels_are_words(owner):
    evil = "</textarea><script>alert(1)</script>\"'{{ 7*7 }}"
    owner.open(VISIT).follow("Change How was the mood?").fill({"Question": evil}).press(
        "Save the question")

    for address in (FORMS, VISIT, f"{VISIT}/{MOOD}", f"{FORMS}/visit"):
        page = owner.open(address)
        assert "alert(1)" in page.response.get_data(as_text=True)
        assert "<script>alert" not in page.response.get_data(as_text=True)
        assert "script-src 'self' 'nonce-" in page.response.headers["Content-Security-Policy"]


def test_the_preview_of_what_is_not_saved_is_what_practitioners_get(council, owner):
    token = owner.open(f"{FORMS}/visit").token
    changed = questions_of(council)
    changed[MOOD]["label"] = "How <b>bad</b> was it?"
    answer = owner.client.post(
        f"{FORMS}/visit/preview", json={"content": json.dumps({"components": changed})},
        headers={"X-CSRFToken": token}).get_json()

    assert "How &lt;b&gt;bad&lt;/b&gt; was it?" in answer["html"]
    assert 'class="govuk-radios__input"' in answer["html"]
    assert {each["rule"] for each in answer["findings"]} == {"form-unbound"}
    assert questions_of(council)[MOOD]["label"] == "How was the mood?"


def test_what_is_not_there_is_not_found(owner):
    for address in (f"{FORMS}/nothing", f"{FORMS}/nothing/questions", f"{VISIT}/99", f"{VISIT}/x",
                    f"{VISIT}/0-0", f"{VISIT}/add?inside=99", "/studio/nothing/forms"):
        assert owner.open(address).status == 404


def test_a_step_that_is_drawn_gets_a_form_of_its_own_with_one_question(council, owner):
    token = owner.open(FORMS).token

    def ask_for(title, path=PROCEDURE):
        return owner.client.post(f"/studio/{PROCEDURE}/draw/{path}/form",
                                 json={"title": title, "version": 0},
                                 headers={"X-CSRFToken": token})

    made = ask_for("Ask the school nurse")

    assert (made.status_code, made.json["form"]) == (200, "ask_the_school_nurse")
    draft = open_draft(council.by("olga"), PROCEDURE)
    assert made.json["version"] == draft.version
    [question] = questions_of(council, "ask_the_school_nurse")
    assert (question["label"], question["validate"]) == ("What was done?", {"required": True})
    assert ask_for("Ask the school nurse").json["form"] == "ask_the_school_nurse_2"

    assert (ask_for(" ").status_code, ask_for(" ").json["message"]) == (422, "Enter a title.")
    assert ask_for("Ask", "nothing").status_code == 404
