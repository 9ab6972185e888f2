"""Messages by a real mail server: taken, refused for now, refused for good, away and back."""

from datetime import date, timedelta

from sqlalchemy import select

from engine.background.outbox import FIRST_WAIT
from engine.domain import SYSTEM
from engine.store.models import Outbox
from engine.waiting import what_waits
from workflows.people import Person
from workflows.pep.changes.leaving import record_death
from workflows.telling.words import WORDS


def test_whoever_gets_a_task_gets_a_mail_with_a_reference_and_a_link(telling, post_office):
    case = telling.council.start_case()
    telling.round()

    [mail] = post_office.to("wilma")
    reference = telling.reference(case)
    assert mail["Subject"] == f"You have a new task: case {reference}"
    assert mail["To"] == "wilma@council.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    task = telling.council.task("wilma", "initiate_pep")
    assert f"http://127.0.0.1:8000/tasks/{task}" in mail.get_content()
    telling.council.do("wilma", "initiate_pep")
    telling.round()
    assert f"A case was opened that you work on: case {reference}" in post_office.subjects("rob")


def test_a_mails_id_is_that_of_its_message(telling, post_office):
    telling.council.start_case()
    telling.round()

    [mail], [message] = post_office.to("wilma"), telling.to("wilma")
    assert mail["Message-ID"] == f"<{message.id}@127.0.0.1>"


def test_a_task_given_by_name_is_told_and_one_taken_by_oneself_is_not(telling, post_office):
    telling.council.start_case()
    task = telling.council.task("wilma", "initiate_pep")
    telling.round()
    page = telling.sign_in("max").visitor.open(f"/board/reassign/{task}")
    page.fill({"Who will do it?": "Mona Garrick", "Why?": "Wilma is away"}).press("Give the task")
    telling.round()

    assert [each.partition(":")[0] for each in post_office.subjects("mona")] == [
        "A task was given to you"
    ]


def test_whoever_wants_escalations_only_gets_no_other_mail(telling, post_office):
    telling.choose("wilma", "escalations")
    telling.choose("mona", "escalations")
    telling.council.start_case()
    for _ in range(12):
        telling.later(days=1)
        telling.round()

    assert post_office.subjects("wilma") == []
    assert len(telling.to("wilma")) >= 3
    escalated = [WORDS[each.kind] for each in telling.to("mona") if each.data.get("escalated")]
    assert escalated
    assert [each.partition(": case")[0] for each in post_office.subjects("mona")] == escalated


def test_an_address_refused_for_good_is_given_up_with_its_reason_and_the_case_goes_on(
    telling, post_office
):
    post_office.refused["wilma@council.example"] = "550 wilma@council.example is unknown"
    case = telling.council.start_case()
    telling.round()

    page = telling.sign_in("ada").visitor.open("/messages-not-delivered")
    assert page.heading == "Messages not delivered"
    assert f"You have a new task, case {telling.reference(case)}" in page.text
    assert "Wilma Ashdown" in page.text
    assert "The mail server refused the e-mail address (550)" in page.text
    assert "wilma@council.example" not in page.text
    assert "Still being tried" not in page.text
    [message] = telling.to("wilma")
    assert (message.attempts, message.sent_at) == (1, None)

    telling.council.do("wilma", "initiate_pep")
    telling.round()
    assert post_office.subjects("tara"), "later messages of the case left"


def test_what_was_given_up_is_sent_again_by_an_administrator(telling, post_office):
    post_office.refused["wilma@council.example"] = "550 unknown"
    telling.council.start_case()
    telling.round()
    telling.later(hours=10)
    telling.round()
    assert post_office.subjects("wilma") == []

    post_office.refused.clear()
    page = telling.sign_in("ada").visitor.open("/messages-not-delivered")
    page = page.press("Send again: You have a new task, to Wilma Ashdown")
    assert "The message is sent again" in page.whole
    telling.round()

    [message], [mail] = telling.to("wilma"), post_office.to("wilma")
    assert mail["Message-ID"] == f"<{message.id}@127.0.0.1>"
    page = page.visitor.open("/messages-not-delivered")
    assert "There are none." in page.text


def test_what_was_taken_back_after_a_death_is_seen_and_never_sent(telling, post_office):
    post_office.refused["wilma@council.example"] = "550 unknown"
    case = telling.council.start_case()
    telling.round()
    record_death(telling.council.by("vera"), case, on=date(2026, 3, 25), reason="In hospital")
    post_office.refused.clear()
    sent = len(post_office.mails)

    page = telling.sign_in("ada").visitor.open("/messages-not-delivered")

    assert "You have a new task" in page.section("Taken back")
    assert telling.reference(case) in page.section("Taken back")
    assert "Given up" not in page.text
    assert "Send again" not in page.text
    assert "died" not in page.text
    waiting = what_waits(telling.council.installation.acting(SYSTEM))
    assert (waiting.messages_waiting, waiting.messages_given_up) == (0, 0)
    [row] = telling.to("wilma")
    page = page.visitor.send(f"/messages-not-delivered/{row.id}/again",
                             [("csrf_token", page.token)])
    assert "You have a new task" in page.section("Taken back")
    telling.later(hours=20)
    telling.round()
    assert len(post_office.mails) == sent


def test_a_mail_server_that_says_not_now_is_asked_again(telling, post_office):
    post_office.refused["wilma@council.example"] = "451 greylisted"
    telling.council.start_case()
    telling.round()
    page = telling.sign_in("ada").visitor.open("/messages-not-delivered")
    assert "Still being tried" in page.text
    assert "The mail server does not take the e-mail address for now (451)" in page.text
    assert "Send again" not in page.text

    post_office.refused.clear()
    telling.round()
    assert post_office.subjects("wilma") == [], "not before its time"
    telling.later(seconds=FIRST_WAIT.total_seconds() + 1)
    telling.round()
    assert len(post_office.subjects("wilma")) == 1


def test_a_message_refused_after_it_was_read_is_given_up(telling, post_office):
    post_office.answers = ["554 looks like spam"]
    telling.council.start_case()
    telling.round()

    refused = [row for row in telling.messages() if row.given_up_at]
    assert [row.failure for row in refused] == ["The mail server refused the message (554)"]


def test_a_mail_server_that_is_away_gets_each_message_once_when_it_is_back(telling, post_office):
    post_office.close()
    telling.council.start_case()
    telling.round()
    page = telling.sign_in("ada").visitor.open("/messages-not-delivered")
    assert "The mail server did not answer as it should (ConnectionRefusedError)" in page.text

    post_office.open()
    for _ in range(12):
        telling.later(minutes=10)
        telling.round()

    ids = [mail["Message-ID"] for _, mail in post_office.mails]
    written = telling.messages()
    assert sorted(ids) == sorted(f"<{row.id}@127.0.0.1>" for row in written)
    assert all(row.sent_at for row in written)
    page = page.visitor.open("/messages-not-delivered")
    assert "There are none." in page.text


def test_twelve_failures_are_the_end_of_it_until_somebody_says_so(telling, post_office):
    post_office.close()
    telling.council.home_visit()
    for _ in range(14):
        telling.later(hours=20)
        telling.round()

    first = telling.messages()[0]
    page = telling.sign_in("ada").visitor.open("/messages-not-delivered")
    assert first.given_up_at
    assert "Given up" in page.text
    assert " 12 " in page.text


def test_without_mail_messages_stay_in_pepway_and_the_administrator_is_told(new_telling):
    telling = new_telling()
    telling.council.start_case()
    telling.round()

    assert all(row.sent_at for row in telling.messages())
    page = telling.sign_in("ada").visitor.open("/messages-not-delivered")
    assert "E-mail is not set up: messages stay in Pepway" in page.text
    page = telling.sign_in("wilma").visitor.open("/what-you-are-told")
    assert "E-mail is not set up here, so no e-mail leaves" in page.text


def test_whoever_has_left_gets_no_mail(telling, post_office):
    telling.council.start_case()
    with telling.council.by("vera").begin() as work:
        work.session.get_one(Person, telling.council.people["wilma"]).active = False
    telling.round()

    assert post_office.subjects("wilma") == []
    with telling.council.by("vera").begin(writing=False) as work:
        assert work.session.scalars(select(Outbox).where(Outbox.sent_at.is_(None))).all() == []


def test_only_an_administrator_sees_or_sends_what_was_not_delivered(telling):
    for name in ("wilma", "vera", "max", "olga"):
        page = telling.sign_in(name)
        assert "Messages" not in page.navigation
        assert page.visitor.open("/messages-not-delivered").status == 404
    assert "Messages" in telling.sign_in("ada").navigation


def test_a_task_is_told_once_before_it_is_due_and_once_after(telling, post_office):
    """Wilma's first task is due; on the day after it, and on weekends, nobody is told twice."""
    telling.council.start_case()
    for _ in range(12):
        telling.round()
        telling.worker().one_round()
        telling.later(hours=24)

    subjects = [each.partition(":")[0] for each in post_office.subjects("wilma")]
    assert subjects.count("A task of yours is due soon") == 1
    assert subjects.count("A task of yours is overdue") == 1
    soon, late = telling.messages(kind="task_due_soon"), telling.messages(kind="task_overdue")
    assert all(row.created_at.weekday() < 5 for row in (*soon, *late))
    assert late[0].created_at - soon[0].created_at >= timedelta(days=1)


SIGNING = (("tara", "sign_off_teacher"), ("wilma", "sign_off_social_worker"))


def test_a_plan_that_is_returned_and_one_that_is_passed_on_are_told(telling, post_office):
    council, do = telling.council, telling.council.do
    council.gathering()
    for name, step in (("wilma", "complete_social_work_sections"),
                       ("tara", "complete_education_sections"), ("tara", "record_child_views"),
                       ("wilma", "record_carer_view"), ("viktor", "convene_meeting"),
                       ("viktor", "hold_pep_meeting"), ("tara", "set_targets_and_actions"),
                       *SIGNING):
        do(name, step)
    do("viktor", "assure_quality", quality_rating="red", return_reasons="No measures")
    telling.round()

    def told(name):
        return [each.partition(": case")[0] for each in post_office.subjects(name)]

    for name in ("tara", "wilma"):
        assert told(name).count("The plan was returned and must be signed again") == 1
    assert "The plan was passed on" not in told("rob")

    for name, step in (("tara", "correct_targets_and_actions"), *SIGNING):
        do(name, step)
    do("viktor", "assure_quality", quality_rating="green")
    telling.round()
    assert told("rob").count("The plan was passed on") == 1
