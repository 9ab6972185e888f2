"""Cases of a letter that two people sign, moved to a changed release of it while they run."""

from datetime import date, timedelta

import pytest
from diagrams import flow, form, radio, text, user_task
from letter_office import (
    checked_by,
    in_lane,
    letter,
    reminded,
    with_nurse_before_the_check,
    with_nurse_behind_the_teacher,
    without_the_teacher,
)
from plain_domain import ANN, BEN, CAT, CHILD

from engine.cases import facts_changed, retry_incident
from engine.domain import SYSTEM
from engine.errors import Refused
from engine.migration.plan import AS_DONE, ENDS_HERE, CannotMove, Plan, TimerRule
from engine.tasks import claim_task, save_draft
from engine.timers import fire_due_timers


def test_a_case_before_a_new_step_comes_to_it(council, office):
    case = office.new_case()
    case.complete("write", ANN, letter_text="Dear all")
    signing = {case.task("sign_teacher").id, case.task("sign_social_worker").id}
    office.publish(with_nurse_before_the_check())

    assert office.verdict(case).notes == ()
    office.move(case)

    assert {case.task("sign_teacher").id, case.task("sign_social_worker").id} == signing
    case.complete("sign_teacher", BEN)
    case.complete("sign_social_worker", ANN)
    assert case.open() == {"ask_nurse"}
    case.complete("ask_nurse", BEN)
    case.complete("check", CAT, rating="green")
    assert case.status() == "ended"
    [moved] = case.events("case_moved")
    assert moved.data["new"] == str(office.release.id)


def test_a_letter_that_is_half_written_stays_with_whoever_writes_it(council, office):
    case = office.new_case()
    claim_task(council.by(ANN), case.task("write").id)
    save_draft(council.by(ANN), case.task("write").id, {"letter_text": "Dear a"})
    before = case.task("write")
    office.publish(with_nurse_before_the_check())

    office.move(case)

    after = case.task("write")
    assert (after.id, after.assignee_id, after.assigned_by) == (
        before.id, ANN.id, before.assigned_by)
    [kept] = council.domain.record.values()
    assert kept.value == "Dear a"


def test_one_signature_that_waits_for_the_other_waits_still(council, office):
    case = office.new_case()
    case.complete("write", ANN, letter_text="Dear all")
    case.complete("sign_teacher", BEN)
    office.publish(with_nurse_behind_the_teacher())

    assert office.verdict(case).notes == (
        "the way that has come to “Signed” stays there: what release 2 asks on that way is not "
        "asked of it",)
    office.move(case)

    case.complete("sign_social_worker", ANN)
    assert case.open() == {"check"}


def test_of_two_ways_that_were_changed_each_finds_its_own(council, office):
    """The nurse is asked behind the teacher's signature, and the social worker signs no more."""
    case = office.new_case()
    case.complete("write", ANN, letter_text="Dear all")
    case.complete("sign_teacher", BEN)
    changed = with_nurse_behind_the_teacher(
        (user_task("sign_social_worker", "sign_social_worker", due="P2D"), ""),
        ("<bpmn:flowNodeRef>sign_social_worker</bpmn:flowNodeRef>", ""),
        (flow("sign", "sign_social_worker"), flow("sign", "signed")),
        (flow("sign_social_worker", "signed"), ""),
    )
    office.publish(changed)

    office.move(case, Plan({"sign_social_worker": AS_DONE}))

    assert case.open() == {"check"}


def test_a_step_that_is_gone_needs_a_person_to_say_where_the_case_goes_on(council, office):
    case = office.new_case()
    case.complete("write", ANN, letter_text="Dear all")
    office.publish(without_the_teacher())

    verdict = office.verdict(case)
    assert not verdict.may_move
    assert verdict.because == (
        "release 2 no longer has the step “Sign teacher”; choose where it goes on")
    assert verdict.step == "sign_teacher"
    with pytest.raises(CannotMove):
        office.move(case)
    assert case.events("case_moved") == []

    office.move(case, Plan({"sign_teacher": ENDS_HERE}))

    assert case.open() == {"sign_social_worker"}
    case.complete("sign_social_worker", ANN)
    case.complete("check", CAT, rating="green")
    assert case.status() == "ended"


def test_a_task_goes_on_as_another(council, office):
    case = office.new_case()
    case.complete("write", ANN, letter_text="Dear all")
    before = case.task("sign_teacher")
    office.publish(letter(
        (user_task("sign_teacher", "sign_teacher"), user_task("sign_school", "sign_teacher")),
        ("<bpmn:flowNodeRef>sign_teacher<", "<bpmn:flowNodeRef>sign_school<"),
        (flow("sign", "sign_teacher"), flow("sign", "sign_school")),
        (flow("sign_teacher", "signed"), flow("sign_school", "signed")),
    ))

    plan = Plan({"sign_teacher": "sign_school"})
    assert office.verdict(case, plan).notes == ("“Sign teacher” goes on as “Sign school”",)
    office.move(case, plan)

    after = case.task("sign_school")
    assert (after.id, after.name, after.assignee_id) == (before.id, "Sign school", BEN.id)


def test_a_step_in_another_lane_is_given_to_that_lane(council, office):
    case = office.new_case()
    office.publish(letter(
        ("<bpmn:flowNodeRef>write</bpmn:flowNodeRef>", ""),
        in_lane("designated_teacher", "write"),
    ))

    assert office.verdict(case).notes == ("“Write” becomes a task of: Designated teacher",)
    office.move(case)

    assert (case.task("write").role, case.task("write").assignee_id) == (
        "designated_teacher", BEN.id)


def test_a_due_date_follows_its_new_rule(council, office):
    case = office.new_case()
    office.publish(letter(("days_after(placement_start, 5)", "days_after(placement_start, 8)")))

    office.move(case)

    assert case.task("write").due_on == date(2026, 3, 10)
    [moved] = case.events("due_moved")
    assert (moved.data["old"], moved.data["new"]) == ("2026-03-07", "2026-03-10")


class TestReminders:
    def test_a_new_one_begins(self, council, office):
        case = office.new_case()
        office.publish(reminded("P3D"))
        council.clock.move_on(timedelta(days=1))

        assert office.verdict(case).notes == ("“Late” begins (while “Write” is open)",)
        office.move(case)

        [timer] = case.timers()
        assert timer.due_at == council.clock.now() + timedelta(days=3)

    def test_one_that_is_gone_ends(self, council, office):
        office.publish(reminded())
        case = office.new_case()
        office.publish(letter(("P2D", "P4D")))

        assert office.verdict(case).notes == ("“Late” ends (while “Write” is open)",)
        office.move(case)

        assert [each.status for each in case.timers()] == ["cancelled"]

    def test_one_that_has_fired_does_not_fire_again(self, council, office):
        office.publish(reminded("P1D"))
        case = office.new_case()
        council.clock.move_on(timedelta(days=2))
        fire_due_timers(council.by(SYSTEM))
        office.publish(reminded("P3D"))

        office.move(case)

        assert [each.status for each in case.timers()] == ["fired"]

    @pytest.mark.parametrize(("rule", "days"), [
        (TimerRule.KEEP, 3), (TimerRule.REBASE, 8), (TimerRule.RESTART, 9),
    ])
    def test_its_date_is_kept_or_counted_anew(self, council, office, rule, days):
        office.publish(reminded("P3D"))
        case = office.new_case()
        began = council.clock.now()
        council.clock.move_on(timedelta(days=1))
        office.publish(reminded("P8D"))

        office.move(case, Plan(timers={"late": rule}))

        [timer] = case.timers()
        assert timer.due_at == began + timedelta(days=days)
        council.clock.move_on(timedelta(days=days))
        assert fire_due_timers(council.by(SYSTEM)) == 1

    def test_a_kept_date_follows_facts_as_its_release_said(self, council, office):
        office.publish(reminded("days_after(placement_start, 3)", kind="timeDate"))
        case = office.new_case()
        office.publish(reminded("days_after(placement_start, 8)", kind="timeDate"))
        office.move(case)
        council.domain.facts_now["placement_start"] = date(2026, 3, 4)

        facts_changed(council.by(ANN), CHILD, "placement corrected")

        [timer] = case.timers()
        assert timer.due_at.date() == date(2026, 3, 7)

    def test_a_date_cannot_be_kept_that_follows_what_is_not_asked_any_more(self, council, office):
        asked = form("write", text("letter_text", validate={"required": True}),
                     {"type": "datetime", "key": "post_on", "label": "When?", "id": "post_on",
                      "validate": {"required": True}})
        office.publish({**checked_by("post_on"), "write.form": asked})
        case = office.new_case()
        case.complete("write", ANN, letter_text="Dear all", post_on="2026-03-20")
        case.complete("sign_teacher", BEN)
        case.complete("sign_social_worker", ANN)
        office.publish(checked_by("days_after(placement_start, 30)"))

        assert office.verdict(case).because == (
            "the date of “Late” follows what the new release does not ask any more; let it be "
            "counted anew")
        office.move(case, Plan(timers={"late": TimerRule.REBASE}))

        [timer] = case.timers()
        assert timer.due_at.date() == date(2026, 4, 1) - timedelta(days=1)


class TestAnswers:
    def test_a_question_that_was_never_put_is_not_asked_of_a_case_that_has_passed_it(
        self, council, office
    ):
        case = office.new_case()
        case.complete("write", ANN, letter_text="Dear all")
        office.publish(asking_whether_it_is_urgent())

        assert office.verdict(case).because == (
            "release 2 asks for “Which urgent?” at “Checked”, and this case has passed the step at "
            "which that is answered")

    def test_it_may_move_before_the_question_is_put(self, council, office):
        case = office.new_case()
        office.publish(asking_whether_it_is_urgent())

        assert office.verdict(case).notes == ()

    def test_an_answer_that_only_the_new_release_asks_for_is_taken_from_the_record(
        self, council, office
    ):
        case = office.new_case()
        case.complete("write", ANN, letter_text="red")
        office.publish(letter(('rating == "red"', 'letter_text == "red"')))

        office.move(case)

        case.complete("sign_teacher", BEN)
        case.complete("sign_social_worker", ANN)
        case.complete("check", CAT, rating="green")
        assert case.open() == {"write"}

    def test_an_answer_of_another_kind_is_refused(self, council, office):
        case = office.new_case()
        case.to_check()
        case.complete("check", CAT, rating="red")
        number = {"type": "number", "decimalDigits": 0, "key": "rating", "label": "Rating",
                  "id": "rating", "validate": {"required": True}}
        office.publish({**letter(('rating == "red"', "rating == 1")),
                        "check.form": form("check", number)})

        assert office.verdict(case).because == (
            "what was answered to “Which rating?” is another kind of value in release 2")


def test_a_case_that_could_not_go_on_is_moved_and_then_goes_on(council, office):
    """A step that fails is mended by a release: the case moves, and is tried again."""
    council.domain.failing = True
    office.publish(letter(('pepway:action="tell"', 'pepway:action="fail"')))
    case = office.new_case()
    case.to_check()
    case.complete("check", CAT, rating="green")
    assert case.status() == "incident"
    office.publish(letter(("P2D", "P4D")))

    office.move(case)

    assert case.status() == "incident"
    assert retry_incident(council.by(ANN), case.id) is True
    assert case.status() == "ended"


class TestUndo:
    @pytest.mark.parametrize("files", [reminded("P3D"), with_nurse_before_the_check(), letter(
        ("days_after(placement_start, 5)", "days_after(placement_start, 8)"))])
    def test_everything_is_as_it_was(self, council, office, files):
        case = office.new_case()
        before = _all_of(case)
        office.publish(files)
        moved = office.move(case)

        office.undo(case, moved)

        assert _all_of(case) == before
        case.to_check()
        case.complete("check", CAT, rating="green")
        assert case.status() == "ended"


    def test_what_was_done_since_is_not_undone(self, council, office):
        case = office.new_case()
        office.publish(with_nurse_before_the_check())
        moved = office.move(case)
        case.complete("write", ANN, letter_text="Dear all")

        with pytest.raises(Refused, match="gone on since"):
            office.undo(case, moved)
        assert case.open() == {"sign_teacher", "sign_social_worker"}

    def test_nor_what_was_done_since_and_failed(self, council, office):
        """A step that was completed, and behind which the case could not go on."""
        office.publish(letter(('pepway:action="tell"', 'pepway:action="fail"')))
        case = office.new_case()
        case.to_check()
        office.publish(letter(('pepway:action="tell"', 'pepway:action="fail"'), ("P2D", "P4D")))
        moved = office.move(case)
        council.domain.failing = True
        case.complete("check", CAT, rating="green")
        assert case.status() == "incident"

        with pytest.raises(Refused, match="gone on since"):
            office.undo(case, moved)
        council.domain.failing = False
        assert retry_incident(council.by(CAT), case.id) is True
        assert case.status() == "ended"

    def test_dates_follow_what_has_changed_since(self, council, office):
        case = office.new_case()
        office.publish(with_nurse_before_the_check())
        moved = office.move(case)
        council.domain.facts_now["placement_start"] = date(2026, 3, 4)

        office.undo(case, moved)

        assert case.task("write").due_on == date(2026, 3, 9)


def asking_whether_it_is_urgent():
    """With the letter; and it is what brings the letter back."""
    asked = form("write", text("letter_text", validate={"required": True}),
                 radio("urgent", "y", "n"))
    return {**letter(('rating == "red"', 'urgent == "y"')), "write.form": asked}


def _all_of(case):
    tasks = [(row.id, row.status, row.name, row.due_on, row.assignee_id) for row in case.tasks()]
    return tasks, [(row.id, row.due_at) for row in case.timers() if row.status == "pending"]
