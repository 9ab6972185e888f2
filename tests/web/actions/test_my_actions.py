"""What a plan says will be done is listed for its owner, who says in one press how far it is."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from engine.background import Embedded
from engine.domain import SYSTEM
from engine.store.models import Audit, Event, Outbox
from workflows.absences.arranging import Planned, enter_absence
from workflows.absences.days import Days
from workflows.absences.table import MOVES_NONE
from workflows.my_actions import my_actions
from workflows.my_tasks import my_tasks
from workflows.people import Person
from workflows.pep.changes.leaving import record_death
from workflows.pep.plan import RecordValue
from workflows.resources import case_resource

READING = "Twenty minutes of reading help, four times a week."
STEPS = (
    ("wilma", "complete_social_work_sections"), ("tara", "complete_education_sections"),
    ("tara", "record_child_views"), ("wilma", "record_carer_view"),
    ("viktor", "convene_meeting"), ("viktor", "hold_pep_meeting"),
)
ACTIONS = [
    {"action_kind": "homework", "action_text": "Read together", "action_milestones": "By May",
     "action_party": "social_worker", "action_owner": "  wilma ASHDOWN ",
     "action_due": "2026-04-20", "action_review": "2026-05-05"},
    {"action_kind": "other", "action_text": "Ask for a tablet", "action_milestones": "By June",
     "action_party": "school", "action_owner": "Class teacher", "action_due": "2026-04-15",
     "action_review": "2026-05-05"},
]


@pytest.fixture
def agreed(retold):
    """A plan with two actions and an intervention; one of them names Wilma."""
    council, council.case_id = retold(agreement)
    return council


def agreement(council):
    case_id = council.gathering()
    for name, step in STEPS:
        council.do(name, step)
    council.do("tara", "set_targets_and_actions", actions=ACTIONS, homework_planned="yes",
               tuition_planned="no", tuition_not_needed="-", study_support_planned="no",
               study_support_not_needed="-")
    return case_id


@pytest.fixture
def planned(agreed):
    """The same, after the day of one action and before that of the other."""
    agreed.clock.move_to(datetime(2026, 4, 17, 9, tzinfo=UTC))
    return agreed


def of(council, name):
    return council.sign_in(name).visitor.open("/actions")


def rows(page):
    """The form of each action, by what it is."""
    return {form.xpath("string(../div//h3)"): form
            for form in page.tree.xpath("//form[contains(@class, 'pepway-action')]")}


def send(page, what, status, reason=""):
    form = rows(page)[what]
    fields = dict(form.form_values()) | {"status": status, "reason": reason}
    return page.visitor.send(form.get("action"), list(fields.items()))


@pytest.mark.both_stores
def test_the_owner_sees_their_own_and_the_designated_teacher_all(planned):
    wilma, tara = of(planned, "wilma"), of(planned, "tara")

    assert list(rows(wilma)) == ["Read together"]
    assert "Robin Testerby. Owner: wilma ASHDOWN" in wilma.text
    assert "Milestones: By May" in wilma.text
    assert "1 working day left Due Mon 20 Apr 2026" in wilma.text
    assert {"Read together", "Ask for a tablet"} < set(rows(tara)), "and interventions"
    assert "2 working days overdue Due Wed 15 Apr 2026" in tara.text
    for name in ("rob", "sven", "viktor", "vera"):
        assert not rows(of(planned, name)), name


@pytest.mark.parametrize("name", ["Zoë Ó Súilleabháin", "Łucja Żółć", "李小龙", "ÉLO 50% _ "])
def test_an_owner_is_known_by_a_name_in_any_letters(agreed, name):
    """Plans that cannot name somebody are not read for them; JSON writes some letters otherwise."""
    with agreed.by("vera").begin() as work:
        work.session.get_one(Person, agreed.people["wilma"]).name = name.title()
        plan = work.session.scalars(
            select(RecordValue).where(RecordValue.path == "actions[]")
        ).one()
        plan.value = [row | {"action_owner": name.lower()} for row in plan.value[:1]]

    assert list(rows(of(agreed, "wilma"))) == ["Read together"]


def test_my_tasks_counts_them_and_leads_there(planned):
    page = planned.sign_in("tara").visitor.open("/tasks")

    count = int(re.search(r"My actions \((\d+)\), 1 overdue", page.text).group(1))
    assert len(rows(page.follow("My actions"))) == count
    assert "My actions (1)" in planned.sign_in("wilma").visitor.open("/tasks").text


def test_one_press_says_how_far_it_is_and_the_plan_says_who_and_when(planned):
    page = send(of(planned, "wilma"), "Read together", "under_way")

    assert "Saved: under way." in page.whole
    assert "Under way. Wilma Ashdown, 17 April 2026 at 10:00am" in page.text
    done = send(page, "Read together", "done")
    assert "Done or not taken forward (1)" in done.text
    child_id = case_resource(planned.by("vera"), planned.case_id).child_id
    plan = planned.sign_in("tara").visitor.open(f"/children/{child_id}/plan")
    assert "How far: Read together Done" in plan.section("Planned actions")
    story = planned.sign_in("rob").visitor.open(f"/cases/{planned.case_id}")
    assert "It was said how far a planned action is." in story.section("What happened")
    with planned.by("vera").begin(writing=False) as work:
        assert len(work.session.scalars(
            select(Event).where(Event.kind == "planned_action_updated")).all()) == 2
        told = work.session.scalars(select(Audit).where(Audit.action == "update_action")).all()
        assert [row.actor_id for row in told if row.about.startswith("action:")] == [
            planned.people["wilma"]] * 2


def test_what_is_not_taken_forward_wants_a_reason_and_nothing_typed_is_lost(planned):
    page = send(of(planned, "tara"), "Ask for a tablet", "not_taken_forward", "   ")

    assert page.status == 422
    assert page.errors == {"reason": "Enter why the action is not taken forward"}
    assert page.value("How far is it? Ask for a tablet, Robin Testerby") == "Not taken forward"
    page.fill({"Why, if it is not taken forward: Ask for a tablet, Robin Testerby":
               "The school lends one"})
    saved = page.press("Save")
    assert saved.address.startswith("/actions")
    assert "Not taken forward: The school lends one. Tara Copley" in saved.text
    nonsense = send(of(planned, "tara"), "Read together", "nonsense")
    assert nonsense.errors == {"status": "Choose how far the action is"}


@pytest.mark.both_stores
def test_whoever_comes_second_is_shown_both_and_chooses(planned):
    tara, wilma = of(planned, "tara"), of(planned, "wilma")
    send(wilma, "Read together", "done")

    clash = send(tara, "Read together", "not_taken_forward", "No time <b>")

    assert clash.status == 409
    assert "Wilma Ashdown said on 17 April 2026 at 10:00am: Done" in clash.text
    assert "You chose: Not taken forward. Why: No time <b>" in clash.text
    assert "Done. Wilma Ashdown" in clash.follow("keep theirs").text
    chosen = clash.press("Save")
    assert "Not taken forward: No time <b>. Tara Copley" in chosen.text


@pytest.mark.both_stores
def test_the_same_press_twice_is_one_change_and_the_same_answer_no_conflict(planned):
    tara, wilma = of(planned, "tara"), of(planned, "wilma")

    for page in (wilma, wilma, tara):
        assert "Saved: done." in send(page, "Read together", "done").whole

    with planned.by("vera").begin(writing=False) as work:
        events = select(Event).where(Event.kind == "planned_action_updated")
        assert len(work.session.scalars(events).all()) == 1


@pytest.mark.both_stores
def test_nobody_updates_an_action_of_others(planned):
    address = rows(of(planned, "tara"))["Ask for a tablet"].get("action")
    for name in ("wilma", "rob", "mona", "sven", "viktor", "vera", "max", "olga"):
        page = planned.sign_in(name)
        sent = page.visitor.send(address, [("csrf_token", page.token), ("status", "done"),
                                           ("version", "0")])
        assert sent.status == 404, name
        assert page.visitor.open(address).status == 404, name
    assert "Not begun" in of(planned, "tara").text


def test_what_was_said_after_signing_stands_beside_the_next_judgement(planned):
    planned.do("tara", "sign_off_teacher")
    planned.do("wilma", "sign_off_social_worker")
    planned.do("viktor", "assure_quality", quality_rating="green")
    planned.do("rob", "hold_first_review")
    send(of(planned, "wilma"), "Read together", "under_way")
    planned.clock.move_to(datetime(2026, 6, 20, 9, tzinfo=UTC))
    Embedded(planned.installation, lambda message: None).one_round()
    for name, step in (("rob", "confirm_review_date"), ("tara", "collect_progress")):
        if any(row.task.element == step for row in tasks(planned, name)):
            planned.do(name, step)
    send(of(planned, "tara"), "Ask for a tablet", "done")

    text = planned.open_task("tara", "judge_progress").text

    assert "How far the owners of the actions say that they are" in text
    assert "Under way. Wilma Ashdown, 17 April 2026 at 10:00am" in text
    assert "Done. Tara Copley, 20 June 2026 at 10:00am" in text


def tasks(council, name):
    found = my_tasks(council.by(name))
    return (*found.mine, *found.queue)


@pytest.mark.both_stores
def test_an_owner_who_left_the_child_no_longer_has_the_action(planned):
    assert my_actions(planned.by("wilma")).to_do
    planned.clock.move_on(timedelta(days=1))
    planned.end("wilma", "social_worker")

    assert not my_actions(planned.by("wilma")).to_do


def told(council, day, times=1):
    """Whom the outbox reminds of what, once the day has begun so often."""
    council.clock.move_to(datetime(2026, 4, day, 9, tzinfo=UTC))
    for _ in range(times):
        council.installation.domain.day_begins(council.installation.acting(SYSTEM))
    with council.by("vera").begin(writing=False) as work:
        rows = work.session.scalars(
            select(Outbox).where(Outbox.kind.startswith("action_")).order_by(Outbox.seq)
        ).all()
    assert all(set(row.data) == {"action"} for row in rows), "ids only"
    who = {person: name for name, person in council.people.items()}
    return [(row.kind, who[row.person_id]) for row in rows]


@pytest.mark.both_stores
def test_an_owner_is_reminded_five_working_days_before_and_on_the_day_after_once(agreed):
    """Of an owner without an account the designated teacher is; Easter lies before the 8th."""
    assert told(agreed, 7) == []
    soon = [("action_due_soon", "tara")]
    assert told(agreed, 8) == soon
    assert told(agreed, 12) == soon
    soon.append(("action_due_soon", "wilma"))
    assert told(agreed, 13, times=3) == soon
    assert told(agreed, 15) == soon, "the day itself is in time"
    late = [*soon, ("action_overdue", "tara")]
    assert told(agreed, 16, times=2) == late
    assert told(agreed, 20) == late
    assert told(agreed, 21) == [*late, ("action_overdue", "wilma")]


def test_whoever_covers_for_an_owner_is_reminded_too(agreed):
    agreed.clock.move_to(datetime(2026, 4, 13, 9, tzinfo=UTC))
    enter_absence(agreed.by("max"), agreed.people["wilma"], Planned(
        Days(date(2026, 4, 13), date(2026, 4, 17), "leave"), agreed.people["sven"], MOVES_NONE))

    assert sorted(told(agreed, 13)) == [
        ("action_due_soon", "sven"), ("action_due_soon", "tara"), ("action_due_soon", "wilma")]
    assert ("action_overdue", "sven") not in told(agreed, 21), "she is back"


def test_nobody_is_reminded_after_a_death_not_even_on_the_same_day(agreed):
    """Until the end of that day everyone is still involved with the child."""
    agreed.clock.move_to(datetime(2026, 4, 13, 5, tzinfo=UTC))
    record_death(agreed.by("vera"), agreed.case_id, on=date(2026, 4, 12), reason="In hospital")
    assert told(agreed, 13) == []


def test_nobody_is_reminded_of_what_is_over_and_a_missed_day_is_made_good(planned):
    send(of(planned, "wilma"), "Read together", "done")
    send(of(planned, "tara"), "Ask for a tablet", "not_taken_forward", "It was lent")
    assert told(planned, 22) == []

    send(of(planned, "tara"), "Ask for a tablet", "under_way")
    assert told(planned, 23) == [("action_overdue", "tara")]
