"""No message and no calendar entry says anything of a child."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.store.models import Case
from workflows.children import School
from workflows.roles import ROLES
from workflows.telling.calendar_feed import make_calendar
from workflows.telling.words import DIGEST, ESCALATED, OTHERWISE, WORDS, what_it_says

ROOT = Path(__file__).parents[3]
SAID_OF_THE_CHILD = {
    "given_names": "Zebedee", "family_name": "Quixwood", "known_as": "Zebby",
    "placement_address": "14 Larkspur Rise, Hessle", "born_on": "2016-05-04",
}
SECRETS = ("zebedee", "quixwood", "zebby", "larkspur", "hessle", "bramblewick", "2016-05-04",
           "4 may 2016", "04/05/2016")
MADE_UP = "a_kind_that_a_process_owner_made_up"
KINDS = [*WORDS, MADE_UP]


def kinds_that_may_be_sent():
    for diagram in ROOT.glob("bpmn/*/*.bpmn"):
        yield from re.findall(r'pepway:message="([^"]*)"', diagram.read_text())
    for package in ("engine", "workflows"):
        for module in (ROOT / package).rglob("*.py"):
            source = module.read_text()
            yield from re.findall(r'tell\w*\([^()"]*"(\w+)"', source)
            yield from re.findall(r'call\.message or "(\w+)"', source)


def test_every_kind_that_a_diagram_or_the_code_sends_has_words_of_its_own():
    sent = set(kinds_that_may_be_sent()) - set(ROLES)

    assert sent - set(WORDS) == set()
    assert {"task_assigned", "task_given", "plan_late_4", "new_case", "plan_returned",
            "care_ended", "child_suspended"} <= sent


def test_a_kind_that_a_diagram_made_up_says_whether_it_was_escalated():
    assert what_it_says(MADE_UP) == OTHERWISE
    assert what_it_says(MADE_UP, escalated=True) == ESCALATED


@pytest.fixture
def child_of_secrets(telling):
    """A case of a child whose every detail would be noticed."""
    with telling.council.by("vera").begin() as work:
        school = School(urn="990107", name="Bramblewick Academy", phase="primary",
                        area="Bramblewick")
        work.session.add(school)
        work.session.flush()
        school_id = str(school.id)
    return telling.council.start_case(**SAID_OF_THE_CHILD, school=school_id)


def holds_nothing(text):
    found = [each for each in SECRETS if each in text.lower()]
    assert found == [], text


@pytest.mark.parametrize("how", ["at_once", "daily"])
def test_no_mail_of_any_kind_holds_anything_of_the_child(
    telling, child_of_secrets, post_office, how
):
    telling.choose("wilma", how)
    task = telling.council.task("wilma", "initiate_pep")
    with telling.council.by("vera").begin() as work:
        case = work.session.scalar(select(Case).where(Case.id == child_of_secrets))
        for kind in KINDS:
            if kind != DIGEST:
                work.tell(kind, telling.council.people["wilma"], case, task=task, escalated=True)
    for _ in range(2):
        telling.round()
        telling.later(days=1)
    telling.round()

    mails = [mail for _, mail in post_office.mails]
    said = "\n".join(mail.get_content() + str(mail.items()) for mail in mails)
    for kind in KINDS:
        assert kind == DIGEST or what_it_says(kind, escalated=True) in said
    assert telling.reference(child_of_secrets) in said
    for mail in mails:
        holds_nothing(mail.as_string())
        holds_nothing(mail.get_content())
        holds_nothing(" ".join(mail.values()))


def test_no_calendar_entry_holds_anything_of_the_child(telling, child_of_secrets):
    secret = make_calendar(telling.council.by("wilma"))
    answer = telling.council.app.test_client().get(f"/calendar/{secret}.ics")
    text = answer.get_data(as_text=True).replace("\r\n ", "")

    assert f"Task due\\, case {telling.reference(child_of_secrets)}" in text
    holds_nothing(text)
    task = telling.council.sign_in("wilma").visitor.open("/tasks").tree
    [step] = task.xpath("//h3//a/text()")
    assert step.strip()
    assert step.strip().lower() not in text.lower()
