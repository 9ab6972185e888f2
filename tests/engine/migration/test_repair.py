"""One case put right: what it would do in words, what it does, and how it is undone."""

from datetime import timedelta

import pytest
from letter_office import letter, reminded
from plain_domain import ANN, BEN, CAT

from engine.cases import retry_incident
from engine.domain import SYSTEM
from engine.errors import AnswersInvalid, CaseClosed, Refused
from engine.migration.plan import CannotMove
from engine.migration.repair import (
    SKIP,
    TOKEN,
    VALUE,
    Repair,
    cancel_case,
    preview,
    put_right,
    repairs_of,
    standing_of,
    undo_repair,
)
from engine.timers import fire_due_timers

WHY = "Sent on by mistake"


def place(council, case, element):
    [found] = [each for each in standing_of(council.by(CAT), case.id).places
               if each.element == element]
    return found


def move_to(council, case, element, target):
    return Repair(TOKEN, place(council, case, element).token, target)


@pytest.fixture
def case(office):
    case = office.new_case()
    case.complete("write", ANN, letter_text="Dear all")
    return case


class TestMovingAToken:
    def test_it_is_told_before_it_is_done(self, council, office):
        case = office.new_case()
        case.to_check()
        repair = move_to(council, case, "check", "write")

        assert preview(council.by(CAT), case.id, repair).notes == (
            "“Check” ends, and the case goes on at “Write”", "“Write” becomes a task")
        assert case.open() == {"check"}
        put_right(council.by(CAT), case.id, repair, WHY)

        assert case.open() == {"write"}
        [told] = case.events("case_repaired")
        assert (told.element, told.data["target"], told.data["reason"]) == ("check", "write", WHY)

    def test_it_is_undone(self, council, office):
        case = office.new_case()
        case.to_check()
        before = case.task("check").id
        done = put_right(council.by(CAT), case.id, move_to(council, case, "check", "write"), WHY)

        undo_repair(council.by(CAT), case.id, done)

        assert (case.open(), case.task("check").id) == ({"check"}, before)
        case.complete("check", CAT, rating="green")
        assert case.status() == "ended"

    def test_it_is_not_undone_once_the_case_has_gone_on(self, council, office):
        case = office.new_case()
        case.to_check()
        done = put_right(council.by(CAT), case.id, move_to(council, case, "check", "write"), WHY)
        case.complete("write", ANN, letter_text="Dear all")

        with pytest.raises(Refused, match="gone on since"):
            undo_repair(council.by(CAT), case.id, done)

    def test_never_to_where_the_case_would_stick(self, council, case):
        repair = move_to(council, case, "sign_teacher", "check")

        assert preview(council.by(CAT), case.id, repair).because == (
            "it would stop before “Signed” for ever: something that it would wait for there has "
            "no way to come")
        with pytest.raises(CannotMove):
            put_right(council.by(CAT), case.id, repair, WHY)
        assert case.open() == {"sign_teacher", "sign_social_worker"}
        assert case.events("case_repaired") == []

    def test_never_without_a_reason(self, council, case):
        with pytest.raises(AnswersInvalid):
            put_right(council.by(CAT), case.id, move_to(council, case, "sign_teacher", "check"), "")

    def test_what_is_done_at_once_is_told_and_cannot_be_undone(self, council, office):
        case = office.new_case()
        case.to_check()
        repair = move_to(council, case, "check", "post")

        assert preview(council.by(CAT), case.id, repair).notes == (
            "“Check” ends, and the case goes on at “Post”",
            "“Post” is done at once, and cannot be undone",
            "the case comes to its end, which cannot be undone")
        put_right(council.by(CAT), case.id, repair, WHY)

        assert case.status() == "ended"
        assert [each.may_be_undone for each in repairs_of(council.by(CAT), case.id)] == [False]


class TestSkipping:
    def test_a_signature_counts_as_done(self, council, case):
        repair = Repair(SKIP, place(council, case, "sign_teacher").token)

        assert preview(council.by(CAT), case.id, repair).notes == (
            "“Sign teacher” counts as done",)
        put_right(council.by(CAT), case.id, repair, WHY)

        assert case.open() == {"sign_social_worker"}
        case.complete("sign_social_worker", ANN)
        assert case.open() == {"check"}

    def test_never_what_the_case_asks_for_later(self, council, office):
        case = office.new_case()
        case.to_check()

        told = preview(council.by(CAT), case.id, Repair(SKIP, place(council, case, "check").token))
        assert "“Checked”" in told.because

    def test_never_what_law_demands(self, council, office, case, law):
        case.complete("sign_teacher", BEN)
        law("letter", "forms.sign_social_worker.social_worker_note")
        skip = Repair(SKIP, place(council, case, "sign_social_worker").token)

        assert preview(council.by(CAT), case.id, skip).because == (
            "a step would be left out that law demands: both sign (the Act)")

    def test_a_token_does_not_pass_what_law_demands_either(self, council, office, law):
        case = office.new_case()
        law("letter", "forms.sign_teacher.teacher_note")
        there = move_to(council, case, "write", "check")

        assert "law demands" in preview(council.by(CAT), case.id, there).because
        back = move_to(council, case, "write", "sign")
        assert preview(council.by(CAT), case.id, back).may_move

    def test_the_reminder_of_a_step_that_is_skipped_ends(self, council, office):
        office.publish(reminded())
        case = office.new_case()

        put_right(council.by(CAT), case.id, Repair(SKIP, place(council, case, "write").token), WHY)

        assert [each.status for each in case.timers()] == ["cancelled"]
        council.clock.move_on(timedelta(days=9))
        assert fire_due_timers(council.by(SYSTEM)) == 0


class TestAnIncident:
    @pytest.fixture
    def case(self, council, office):
        """Checked and good; but the letter cannot be posted."""
        council.domain.failing = True
        office.publish(letter(('pepway:action="tell"', 'pepway:action="fail"')))
        case = office.new_case()
        case.to_check()
        case.complete("check", CAT, rating="green")
        assert case.status() == "incident"
        return case

    def test_the_step_whose_move_failed_is_shown(self, council, case):
        [there] = standing_of(council.by(CAT), case.id).places

        assert (there.name, there.failed) == ("Check", True)

    def test_its_token_is_moved_past_what_fails(self, council, case):
        put_right(council.by(CAT), case.id, move_to(council, case, "check", "done"), WHY)

        assert case.status() == "ended"

    def test_a_value_is_set_and_the_step_tried_again(self, council, case):
        put_right(council.by(CAT), case.id, Repair(VALUE, name="rating", value="red"), WHY)
        assert case.status() == "incident"

        assert retry_incident(council.by(CAT), case.id) is True

        assert case.open() == {"write"}

    def test_a_value_that_was_set_is_taken_back(self, council, case):
        done = put_right(council.by(CAT), case.id, Repair(VALUE, name="rating", value="red"), WHY)

        undo_repair(council.by(CAT), case.id, done)

        council.domain.failing = False
        assert retry_incident(council.by(CAT), case.id) is True
        assert case.status() == "ended"

    def test_a_value_of_another_kind_is_refused(self, council, case):
        told = preview(council.by(CAT), case.id, Repair(VALUE, name="rating", value=True))

        assert told.because == "“Which rating?” takes another kind of value"

    def test_back_to_people_and_undone_it_is_an_incident_again(self, council, case):
        done = put_right(council.by(CAT), case.id, move_to(council, case, "check", "write"), WHY)
        assert (case.status(), case.open()) == ("open", {"write"})

        undo_repair(council.by(CAT), case.id, done)

        assert (case.status(), case.open()) == ("incident", set())
        council.domain.failing = False
        assert retry_incident(council.by(CAT), case.id) is True
        assert case.status() == "ended"


def test_a_case_is_cancelled_for_a_reason(council, case):
    with pytest.raises(AnswersInvalid):
        cancel_case(council.by(CAT), case.id, " ")

    cancel_case(council.by(CAT), case.id, WHY)

    assert (case.status(), case.open()) == ("closed", set())
    with pytest.raises(CaseClosed):
        standing_of(council.by(CAT), case.id)
