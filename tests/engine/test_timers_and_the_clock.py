"""The clock jumps, changes to summer time and back, or stands while Pepway is away."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from diagrams import diagram, flow, form, text, user_task, waiting
from plain_domain import ANN, CHILD

from engine.cases import open_case
from engine.domain import SYSTEM
from engine.recalculation import calendar_changed
from engine.releases import load_folder
from engine.timers import MOST_IN_A_ROW, fire_due_timers, fire_or_put_off
from engine.work import LONDON


@pytest.fixture
def council(migrated_council):
    migrated_council.load("waiting")
    return migrated_council


def chained():
    """After ten days one thing starts that was due after two, beside one due after five."""
    body = (
        '<bpmn:startEvent id="begun"/><bpmn:parallelGateway id="both"/>'
        + "".join(
            f'<bpmn:intermediateCatchEvent id="{name}"><bpmn:timerEventDefinition id="t_{name}">'
            f"<bpmn:timeDate>days_after(placement_start, {days})</bpmn:timeDate>"
            "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
            for name, days in (("first", 1), ("second", 2), ("third", 3))
        )
        + '<bpmn:parallelGateway id="joined"/>' + user_task("look", "look")
        + '<bpmn:endEvent id="done"/>'
        + flow("begun", "both") + flow("both", "first") + flow("first", "second")
        + flow("second", "joined") + flow("both", "third") + flow("third", "joined")
        + flow("joined", "look") + flow("look", "done")
    )
    nodes = ["begun", "both", "first", "second", "third", "joined", "look", "done"]
    return {
        "waiting.bpmn": diagram("waiting", {"social_worker": nodes}, body),
        "look.form": form("look", text("remark")),
    }


def round_and_round():
    """A loop whose date is over when it is reached, and that nothing ever leaves."""
    body = (
        '<bpmn:startEvent id="begun"/><bpmn:exclusiveGateway id="again"/>'
        '<bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition id="t">'
        "<bpmn:timeDate>days_after(placement_start, 1)</bpmn:timeDate>"
        "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
        '<bpmn:exclusiveGateway id="enough" default="enough_to_again"/>'
        '<bpmn:endEvent id="done"/>'
        + flow("begun", "again") + flow("again", "wait") + flow("wait", "enough")
        + flow("enough", "again") + flow("enough", "done", "signed")
    )
    nodes = ["begun", "again", "wait", "enough", "done"]
    return {"waiting.bpmn": diagram("waiting", {"social_worker": nodes}, body)}


def test_a_jump_forwards_fires_what_was_passed_once(council, new_background, new_case):
    case = new_case()
    council.clock.move_on(timedelta(days=400))

    new_background().one_round()
    new_background().one_round()

    assert len(case.events("timer_fired")) == 1
    assert case.open() == {"look"}


def test_a_jump_backwards_fires_nothing_twice_and_forgets_nothing(
    council, new_background, new_case
):
    early = new_case()
    council.domain.facts_now["placement_start"] = date(2026, 3, 12)
    late = new_case()
    council.clock.move_to(early.timers()[0].due_at)
    new_background().one_round()

    council.clock.move_on(timedelta(days=-5))
    new_background().one_round()
    council.clock.move_to(late.timers()[0].due_at)
    new_background().one_round()

    assert len(early.events("timer_fired")) == 1
    assert len(late.events("timer_fired")) == 1


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
@pytest.mark.parametrize("minutes", [-90, -30, 30, 90])
def test_a_jump_of_an_hour_around_the_moment_fires_once_and_not_before_the_clock_says_so(
    council, new_background, new_case, minutes, jump
):
    """A clock that someone puts right, or one that was never told of summer time."""
    case = new_case()
    [timer] = case.timers()
    council.clock.move_to(timer.due_at + timedelta(minutes=minutes))
    new_background().one_round()
    council.clock.move_on(jump)
    new_background().one_round()
    passed = minutes > 0 or timedelta(minutes=minutes) + jump > timedelta(0)
    assert len(case.events("timer_fired")) == passed

    council.clock.move_to(timer.due_at + timedelta(hours=3))
    new_background().one_round()

    assert len(case.events("timer_fired")) == 1
    assert case.open() == {"look"}


def test_a_message_that_failed_before_the_clock_was_put_back_is_not_forgotten(
    council, new_background
):
    left, failing = [], True

    def deliver(message):
        if failing:
            raise ConnectionError
        left.append(message)

    background = new_background(deliver)
    with council.by(ANN).begin() as work:
        background.enqueue(work, "posted", None, letter="1")
    background.one_round()
    failing = False

    council.clock.move_on(timedelta(days=-3))
    background.one_round()

    assert len(left) == 1


def test_a_hold_from_before_the_clock_was_put_back_holds_no_longer(council, new_case):
    case = new_case()
    council.clock.move_on(timedelta(days=40))
    with council.by(SYSTEM).begin() as work:
        work.session.merge(case.timers()[0]).held_until = work.now + timedelta(minutes=1)
    assert fire_due_timers(council.by(SYSTEM)) == 0

    council.clock.move_on(timedelta(days=-3))

    assert fire_due_timers(council.by(SYSTEM)) == 1


@pytest.mark.parametrize(
    ("day", "midnight"),
    [
        (date(2026, 3, 29), datetime(2026, 3, 29, 0, tzinfo=UTC)),
        (date(2026, 3, 30), datetime(2026, 3, 29, 23, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 24, 23, tzinfo=UTC)),
        (date(2026, 10, 26), datetime(2026, 10, 26, 0, tzinfo=UTC)),
    ],
    ids=["before summer time", "after", "before winter time", "after winter time"],
)
def test_a_date_begins_at_midnight_in_london_when_the_clocks_change(
    council, new_background, new_case, day, midnight
):
    council.domain.facts_now["placement_start"] = day - timedelta(days=10)
    case = new_case()
    [timer] = case.timers()
    assert timer.due_at == midnight
    assert timer.due_at.astimezone(LONDON).date() == day
    council.clock.move_to(midnight - timedelta(seconds=1))
    new_background().one_round()
    assert case.open() == set()

    council.clock.move_to(midnight)
    new_background().one_round()

    assert case.open() == {"look"}


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 10, 24)])
def test_a_duration_is_as_long_in_the_night_when_the_clocks_change(council, new_background, day):
    council.clock.move_to(datetime.combine(day, datetime.min.time(), LONDON).replace(hour=20))
    began = council.clock.now()
    assert load_folder(council.by(ANN), "waiting", _after_a_duration()).state == "live"
    case = council.case(open_case(council.by(ANN), "waiting", CHILD))

    council.clock.move_to(began + timedelta(hours=24) - timedelta(seconds=1))
    new_background().one_round()
    assert case.open() == set()
    council.clock.move_to(began + timedelta(hours=24))
    new_background().one_round()

    assert case.open() == {"look"}


def test_an_hour_that_comes_twice_is_waited_for_twice(council, new_background):
    """From half past one in summer time, an hour later it is half past one again."""
    half_past_one = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON)
    council.clock.move_to(half_past_one)
    load_folder(council.by(ANN), "waiting", _after_a_duration("PT1H"))
    case = council.case(open_case(council.by(ANN), "waiting", CHILD))

    council.clock.move_to(half_past_one.astimezone(UTC) + timedelta(minutes=59))
    new_background().one_round()
    assert case.open() == set()
    council.clock.move_to(half_past_one.replace(fold=1))
    new_background().one_round()

    assert case.open() == {"look"}


@pytest.mark.parametrize(
    ("begun", "days", "falls_on"),
    [
        (date(2028, 2, 19), 10, date(2028, 2, 29)),
        (date(2028, 2, 29), 10, date(2028, 3, 10)),
        (date(2028, 2, 29), 366, date(2029, 3, 1)),
        (date(2027, 2, 19), 10, date(2027, 3, 1)),
    ],
)
def test_the_29th_of_february_is_a_day_like_others(
    council, new_background, begun, days, falls_on
):
    council.clock.move_to(datetime.combine(begun, time(9), LONDON))
    council.domain.facts_now["placement_start"] = begun
    council.load("waiting", when=f"days_after(placement_start, {days})")
    case = council.case(open_case(council.by(ANN), "waiting", CHILD))
    midnight = datetime.combine(falls_on, time(0), LONDON)
    council.clock.move_to(midnight - timedelta(seconds=1))
    new_background().one_round()
    assert case.open() == set()

    council.clock.move_to(midnight)
    new_background().one_round()

    assert case.open() == {"look"}


def test_after_an_outage_of_a_day_everything_of_that_day_is_caught_up_with_once(
    council, new_background
):
    """Timers of many cases, messages, and dates that had to follow a changed calendar."""
    cases, left = [], []
    later = council.case(open_case(council.by(ANN), "waiting", CHILD))
    council.clock.move_to(datetime(2026, 3, 11, 23, tzinfo=UTC))
    for hour in range(24):
        load_folder(council.by(ANN), "waiting", _after_a_duration(f"PT{hour + 1}H"))
        cases.append(council.case(open_case(council.by(ANN), "waiting", CHILD)))
    new_background(left.append).one_round()
    council.domain.facts_now["placement_start"] = date(2026, 3, 4)
    calendar_changed(council.by(ANN), "calendar: term dates")
    with council.by(ANN).begin() as work:
        for letter in range(30):
            new_background().enqueue(work, "posted", None, letter=letter)
    council.clock.move_on(timedelta(days=1))

    for _ in range(3):
        new_background(left.append).one_round()

    fired = [case.events("timer_fired") for case in cases]
    assert [len(each) for each in fired] == [1] * 24
    in_order = sorted((event for [event] in fired), key=lambda event: event.seq)
    assert [event.data["due"][11:13] for event in in_order] == [f"{n:02}" for n in range(24)]
    assert later.events("timer_fired") == []
    assert len(later.events("timer_moved")) == 1
    assert [message.data["letter"] for message in left] == list(range(30))


def test_after_an_outage_what_is_due_in_a_case_fires_in_due_order(council, new_background):
    assert load_folder(council.by(ANN), "waiting", chained()).state == "live"
    case = council.case(open_case(council.by(ANN), "waiting", CHILD))
    council.clock.move_on(timedelta(days=5))

    new_background().one_round()

    assert [event.element for event in case.events("timer_fired")] == ["first", "second", "third"]
    assert case.open() == {"look"}


def test_a_case_that_goes_round_without_end_leaves_room_for_the_others(
    council, new_case, caplog
):
    other = new_case()
    assert load_folder(council.by(ANN), "waiting", round_and_round()).state == "live"
    endless = council.case(open_case(council.by(ANN), "waiting", CHILD))
    council.clock.move_on(timedelta(days=40))

    assert fire_due_timers(council.by(SYSTEM)) == MOST_IN_A_ROW + 1

    assert other.open() == {"look"}
    assert f"case {endless.id} fires timers without end" in caplog.text
    council.domain.facts_now["signed"] = True
    assert fire_or_put_off(council.by(SYSTEM), endless.id) == 1
    assert endless.status() == "ended"


def _after_a_duration(length="P1D"):
    files = waiting()
    files["waiting.bpmn"] = files["waiting.bpmn"].replace(
        b"<bpmn:timeDate>days_after(placement_start, 10)</bpmn:timeDate>",
        f"<bpmn:timeDuration>{length}</bpmn:timeDuration>".encode(),
    )
    return files
