"""Thirty cases moved by the background, whatever happens on the way."""

import pytest
from letter_office import Office, letter, with_nurse_before_the_check, without_the_teacher
from plain_domain import ANN, BEN, CAT
from sqlalchemy import select

import engine.migration.batch
from engine.domain import SYSTEM
from engine.errors import AnswersInvalid, NotFound, Refused
from engine.migration import looking
from engine.migration.batch import (
    begin_move,
    carry_on,
    change_plan,
    chosen_cases,
    counts,
    get_move,
    plan_move,
    stop_move,
    undo_move,
)
from engine.migration.looking import look_at_move
from engine.migration.plan import ENDS_HERE, Plan
from engine.migration.repair import TOKEN, Repair, put_right, standing_of
from engine.store.models import Audit, Event

WHY = "The nurse is asked from now on"


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def thirty(office):
    """Cases: one with one signature, the others at the letter."""
    cases = [office.new_case() for _ in range(30)]
    cases[0].complete("write", ANN, letter_text="Dear all")
    return cases


@pytest.fixture
def plan(council, office, thirty):
    """Moves all of them to a release in which the nurse is asked; planned and not begun."""
    office.publish(with_nurse_before_the_check())
    return plan_move(council.by(CAT), "letter", office.release.id, [case.id for case in thirty])


def counted(council, move_id):
    with council.by(ANN).begin(writing=False) as work:
        return counts(work, move_id)


def work_through(council):
    while carry_on(council.by(SYSTEM)):
        pass


def test_nothing_moves_before_a_person_says_so(council, plan, thirty):
    work_through(council)

    assert counted(council, plan) == {"chosen": 30}
    with pytest.raises(AnswersInvalid):
        begin_move(council.by(CAT), plan, " ")
    begin_move(council.by(CAT), plan, WHY)
    work_through(council)
    assert counted(council, plan) == {"moved": 30}
    assert all(len(case.events("case_moved")) == 1 for case in thirty)


def test_what_was_done_to_put_one_case_right_is_no_move_of_many(council, office):
    case = office.new_case()
    case.to_check()
    place = standing_of(council.by(CAT), case.id).places[0]
    repaired = put_right(council.by(CAT), case.id, Repair(TOKEN, place.token, "write"), WHY)

    for act in (get_move, undo_move, stop_move):
        with pytest.raises(NotFound):
            act(council.by(CAT), repaired)
    assert counted(council, repaired) == {"moved": 1}


def test_each_is_in_the_audit_with_both_releases_and_who_moved_it(council, office, plan, thirty):
    begin_move(council.by(CAT), plan, WHY)
    work_through(council)

    with council.by(ANN).begin(writing=False) as work:
        rows = work.session.scalars(select(Audit).where(Audit.action == "move_case")).all()
        [asked] = work.session.scalars(select(Audit).where(Audit.action == "move_cases"))
    assert len(rows) == 30
    assert {row.actor_id for row in rows} == {CAT.id}
    assert all(row.data["new"] == str(office.release.id) != row.data["old"] for row in rows)
    assert asked.data["plan"] == {"steps": {}, "timers": {}}
    assert asked.reason == WHY


def test_all_are_put_back_but_the_one_that_has_gone_on(council, plan, thirty):
    begin_move(council.by(CAT), plan, WHY)
    work_through(council)
    thirty[5].complete("write", ANN, letter_text="Dear all")

    undo_move(council.by(CAT), plan)
    work_through(council)

    assert counted(council, plan) == {"undone": 29, "kept": 1}
    with council.by(ANN).begin(writing=False) as work:
        [kept] = [row for row in chosen_cases(work, plan) if row.state == "kept"]
    assert (kept.case_id, kept.because) == (thirty[5].id, "the case has gone on since")
    thirty[0].complete("sign_teacher", BEN)
    thirty[0].complete("sign_social_worker", ANN)
    assert thirty[0].open() == {"check"}
    thirty[5].complete("sign_teacher", BEN)
    thirty[5].complete("sign_social_worker", ANN)
    assert thirty[5].open() == {"ask_nurse"}


@pytest.mark.parametrize("where", ["move", "undo"])
def test_a_death_in_the_middle_moves_no_case_twice_and_none_by_halves(
    council, plan, thirty, monkeypatch, where
):
    begin_move(council.by(CAT), plan, WHY)
    if where == "undo":
        work_through(council)
        undo_move(council.by(CAT), plan)
    really, done = getattr(engine.migration.batch, where), []

    def dies_at_the_tenth(*given, **more):
        moved = really(*given, **more)
        done.append(moved)
        if len(done) == 10:
            raise Killed
        return moved

    monkeypatch.setattr(engine.migration.batch, where, dies_at_the_tenth)
    with pytest.raises(Killed):
        work_through(council)
    before, after = {"move": ("waiting", "moved"), "undo": ("undo_waiting", "undone")}[where]
    assert counted(council, plan) == {after: 9, before: 21}

    work_through(council)

    assert counted(council, plan) == {after: 30}
    kind = {"move": "case_moved", "undo": "move_undone"}[where]
    assert [len(case.events(kind)) for case in thirty] == [1] * 30


def test_a_case_that_no_process_survives_stays_and_the_others_move(
    council, plan, thirty, monkeypatch
):
    begin_move(council.by(CAT), plan, WHY)
    really = engine.migration.batch.move

    def deadly(work, case, *given):
        if case.id == thirty[3].id:
            raise Killed
        return really(work, case, *given)

    monkeypatch.setattr(engine.migration.batch, "move", deadly)
    for _ in range(3):
        with pytest.raises(Killed):
            work_through(council)
    work_through(council)

    assert counted(council, plan) == {"moved": 29, "stayed": 1}
    assert thirty[3].open() == {"write"}


def test_what_cannot_move_stays_with_the_reason_and_a_plan_may_put_it_right(
    council, office, thirty
):
    office.publish(without_the_teacher())
    case_ids = [case.id for case in thirty]
    move_id = plan_move(council.by(CAT), "letter", office.release.id, case_ids)
    begin_move(council.by(CAT), move_id, WHY)
    work_through(council)
    assert counted(council, move_id) == {"moved": 29, "stayed": 1}

    again = plan_move(council.by(CAT), "letter", office.release.id, case_ids)
    change_plan(council.by(CAT), again, Plan({"sign_teacher": ENDS_HERE}))
    begin_move(council.by(CAT), again, WHY)
    work_through(council)

    assert counted(council, again) == {"moved": 1}
    with pytest.raises(Refused):
        change_plan(council.by(CAT), again, Plan())


def test_a_move_that_is_stopped_leaves_the_others_where_they_are(council, plan, thirty):
    begin_move(council.by(CAT), plan, WHY)
    turns = iter(range(10))
    carry_on(council.by(SYSTEM), lambda: next(turns, None) is None)

    stop_move(council.by(CAT), plan)
    work_through(council)

    assert counted(council, plan) == {"moved": 10, "stayed": 20}


def test_a_release_of_another_procedure_takes_none(council, office, thirty):
    office.publish(letter(("P2D", "P4D")))
    council.load("waiting")

    with pytest.raises(AnswersInvalid):
        plan_move(council.by(CAT), "letter", office.release.id, [])


def test_the_events_of_a_move_name_no_answers(council, plan, thirty):
    begin_move(council.by(CAT), plan, WHY)
    work_through(council)

    with council.by(ANN).begin(writing=False) as work:
        told = work.session.scalars(select(Event.data).where(Event.kind == "case_moved")).all()
    assert all("Dear" not in str(data) for data in told)


def test_the_background_moves_them_among_its_other_work(migrated_council, new_background):
    office = Office(migrated_council)
    office.publish(letter())
    case = office.new_case()
    office.publish(with_nurse_before_the_check())
    move_id = plan_move(migrated_council.by(CAT), "letter", office.release.id, [case.id])
    begin_move(migrated_council.by(CAT), move_id, WHY)

    new_background().one_round()

    assert counted(migrated_council, move_id) == {"moved": 1}
    assert case.open() == {"write"}


def test_of_very_many_those_that_stand_alike_are_looked_at_once(
    council, office, thirty, monkeypatch
):
    office.publish(without_the_teacher())
    move_id = plan_move(council.by(CAT), "letter", office.release.id, [c.id for c in thirty])
    one_by_one = look_at_move(council.by(CAT), move_id)
    looked, really = [], looking.verdict_of
    monkeypatch.setattr(looking, "MOST_ONE_BY_ONE", 10)
    monkeypatch.setattr(looking, "verdict_of",
                        lambda *given: looked.append(given) or really(*given))

    assert look_at_move(council.by(CAT), move_id) == one_by_one

    assert len(looked) == 2
    assert [each.verdict.may_move for each in one_by_one].count(False) == 1
