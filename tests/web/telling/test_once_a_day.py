"""One mail a day at seven in London on working days, however many workers there are."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from engine.background import Message, take_back_messages
from engine.cases import close_case
from engine.domain import SYSTEM
from engine.store.models import Case, CaseStatus
from workflows.pep.changes.leaving import record_death
from workflows.resources import case_resource
from workflows.telling.day import tell_of_the_day
from workflows.telling.letters import letter_for

THURSDAY_BEFORE = datetime(2026, 3, 26, 6, 59, tzinfo=UTC)
THURSDAY = datetime(2026, 3, 26, 7, 0, tzinfo=UTC)
FRIDAY_EVENING = datetime(2026, 3, 27, 18, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
MONDAY_BEFORE = datetime(2026, 3, 30, 5, 59, tzinfo=UTC)
MONDAY = datetime(2026, 3, 30, 6, 0, tzinfo=UTC)
"""Seven in London: summer time began on the Sunday."""


@pytest.fixture
def daily(telling):
    """Wilma and Tara are told once a day; a case was begun on Wednesday."""
    for name in ("wilma", "tara"):
        telling.choose(name, "daily")
    telling.council.start_case()
    telling.round()
    return telling


def test_messages_wait_for_seven_and_come_in_one(daily, post_office):
    assert post_office.to("wilma") == []
    assert post_office.to("rob"), "whoever did not ask for it is told at once"

    daily.move_to(THURSDAY_BEFORE)
    daily.round()
    assert post_office.to("wilma") == []
    daily.move_to(THURSDAY)
    daily.round()

    [mail] = post_office.to("wilma")
    assert mail["Subject"] == "Pepway today: 2 messages"
    said = mail.get_content()
    assert "You have a new task: case " in said
    assert "A task of yours is due soon: case " in said
    assert said.count("http://127.0.0.1:8000/tasks/") == 2


def test_two_workers_that_start_again_and_again_send_it_once(daily, post_office):
    daily.move_to(THURSDAY)
    for _ in range(3):
        workers = daily.worker(), daily.worker()
        for worker in workers:
            worker.one_round()
    daily.round()

    [mail], [message] = post_office.to("wilma"), daily.to("wilma", kind="daily_digest")
    assert mail["Message-ID"] == f"<{message.id}@127.0.0.1>"


def test_a_day_that_is_begun_by_many_at_once_is_told_once(daily):
    daily.move_to(THURSDAY)
    by = daily.council.installation.acting(SYSTEM)
    with ThreadPoolExecutor(4) as workers:
        written = list(workers.map(lambda _: tell_of_the_day(by), range(8)))

    assert sorted(written)[:7] == [0] * 7
    assert len(daily.to("wilma", kind="daily_digest")) == 1
    assert len(daily.to("wilma", kind="task_due_soon")) == 1


def test_what_the_weekend_brings_waits_for_monday(daily, post_office):
    daily.move_to(THURSDAY)
    daily.round()
    daily.move_to(FRIDAY_EVENING)
    daily.council.do("wilma", "initiate_pep")
    daily.council.do("vera", "allocate_caseworker",
                     caseworker=str(daily.council.people["viktor"]))
    daily.round()
    before = len(post_office.to("tara"))
    for moment in (SUNDAY, MONDAY_BEFORE):
        daily.move_to(moment)
        daily.round()
    assert len(post_office.to("tara")) == before

    daily.move_to(MONDAY)
    daily.round()
    assert len(post_office.to("tara")) == before + 1
    assert "You have a new task" in post_office.to("tara")[-1].get_content()


def test_where_there_is_nothing_to_say_nothing_is_sent(telling, post_office):
    telling.choose("olga", "daily")
    telling.round()
    telling.move_to(THURSDAY)
    telling.round()

    assert len(telling.to("olga", kind="daily_digest")) == 1
    assert post_office.to("olga") == []


def test_a_daily_mail_that_fails_says_the_same_when_it_comes(daily, post_office):
    daily.move_to(THURSDAY)
    post_office.refused["wilma@council.example"] = "451 later"
    daily.round()
    daily.council.home_visit()
    daily.round()
    post_office.refused.clear()
    daily.later(minutes=1)
    daily.round()

    [mail] = post_office.to("wilma")
    assert mail["Subject"] == "Pepway today: 2 messages"


def test_whoever_chooses_it_today_begins_tomorrow_also_where_a_worker_starts(daily, post_office):
    daily.move_to(THURSDAY)
    daily.round()
    daily.choose("rob", "daily")
    daily.council.start_case()
    before = len(post_office.to("rob"))
    daily.later(hours=2)
    daily.round()

    assert len(post_office.to("rob")) == before
    daily.move_to(FRIDAY_EVENING)
    daily.round()
    assert len(post_office.to("rob")) == before + 1


def test_whoever_changes_their_mind_still_gets_what_was_kept(daily, post_office):
    daily.choose("wilma", "at_once")
    daily.move_to(THURSDAY)
    daily.round()

    subjects = post_office.subjects("wilma")
    assert "Pepway today: 1 message" in subjects
    assert any(each.startswith("A task of yours is due soon") for each in subjects)


def test_what_was_kept_about_a_case_that_is_closed_is_not_said(telling, post_office):
    telling.choose("wilma", "daily")
    case = telling.council.start_case()
    telling.round()
    close_case(telling.council.by("vera"), case, "Opened by mistake")
    telling.move_to(THURSDAY)
    telling.round()

    assert post_office.to("wilma") == []


def test_after_a_death_nothing_that_was_kept_is_said_not_even_of_a_case_that_was_over(
    telling, post_office
):
    telling.choose("wilma", "daily")
    case = telling.council.start_case()
    telling.round()
    with telling.council.by("vera").begin() as work:
        work.session.get_one(Case, case).status = CaseStatus.ENDED
    [row] = telling.to("wilma")
    late = Message(row.id, row.kind, telling.council.people["rob"], row.data, row.case_id)
    system = telling.council.installation.acting(SYSTEM)
    assert letter_for(system, late, "https://pep.council.example")

    record_death(telling.council.by("vera"), case, on=date(2026, 3, 25), reason="In hospital")

    assert letter_for(system, late, "https://pep.council.example") is None
    telling.move_to(THURSDAY)
    telling.round()
    assert post_office.to("wilma") == []


def test_a_message_that_is_taken_back_while_it_is_kept_is_gone(telling, post_office):
    """Between being kept for the daily mail and being noted as such, the child's cases end."""
    telling.choose("wilma", "daily")
    case = telling.council.start_case()
    [row] = telling.to("wilma")
    system = telling.council.installation.acting(SYSTEM)
    kept = Message(row.id, row.kind, row.person_id, row.data, row.case_id)
    assert letter_for(system, kept, "https://pep.council.example") is None

    take_back_messages(system, case_resource(telling.council.by("vera"), case).child_id)

    telling.move_to(THURSDAY)
    telling.round()
    assert not [mail for mail in post_office.to("wilma") if "new task" in mail.get_content()]
