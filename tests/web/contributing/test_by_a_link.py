"""A carer says what they want to say, by a link and a code; a professional takes it over."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.store.models import Audit, Event
from workflows.contributions.links import links_of
from workflows.contributions.table import Contribution

SAID = "She sleeps well & reads to the dog"


def test_a_carer_writes_and_the_social_worker_takes_it_into_the_plan(asking_carer):
    path, code = asking_carer.ask("Jo Marlow", "A carer")
    closed = asking_carer.council.visitor().open(path)
    assert closed.heading == "Enter your code"
    assert "Robin" not in closed.whole
    assert "Testerby" not in closed.whole

    form = asking_carer.enter(path, code)
    assert form.heading == "What you want to say for Robin\u2019s education plan"
    assert "Testerby" not in form.whole
    form.fill({"What would you like us to know?": SAID})
    sent = form.press("Send")
    assert sent.heading == "Thank you. It has been sent"
    assert SAID not in sent.whole

    task = asking_carer.visitor.open(f"/tasks/{asking_carer.task}")
    assert SAID in task.section("Sent by Jo Marlow")
    taken = task.press("Take this into the answers")
    assert taken.value("What does the carer say?") == SAID
    checked = taken.press("Continue")
    assert checked.answers["What does the carer say?"] == SAID
    assert checked.press("Complete this task").heading == "Task done"


@pytest.mark.both_stores
def test_a_link_is_used_up_by_sending_and_not_by_opening(asking_carer):
    path, code = asking_carer.ask("Jo Marlow", "A carer")
    first = asking_carer.enter(path, code)
    first.fill({"What would you like us to know?": "Half of i"})
    assert "Saved" in first.press("Save and come back later").text

    again = asking_carer.enter(path, code.replace(" ", ""))
    assert again.value("What would you like us to know?") == "Half of i"
    again.press("Send")

    used = asking_carer.council.visitor().open(path)
    assert used.heading == "Thank you. It has been sent"
    assert "works only once" in used.text
    assert "Half of i" not in used.whole
    late = again.fill({"What would you like us to know?": "And more"}).press("Send")
    assert late.heading == "Thank you. It has been sent"
    assert "And more" in late.section("What you wrote")


@pytest.mark.both_stores
def test_nothing_of_what_others_wrote_is_behind_the_link(asking_carer):
    wilma = asking_carer.visitor.open(f"/tasks/{asking_carer.task}")
    wilma.fill({"What does the carer say?": "Carer's own secret",
                "What does the parent say?": "Parent's own secret"})
    wilma.press("Save and come back later")

    path, code = asking_carer.ask("Pat", "A parent")
    form = asking_carer.enter(path, code)

    assert "secret" not in form.whole
    assert "What would you like to say about your child's education?" in form.whole
    assert "learning at home" not in form.whole


@pytest.mark.both_stores
def test_the_fifth_wrong_code_ends_the_link(asking_carer):
    path, code = asking_carer.ask("Jo Marlow", "A carer")
    wrong = "000 000" if code != "000 000" else "111 111"
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        page = asking_carer.enter(path, wrong)
        assert page.errors["code"].endswith(f"You have {left} left")
    assert asking_carer.enter(path, wrong).heading == "This link has been closed"
    assert asking_carer.council.visitor().open(path).heading == "This link has been closed"
    assert "Closed after five wrong codes" in asking_carer.page().section("Jo Marlow")


@pytest.mark.both_stores
def test_a_link_that_was_closed_opens_nothing(asking_carer):
    path, code = asking_carer.ask("Jo Marlow", "A carer")
    form = asking_carer.enter(path, code)
    asking_carer.page().press("Close this link")

    late = form.fill({"What would you like us to know?": SAID}).press("Send")

    assert late.heading == "This link has been closed"
    assert SAID in late.section("What you wrote")
    assert "Closed by us" in asking_carer.page().section("Jo Marlow")


def test_a_link_works_for_seven_days(asking_carer):
    path, code = asking_carer.ask("Jo Marlow", "A carer")
    asking_carer.council.clock.move_on(timedelta(days=7, seconds=-1))
    form = asking_carer.enter(path, code)
    assert form.status == 200
    asking_carer.council.clock.move_on(timedelta(seconds=1))
    assert asking_carer.council.visitor().open(path).heading == "This link is no longer open"


def test_a_link_ends_with_its_task(asking_carer):
    path, _ = asking_carer.ask("Jo Marlow", "A carer")
    asking_carer.council.do("wilma", "record_carer_view")
    assert asking_carer.council.visitor().open(path).heading == "This link is no longer open"


def test_who_leaves_the_page_for_long_gives_the_code_again_and_loses_nothing(asking_carer):
    path, code = asking_carer.ask("Jo Marlow", "A carer")
    form = asking_carer.enter(path, code)
    asking_carer.council.clock.move_on(timedelta(hours=2))

    asked = form.fill({"What would you like us to know?": SAID}).press("Send")

    assert asked.heading == "Enter your code"
    assert "what you wrote is kept" in asked.text
    wrong = "000000" if code != "000 000" else "111111"
    asked = asked.fill({"Your code": wrong}).press("Go on")
    form = asked.fill({"Your code": code}).press("Go on")
    assert form.value("What would you like us to know?") == SAID


def test_sending_nothing_is_told_in_words(asking_carer):
    path, code = asking_carer.ask("Jo Marlow", "A carer")
    page = asking_carer.enter(path, code).press("Send")
    assert list(page.errors.values()) == ["Write or choose something before you send it"]


@pytest.mark.parametrize("name", ["J", "j" * 300, "\u0645\u0631\u064a\u0645", "<b>Jo</b>"])
def test_whatever_somebody_is_called(asking_carer, name):
    asking_carer.ask(name, "A carer")
    assert name in asking_carer.page().headings


@pytest.mark.parametrize(("name", "said"), [
    ("", "Enter the name of the person you ask"),
    ("\u200f \u200b", "Enter the name of the person you ask"),
    ("j" * 301, "The name must be 300 characters or fewer"),
])
def test_a_name_that_cannot_be_kept(asking_carer, name, said):
    page = asking_carer.page().fill({"Their name": name, "Whom do you ask?": "A carer"})
    back = page.press("Make a link")
    assert back.errors == {"called": said}
    assert back.value("Whom do you ask?") == ["A carer"]


def test_what_stands_already_is_kept_when_a_contribution_is_taken(asking_carer):
    path, code = asking_carer.ask("Jo Marlow", "A carer")
    form = asking_carer.enter(path, code)
    form.fill({"What would you like us to know?": SAID}).press("Send")
    task = asking_carer.visitor.open(f"/tasks/{asking_carer.task}")
    task.fill({"What does the carer say?": "By phone: all well"}).press("Save and come back later")

    taken = asking_carer.visitor.open(f"/tasks/{asking_carer.task}").press("Take this into")

    assert taken.value("What does the carer say?").split() == (
        f"By phone: all well {SAID}".split())
    assert "Sent by Jo" not in taken.text


@pytest.mark.both_stores
def test_the_link_the_code_and_the_words_are_in_no_event_and_no_audit_row(asking_carer):
    path, code = asking_carer.ask("Jo Marlow", "A carer")
    form = asking_carer.enter(path, code)
    form.fill({"What would you like us to know?": SAID}).press("Send")
    with asking_carer.council.by("vera").begin(writing=False) as work:
        events = list(work.session.scalars(select(Event)))
        audit = list(work.session.scalars(select(Audit)))
        [kept] = work.session.scalars(select(Contribution))
    kinds = [row.kind for row in events if row.kind.startswith("contribution")]
    assert kinds == ["contribution_invited", "contribution_opened", "contribution_sent"]
    secret, digits = path.rpartition("/")[2], code.replace(" ", "")
    rows = [f"{row.data} {row.about} {row.action}" for row in audit]
    rows += [f"{row.data}" for row in events]
    rows.append(f"{kept.link_hash} {kept.code_mac} {kept.session_hash}")
    for row in rows:
        assert secret not in row
        assert digits not in row
        assert "Marlow" not in row
        assert SAID not in row


def test_pages_behind_a_link_leave_no_trace(asking_carer):
    path, _ = asking_carer.ask("Jo Marlow", "A carer")
    headers = asking_carer.council.visitor().open(path).response.headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]


def test_a_guessed_link_says_nothing(asking_carer):
    page = asking_carer.council.visitor().open("/contribute/guess")
    assert (page.status, page.heading) == (404, "This link does not work")
    assert "Testerby" not in page.whole


def test_a_child_of_nine_is_asked_in_words_for_nine(asking_child):
    path, code = asking_child.ask("Robin")
    form = asking_child.enter(path, code)
    assert form.heading == "Tell us what you think"
    assert "magic wand" not in form.whole
    form.fill({"How do you feel about school?": "Happy",
               "How do you think you are getting on?": "Good at maths"})
    form.press("Send")

    task = asking_child.visitor.open(f"/tasks/{asking_child.task}").press("Take this into")

    given = task.value("How did the child give their views?")
    assert given == ["In writing, drawing or a recording"]
    assert task.value("How do you feel about school?") == ["Happy"]
    assert task.value("How do you think you are getting on?") == "Good at maths"
    assert task.value("When was that?") != ["", "", ""]


@pytest.mark.both_stores
def test_only_whoever_has_the_task_makes_ends_and_takes_links(asking_carer):
    council = asking_carer.council
    path, code = asking_carer.ask("Jo Marlow", "A carer")
    form = asking_carer.enter(path, code)
    form.fill({"What would you like us to know?": SAID}).press("Send")
    asking_carer.ask("Pat", "A parent")
    links = links_of(council.by("wilma"), asking_carer.task)
    sees = {"wilma", "tara", "rob", "mona", "vera", "viktor"}
    for name in council.people:
        visitor = council.sign_in(name).visitor
        page = visitor.open(f"/tasks/{asking_carer.task}/links")
        assert (page.status == 200) == (name in sees), name
        if name == "wilma":
            continue
        assert ("Pat" in page.text) == (name in sees - {"tara"}), name
        assert SAID not in visitor.open(f"/tasks/{asking_carer.task}").whole
        token = visitor.open("/procedures").token
        for link in links:
            for what in ("end", "take"):
                at = f"/tasks/{asking_carer.task}/links/{link.id}/{what}"
                assert visitor.send(at, [("csrf_token", token)]).status == 404, (name, what)
        made = visitor.send(f"/tasks/{asking_carer.task}/links",
                            [("csrf_token", token), ("called", "X"), ("voice", "carer")])
        assert made.status == 404, name
    assert links_of(council.by("wilma"), asking_carer.task) == links


@pytest.mark.both_stores
def test_a_link_of_another_task_is_not_taken_here(asking_carer):
    council = asking_carer.council
    path, code = asking_carer.ask("Jo Marlow", "A carer")
    form = asking_carer.enter(path, code)
    form.fill({"What would you like us to know?": SAID}).press("Send")
    [link] = links_of(council.by("wilma"), asking_carer.task)
    tara = council.sign_in("tara").visitor
    own = council.task("tara", "record_child_views")
    token = tara.open(f"/tasks/{own}").token
    for what in ("end", "take"):
        at = f"/tasks/{own}/links/{link.id}/{what}"
        assert tara.send(at, [("csrf_token", token)]).status == 404


def test_what_is_typed_is_kept_a_moment_later(asking_carer):
    path, code = asking_carer.ask("Jo Marlow", "A carer")
    form = asking_carer.enter(path, code)
    answer = form.visitor.client.post(
        f"{path}/draft", data={"csrf_token": form.token, "carers_view": SAID}
    )
    assert answer.json["message"] == "Saved"
    assert form.visitor.open(path).value("What would you like us to know?") == SAID

    asking_carer.council.clock.move_on(timedelta(hours=2))
    late = form.visitor.client.post(
        f"{path}/draft", data={"csrf_token": form.token, "carers_view": "Later"}
    )
    assert (late.status_code, late.json["message"]) == (409, "Not saved: enter the code again")


def test_only_the_questions_of_that_voice_are_answered(asking_carer):
    """Whatever else is sent with the form is not kept."""
    path, code = asking_carer.ask("Jo Marlow", "A carer")
    form = asking_carer.enter(path, code)
    sent = form.visitor.send(path, [
        ("csrf_token", form.token), ("do", "send"), ("carers_view", SAID),
        ("parents_view", "Not mine to say"), ("others_view", "Nor this"), ("status", "done"),
    ])
    assert sent.heading == "Thank you. It has been sent"
    [link] = links_of(asking_carer.council.by("wilma"), asking_carer.task)
    assert link.answers == {"carers_view": SAID}


def test_a_browser_without_the_page_s_token_is_asked_to_send_again(asking_carer):
    path, code = asking_carer.ask("Jo Marlow", "A carer")
    form = asking_carer.enter(path, code)
    answer = form.visitor.send(path, [("csrf_token", "old"), ("do", "save"),
                                      ("carers_view", SAID)])
    assert answer.status == 400
    assert "Sign in" not in answer.whole
    assert "Testerby" not in answer.whole
    again = answer.press("Try again")
    assert again.value("What would you like us to know?") == SAID


@pytest.mark.both_stores
def test_a_link_sent_twice_at_once_is_sent_once(asking_carer):
    path, code = asking_carer.ask("Jo Marlow", "A carer")
    form = asking_carer.enter(path, code)
    form.fill({"What would you like us to know?": SAID})
    assert form.press("Send").heading == "Thank you. It has been sent"
    assert form.press("Send").heading == "Thank you. It has been sent"
    case = asking_carer.visitor.open(f"/tasks/{asking_carer.task}")
    assert case.whole.count(SAID) == 1
