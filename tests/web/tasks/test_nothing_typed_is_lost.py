"""Double clicks, two tabs, the back button, a colleague, a night in between."""

from datetime import timedelta

from home_visit import ANSWERS
from sqlalchemy import select

from engine.domain import SYSTEM
from engine.store.models import Case
from engine.tasks import get_task
from workflows.pep.changes.command import put_on_record
from workflows.pep.plan import RecordValue


def test_a_double_click_completes_once_and_shows_what_happens_next(council):
    council.home_visit()
    check = council.open_task("wilma", "visit").fill(ANSWERS).press("Continue")
    first = check.press("Complete this task")
    second = check.press("Complete this task")

    assert first.heading == second.heading == "Task done"
    assert first.address == second.address
    assert council.events("task_completed", "visit") == 1


def test_a_double_click_on_continue_is_no_conflict_with_oneself(council):
    council.home_visit()
    form = council.open_task("wilma", "visit").fill(ANSWERS)

    first, second = form.press("Continue"), form.press("Continue")

    assert first.heading == second.heading == "Check your answers"
    assert second.answers["Promises"] == first.answers["Promises"]
    assert second.press("Complete this task").heading == "Task done"


def test_every_button_of_a_task_leads_to_a_page_that_can_be_shown_again(council):
    council.home_visit()
    wrong = {**ANSWERS, "How many hours a week?": "lots"}
    pages = [
        council.open_task("wilma", "visit").fill(answers).press(button)
        for answers, button in ((wrong, "Continue"), ({}, "Add another"), (ANSWERS, "Continue"),
                                (ANSWERS, "Save"))
    ]
    pages.append(council.open_task("wilma", "visit").press("Continue").press("Complete this task"))

    for page in pages:
        assert [answer.status_code for answer in page.response.history] == [303]
    again = council.sign_in("wilma").visitor.open(pages[2].address)
    assert "You completed this task on 25 March 2026" in again.text


def test_the_back_button_after_completing_says_that_it_is_done(council):
    council.home_visit()
    form = council.open_task("wilma", "visit").fill(ANSWERS)
    form.press("Continue").press("Complete this task")

    page = form.fill({"Whom did you meet?": "Somebody new"}).press("Continue")

    assert page.status == 409
    assert page.heading == "This task is already done"
    assert "You completed it on 25 March 2026 at 9:00am." in page.text
    assert page.answers["Whom did you meet?"] == "Somebody new"


def test_opening_a_finished_task_leads_to_what_happened(council):
    council.home_visit()
    task = council.do("wilma", "visit")

    page = council.sign_in("wilma").visitor.open(f"/tasks/{task}")

    assert "You completed this task on 25 March 2026 at 9:00am." in page.text
    assert page.follow("See what happens next").heading == "Task done"


def test_two_tabs_keep_both_and_ask_which_is_to_stand(council):
    council.home_visit()
    one, two = council.open_task("wilma", "visit"), council.open_task("wilma", "visit")
    one.fill({"Whom did you meet?": "The first words"}).press("Save")

    page = two.fill({"Whom did you meet?": "The second words"}).press("Save")

    assert page.status == 409
    assert page.errors == {"choose-met": "Whom did you meet?"}
    assert "Yours: The second words" in page.text
    assert "You, in another window (25 March 2026 at 9:00am): The first words" in page.text
    assert "You changed an answer in another window" in page.text
    assert "Someone changed" not in page.text
    page.press("Save")
    assert council.open_task("wilma", "visit").value("Whom did you meet?") == "The second words"


def test_what_a_colleague_wrote_can_be_left_to_stand(council):
    council.home_visit()
    mine = council.open_task("wilma", "visit")
    council.do("tara", "agree", agreed_strengths="Chess")
    page = mine.fill({**ANSWERS, "What is the child good at?": "Drawing"}).press("Continue")
    assert page.status == 409

    page = page.fill(
        {"Which answer is to stand? What is the child good at?":
         "Tara Copley (25 March 2026 at 9:00am): Chess"}
    ).press("Continue")

    assert page.heading == "Check your answers"
    assert page.answers["What is the child good at?"] == "Chess"
    assert page.answers["Whom did you meet?"] == "The foster carers"


def test_a_conflict_says_that_there_is_another_answer_and_not_which(council):
    council.home_visit()
    mine = council.open_task("tara", "agree")
    case_id = get_task(council.by("tara"), council.task("tara", "agree")).case_id
    with council.by("wilma").begin() as work:
        case = work.session.get_one(Case, case_id)
        put_on_record(work, case, "identity.social_care_id", "SC-4711")

    page = mine.fill({"Which number?": "I do not know"}).press("Save")

    assert "Yours: I do not know" in page.text
    assert "an answer that is not shown to you" in page.text
    assert "SC-4711" not in page.text
    page.press("Save")
    assert council.open_task("tara", "agree").value("Which number?") == "I do not know"


def test_a_colleagues_other_task_is_no_conflict(council):
    council.home_visit()
    mine = council.open_task("wilma", "visit").fill(ANSWERS)
    council.do("tara", "agree", agreed_strengths="Drawing")

    assert mine.press("Continue").heading == "Check your answers"


def test_an_answer_that_changes_during_the_check_stops_the_completion(council):
    council.home_visit()
    check = council.open_task("wilma", "visit").fill(ANSWERS).press("Continue")
    tara = council.open_task("tara", "agree")
    tara.fill({"What is the child good at?": "Chess"}).press("Save")

    page = check.press("Complete this task")

    assert page.status == 409
    assert "Tara Copley (25 March 2026 at 9:00am): Chess" in page.text
    assert council.events("task_completed", "visit") == 0


def test_a_task_that_a_colleague_took_and_did_says_who_and_when(council):
    council.gathering_queue()
    veras = council.open_task("vera", "allocate_caseworker")
    council.clock.move_on(timedelta(minutes=5))
    council.do("viktor", "allocate_caseworker", caseworker=str(council.people["viktor"]))

    page = veras.fill(_text_of(veras, "My own words")).press("Continue")

    assert page.status == 409
    assert page.heading == "This task is already done"
    assert "Viktor Elsworth completed it on 25 March 2026 at 9:05am." in page.text
    assert "My own words" in page.text


def test_a_form_left_open_overnight_goes_on_after_signing_in(council):
    council.home_visit()
    form = council.open_task("wilma", "visit").fill(ANSWERS)
    council.wall_clock.move_on(timedelta(hours=15))

    page = form.press("Continue")
    assert page.status == 401
    assert "Nothing you typed is lost" in page.text
    page = page.fill(
        {"E-mail address": "wilma@council.example", "Password": "demonstration"}
    ).press("Sign in")
    assert page.heading == "Your words are still here"
    assert "The foster carers" in page.text
    page = page.press("Go on with what I typed")

    assert page.heading == "Check your answers"
    assert page.answers["Whom did you meet?"] == "The foster carers"
    assert page.answers["What is needed?"] == "Bed, Books"


def test_a_wrong_password_on_the_way_back_loses_nothing_either(council):
    council.home_visit()
    form = council.open_task("wilma", "visit").fill(ANSWERS)
    council.wall_clock.move_on(timedelta(hours=15))
    page = form.press("Continue")
    for password in ("wrong", "demonstration"):
        page = page.fill(
            {"E-mail address": "wilma@council.example", "Password": password}
        ).press("Sign in")

    assert page.press("Go on with what I typed").heading == "Check your answers"


def test_another_person_at_the_same_computer_does_not_see_the_words(council):
    council.home_visit()
    form = council.open_task("wilma", "visit").fill(ANSWERS)
    council.wall_clock.move_on(timedelta(hours=15))

    page = form.press("Continue").fill(
        {"E-mail address": "sven@council.example", "Password": "demonstration"}
    ).press("Sign in")

    assert page.address == "/tasks"
    assert "The foster carers" not in page.whole
    assert "It was not shown to you" in page.whole


def test_a_browser_that_lost_its_cookie_keeps_the_words_too(council):
    council.home_visit()
    form = council.open_task("wilma", "visit").fill(ANSWERS)
    form.visitor.client.delete_cookie("pepway")

    page = form.press("Continue").fill(
        {"E-mail address": "wilma@council.example", "Password": "demonstration"}
    ).press("Sign in")

    assert page.press("Go on with what I typed").heading == "Check your answers"


def test_signing_in_again_in_another_window_keeps_the_words(council):
    council.home_visit()
    form = council.open_task("wilma", "visit").fill(ANSWERS)
    form.visitor.open("/tasks").press("Sign out")
    form.visitor.sign_in("wilma@council.example")

    page = form.press("Continue")
    assert page.status == 400
    assert page.heading == "Your words are still here"

    assert page.press("Go on with what I typed").heading == "Check your answers"


def test_a_form_from_another_site_is_refused_and_shows_nothing(council):
    task = council.home_visit() and council.task("wilma", "visit")
    client = council.sign_in("wilma").visitor.client
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = client.post(f"/tasks/{task}", data={"met": "Evil", "do": "save"},
                             headers=headers)
        assert answer.status_code == 400
        assert b"did not come from Pepway" in answer.data
        assert b"Go on with" not in answer.data


def test_autosave_keeps_one_field_and_says_so(council):
    council.home_visit()
    page = council.open_task("wilma", "visit")
    task, token = council.task("wilma", "visit"), page.token
    answer = page.visitor.client.post(
        f"/tasks/{task}/draft", data={"csrf_token": token, "seen-met": "0", "met": "Half a wo"}
    )

    assert answer.get_json() == {"message": "Saved", "seen": {"met": 1}}
    assert council.open_task("wilma", "visit").value("Whom did you meet?") == "Half a wo"


def test_autosave_keeps_a_question_that_another_answer_called_up(council):
    council.home_visit()
    page = council.open_task("wilma", "visit")
    page.fill({"How was the mood?": "Bad"}).press("Save")
    page = council.open_task("wilma", "visit")
    page.visitor.client.post(
        f"/tasks/{council.task('wilma', 'visit')}/draft",
        data={"csrf_token": page.token, "seen-why_bad": "0", "why_bad": "It rained"},
    )

    assert council.open_task("wilma", "visit").value("Why was it bad?") == "It rained"


def test_autosave_never_writes_over_what_somebody_else_has_written(council):
    council.home_visit()
    page = council.open_task("wilma", "visit")
    task = council.task("wilma", "visit")
    council.do("tara", "agree", agreed_strengths="Chess")
    answer = page.visitor.client.post(
        f"/tasks/{task}/draft",
        data={"csrf_token": page.token, "seen-strengths": "0", "strengths": "Drawing"},
    )

    assert answer.status_code == 409
    assert "Not saved" in answer.get_json()["message"]
    value = council.open_task("wilma", "visit").value("What is the child good at?")
    assert value == "Chess"


def _text_of(page, words):
    """The first box for words on the page, filled in."""
    box = page.tree.xpath("//input[@type='text']|//textarea")[0]
    label = page.tree.xpath(f"//label[@for='{box.get('id')}']")[0]
    return {label.text_content().strip(): words}


def test_words_in_a_question_that_another_answer_hides_are_kept_until_the_task_is_done(council):
    council.home_visit()
    page = council.open_task("wilma", "visit").fill(ANSWERS)
    page.fill({"Why was it bad?": "A row about supper"}).press("Save")
    assert council.open_task("wilma", "visit").value("Why was it bad?") == "A row about supper"

    check = council.open_task("wilma", "visit").press("Continue")
    assert "Why was it bad?" not in check.answers
    check.press("Complete this task")

    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        row = work.session.scalars(
            select(RecordValue).where(RecordValue.path == "forms.visit.why_bad")
        ).one()
        assert (row.value, row.valid) == (None, True)
