"""Whatever does not fit together is found, said to a process owner once, and over when it fits."""

import json
import re
import uuid
from contextlib import contextmanager

import pytest
from sqlalchemy import LargeBinary, Uuid, bindparam, select, text
from test_plans import WHOLE, Plans

from engine import consistency
from engine.background import Embedded
from engine.cases import close_case
from engine.consistency import LookOver, look_over_all, look_over_some
from engine.domain import SYSTEM
from engine.store.models import Case, Event
from web.commands.consistency import _as_json

NOTHING = {"left": uuid.UUID("01980000-0000-7000-8000-000000000000"), "nothing": b""}
"""An id that no row has, and what no state is."""

KINDS = {"left": Uuid(), "nothing": LargeBinary()}


@contextmanager
def against_all_constraints(council):
    """A connection that may do what the database would refuse."""
    database = council.installation.database
    with database.as_owner() as engine, engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        yield connection
        connection.commit()
        if database.is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def broken(council, *statements):
    with against_all_constraints(council) as connection:
        for each in statements:
            named = re.findall(r":(\w+)", each)
            statement = text(each).bindparams(
                *(bindparam(name, NOTHING[name], type_=KINDS[name]) for name in named))
            assert connection.execute(statement).rowcount > 0, each


@pytest.fixture
def case(council):
    council.case_id = council.gathering()
    return council


def found(council):
    """Kinds by what does not fit; the case by its name."""
    by = council.installation.acting(SYSTEM)
    return {find.what.replace(f"case:{council.case_id}", "it"):
            sorted({each.kind for each in find.misfits})
            for find in look_over_all(by)}


def incident(council):
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        return work.session.get_one(Case, council.case_id).incident


def told(council):
    """How often an incident was opened, and was over."""
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        kinds = work.session.scalars(select(Event.kind).order_by(Event.seq)).all()
    return kinds.count("misfit_found"), kinds.count("misfit_over")


GONE = "DELETE FROM task WHERE status = 'open' AND element = 'record_carer_view'"
CANCELLED = ("UPDATE task SET status = 'cancelled' "
             "WHERE status = 'open' AND element = 'record_carer_view'")
BACK = "UPDATE task SET status = 'open' WHERE element = 'record_carer_view'"
BREAKS = {
    "a task is gone": ([GONE], ["task-missing"]),
    "a task is cancelled": ([CANCELLED], ["task-missing"]),
    "a task is of another step": (
        ["UPDATE task SET element = 'initiate_pep' WHERE element = 'record_carer_view'"],
        ["task-left-over", "task-missing"]),
    "a task is open that is over": (
        ["UPDATE task SET status = 'open' WHERE element = 'initiate_pep'"], ["task-left-over"]),
    "a date is gone": (
        ["DELETE FROM timer WHERE id = "
         "(SELECT id FROM timer WHERE status = 'pending' ORDER BY id LIMIT 1)"],
        ["date-missing"]),
    "a date is another": (
        ["UPDATE timer SET token = :left WHERE id = "
         "(SELECT id FROM timer WHERE status = 'pending' ORDER BY id LIMIT 1)"],
        ["date-left-over", "date-missing"]),
    "the state is empty": (['UPDATE "case" SET state = :nothing'], ["state"]),
    "the release is another procedure's": (
        ['UPDATE "case" SET release_id = '
         "(SELECT id FROM release WHERE procedure = 'review-pep')"], ["state"]),
    "the release is gone": (['UPDATE "case" SET release_id = :left'], ["release"]),
    "who has tasks has left": (
        ["UPDATE person SET active = false WHERE email LIKE 'tara@%'"], ["owner"]),
    "who has the task may not see it": (
        ["UPDATE task SET assignee_id = (SELECT id FROM person WHERE email LIKE 'sven@%') "
         "WHERE element = 'record_carer_view'"], ["owner"]),
    "nobody holds the queue's role": (
        ["DELETE FROM person_role WHERE role = 'virtual_school'",
         "UPDATE task SET assignee_id = NULL WHERE element = 'convene_meeting'"], ["owner"]),
    "the record is another child's": (
        ["UPDATE record_version SET child_id = :left"], ["record"]),
    "the record is gone": (
        ["DELETE FROM record_value", "DELETE FROM record_version"], ["record"]),
}
"""What is done to the one running case, and what is found of it."""


@pytest.mark.parametrize("break_", BREAKS)
def test_every_break_of_a_case_is_found_and_is_an_incident(case, break_):
    statements, kinds = BREAKS[break_]
    broken(case, *statements)

    assert found(case) == {"it": kinds}

    assert incident(case)["found"] == kinds
    page = case.sign_in("olga").visitor.open("/studio")
    assert incident(case)["message"] in page.text
    assert "Robin" not in page.whole
    page = page.follow("Put it right otherwise")
    assert "The case stopped:" in page.text
    assert "Cancel the case" in page.buttons
    assert found(case) == {"it": kinds}
    assert told(case) == (1, 0)


@pytest.mark.parametrize("break_", ["a date is gone", "a date is another", "a task is gone",
                                    "a task is open that is over"])
def test_the_next_step_that_is_done_puts_it_right(case, break_):
    broken(case, *BREAKS[break_][0])
    found(case)

    case.do("wilma", "complete_social_work_sections")

    assert found(case) == {}
    assert told(case) == (1, 1)


@pytest.mark.both_stores
def test_a_whole_council_fits_together(case):
    case.to_signatures()
    case.home_visit()
    case.both_sign()
    close_case(case.by("olga"), case.home_visit(), "It was begun by mistake")

    assert found(case) == {}


@pytest.mark.both_stores
def test_it_is_over_when_all_fits_again(case):
    broken(case, CANCELLED)
    found(case)
    broken(case, BACK)

    assert found(case) == {}

    assert incident(case) is None
    assert told(case) == (1, 1)
    page = case.sign_in("wilma").visitor.open(f"/cases/{case.case_id}")
    assert "Pepway found that the case does not fit together" in page.text
    assert "The case fits together again." in page.text


def test_a_retry_looks_again(case):
    broken(case, CANCELLED)
    found(case)
    page = case.sign_in("olga").visitor.open("/studio")

    page = page.press("Retry")
    assert incident(case)["found"] == ["task-missing"]
    assert told(case) == (1, 0)
    broken(case, BACK)
    page.visitor.open("/studio").press("Retry")
    assert incident(case) is None


@pytest.mark.parametrize("break_", ["a task is gone", "a task is of another step"])
def test_the_studios_repairs_put_it_right(case, break_):
    broken(case, *BREAKS[break_][0])
    found(case)
    page = case.sign_in("olga").visitor.open("/studio").follow("Put it right otherwise")
    [link] = [each for each in page.links if each.endswith(": Record the carer's contribution")]
    page = page.follow(link).fill({
        "Where does it go on?": "It counts as done, and the case goes on behind it"})
    page = page.press("See what would happen").fill({"Why?": "It was said on the telephone"})
    assert "It is done" in page.press("Do it").whole

    assert incident(case) is None
    assert found(case) == {}


def test_an_incident_of_another_kind_stays_as_it_is(case):
    broken(case, GONE)
    with case.by("vera").begin() as work:
        held = work.session.get_one(Case, case.case_id)
        held.status, held.incident = "incident", {"element": None, "message": "The letter is gone.",
                                                  "at": work.now.isoformat(), "pending": []}

    assert found(case) == {"it": ["task-missing"]}
    assert incident(case)["message"] == "The letter is gone."
    assert told(case) == (0, 0)


def test_what_has_no_case_is_told_of_and_changes_nothing(case):
    left = case.start_case(given_names="Sam")
    close_case(case.by("olga"), left, "It was begun by mistake")
    broken(
        case,
        "UPDATE outbox SET case_id = :left WHERE seq = (SELECT min(seq) FROM outbox)",
        "UPDATE task SET status = 'open' WHERE case_id IN "
        "(SELECT id FROM \"case\" WHERE status = 'closed')",
        "UPDATE record_version SET case_id = :left",
    )

    finds = found(case)

    assert finds.pop("it") == ["record"]
    assert finds.pop(f"case:{left}") == ["left-open"]
    assert sorted((what.partition(":")[0], kinds) for what, kinds in finds.items()) == [
        ("message", ["loose"]), ("record_version", ["loose"])]


def test_an_answer_without_a_version_is_found(case):
    broken(case, "DELETE FROM record_version")

    assert any(what.startswith("record_version:") for what in found(case))


@pytest.mark.both_stores
def test_a_case_that_changes_meanwhile_counts_for_well(case, monkeypatch):
    """Between the first look and the second somebody puts it right."""
    broken(case, CANCELLED)
    look_again = consistency._looked_at_again

    def later(by, case_id):
        broken(case, BACK)
        return look_again(by, case_id)

    monkeypatch.setattr(consistency, "_looked_at_again", later)

    assert found(case) == {}
    assert told(case) == (0, 0)


def to_the_end(by):
    while look_over_some(by):
        pass


@pytest.mark.both_stores
def test_it_is_looked_over_once_a_day_a_piece_at_a_time(case, monkeypatch):
    monkeypatch.setattr(consistency, "CASES_AT_ONCE", 2)
    for name in ("Ali", "Bo", "Cy"):
        case.start_case(given_names=name)
    by = case.installation.acting(SYSTEM)

    def day():
        with by.begin(writing=False) as work:
            return work.session.scalars(select(LookOver)).all()

    stop = iter([False, True])
    assert look_over_some(by, lambda: next(stop))
    [row] = day()
    assert (row.part, row.ended_at) == ("cases", None)
    assert row.upto
    broken(case, GONE)
    to_the_end(by)
    [row] = day()
    assert row.ended_at == by.now
    assert row.found == told(case)[0]
    assert not look_over_some(by)
    case.later(days=1)
    to_the_end(by)
    [row] = day()
    assert row.day == by.today
    assert told(case) == (1, 0)


def test_a_piece_that_is_the_death_of_its_process_is_passed_over(case):
    by = case.installation.acting(SYSTEM)
    broken(case, GONE)
    for _ in range(3):
        assert consistency._take_up(by)
        assert consistency._take_up(by) is None, "another has it"
        case.later(minutes=11)

    to_the_end(by)
    assert told(case) == (0, 0)


def test_the_background_does_it(sqlite_council):
    council = sqlite_council
    council.case_id = council.gathering()
    broken(council, "UPDATE record_version SET child_id = :left")

    Embedded(council.installation, lambda message: None).one_round()

    assert incident(council)["found"] == ["record"]


def test_it_reads_no_table_that_grows_from_end_to_end(sqlite_council):
    sqlite_council.gathering()
    plans = Plans(sqlite_council.installation.database)

    assert list(look_over_all(sqlite_council.installation.acting(SYSTEM))) == []

    assert len(plans.found) > 10
    for statement, steps in plans.found.items():
        assert not [step for step in steps if WHOLE.search(step)], statement


def test_a_find_says_nothing_of_anybody(case):
    broken(case, GONE)
    [find] = look_over_all(case.installation.acting(SYSTEM))

    said = json.loads(_as_json(find))
    assert said["what"] == f"case:{case.case_id}"
    assert said["reference"] in case.sign_in("olga").visitor.open("/studio").text.replace(" ", "")
    assert "Robin" not in json.dumps(said)
