"""The record: drafts, conflicts about values, signatures, versions that never change."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

import pytest

from engine.errors import AnswersInvalid, ValuesChanged
from engine.forms.answers import Entry
from engine.store.models import Case
from engine.tasks import save_draft, task_form
from workflows.pep.changes.command import put_on_record
from workflows.pep.plan import (
    VersionState,
    kept_values,
    sign_version,
    versions_of_case,
)
from workflows.pep.reviews import review_of
from workflows.plan_page import plan_page
from workflows.prepared import prepared
from workflows.registers import list_records, one_record


def versions(case):
    with case.council.by("vera").begin(writing=False) as work:
        return versions_of_case(work.session, case.id)


def shown_on_plan(council, child_id, number=None):
    """Path and answer of everything on the plan's page, with the number of its version."""
    page = plan_page(council.by("vera"), child_id, lambda field_class: True, number)
    return page.shown.number, {
        answer.path: answer.value for section in page.sections for answer in section.answers
    }


def test_a_draft_is_kept_as_typed_even_where_it_is_wrong(small_council):
    case = small_council.start()
    wilma, task = small_council.by("wilma"), case.open()["initiate_pep"]

    typed = {"day": "31", "month": "2", "year": "2026"}
    save_draft(wilma, task.id, {"care_plan_prepared_on": typed}, {})

    kept = task_form(wilma, task.id).kept["care_plan_prepared_on"]
    assert (kept.value, kept.valid) == (typed, False)


@pytest.mark.parametrize("number", [94, 93.5, 0, True, "94"])
def test_a_number_is_read_as_it_was_answered(small_council, number):
    case = small_council.start()
    with small_council.by("vera").begin() as work:
        answered = work.session.get_one(Case, case.id)
        put_on_record(work, answered, "education.attendance.percent", number)

    with small_council.by("vera").begin(writing=False) as work:
        known = work.domain.known(work.session, answered, work.today,
                                  ["education.attendance.percent"])
        kept = known.kept["education.attendance.percent"].value
    assert (kept, type(kept)) == (number, type(number))


def test_a_newer_answer_is_shown_and_not_overwritten(small_council):
    case = small_council.start()
    wilma, task = small_council.by("wilma"), case.open()["initiate_pep"]
    save_draft(wilma, task.id, {"first_language": "Polish"}, {"first_language": 0})

    with pytest.raises(ValuesChanged) as changed:
        save_draft(wilma, task.id, {"first_language": "Czech"}, {"first_language": 0})

    [clash] = changed.value.clashes
    assert (clash.typed, clash.current, clash.by) == ("Czech", "Polish", wilma.actor.id)
    save_draft(wilma, task.id, {"first_language": "Czech"}, {"first_language": clash.version})


def test_the_plan_is_prepared_when_both_have_signed_and_keeps_that_stamp(small_council):
    case = small_council.start()
    case.to_signatures()
    case.do("sign_off_teacher", "tara")
    assert versions(case)[0].prepared_at is None
    case.do("sign_off_social_worker", "wilma")
    stamped = versions(case)[0].prepared_at
    assert stamped == small_council.clock.now()

    case.do("assure_quality", "vera", quality_rating="red", return_reasons="No measures")

    assert versions(case)[0].prepared_at == stamped
    with small_council.by("vera").begin(writing=False) as work:
        signed = kept_values(work.session, case.child_id,
                             ["signoff.designated_teacher.agreed", "signoff.social_worker.agreed"])
    assert {kept.value for kept in signed.values()} == {False}


def test_a_plan_is_not_green_over_all_while_a_section_is_red(small_council):
    case = small_council.start()
    case.to_signatures()
    case.do("sign_off_teacher", "tara")
    case.do("sign_off_social_worker", "wilma")

    with pytest.raises(AnswersInvalid) as refused:
        case.do("assure_quality", "vera", quality_rating="green", quality_of_targets="red",
                quality_reason_targets="No measures", quality_of_views="red",
                quality_reason_views="Not their own words")

    assert refused.value.errors == {
        "quality_rating": "Choose amber or red: a plan cannot be green while “Targets” and “In "
                          "their own words” are red"
    }
    case.do("assure_quality", "vera", quality_rating="amber", quality_of_targets="red",
            quality_reason_targets="No measures")
    shown = shown_on_plan(small_council, case.child_id, 1)[1]
    assert (shown["quality.section.targets"], shown["quality.section_reason.targets"]) == (
        "Red", "No measures")


def test_a_signed_version_does_not_change_when_the_review_is_recorded(small_council):
    case = small_council.start()
    case.to_signatures()
    case.do("sign_off_teacher", "tara")
    case.do("sign_off_social_worker", "wilma")
    case.do("assure_quality", "vera", quality_rating="green")
    before = dict(versions(case)[0].document)

    case.do("hold_first_review", "rob")

    signed, changed = versions(case)
    assert (signed.state, signed.document) == (VersionState.SIGNED, before)
    assert (changed.number, changed.state) == (2, VersionState.OPEN)
    assert shown_on_plan(small_council, case.child_id)[1]["review.progress"]
    assert "review.progress" not in before


@pytest.mark.parametrize("typed", [
    {"review_held_on": {"day": "32", "month": "4", "year": "2026"}},
    {"review_progress": "She is getting on"},
], ids=["wrong", "right but unfinished"])
def test_a_draft_of_the_review_neither_stops_the_plan_nor_becomes_part_of_it(small_council, typed):
    """The reviewing officer's task is open from the first day, beside the plan."""
    case = small_council.start()
    case.to_signatures()
    rob, review = small_council.by("rob"), case.open()["hold_first_review"]
    save_draft(rob, review.id, typed)
    case.do("sign_off_teacher", "tara")
    case.do("sign_off_social_worker", "wilma")

    case.do("assure_quality", "vera", quality_rating="green")

    [signed] = versions(case)
    assert case.events("incident") == []
    assert (signed.state, signed.passed_at) == (VersionState.SIGNED, small_council.clock.now())
    assert not {"review.held_on", "review.progress"} & signed.document.keys()
    assert signed.document["quality.rating"] == "green"
    save_draft(rob, review.id, {"review_decisions": "More reading"})
    [key] = typed
    assert task_form(rob, review.id).kept[key].value == typed[key]


def test_who_answers_in_another_task_what_they_draft_in_one_has_answered_it(small_council):
    """The day of the care plan is asked in two of the steps."""
    case = small_council.start()
    case.do("initiate_pep", "wilma", care_plan_prepared_on="2026-03-24")
    case.do("allocate_caseworker", "vera")
    social_work = case.open()["complete_social_work_sections"]
    wilma = small_council.by("wilma")
    key = next(field.key for field in task_form(wilma, social_work.id).form.inputs()
               if field.path == "care.care_plan_prepared_on")
    with small_council.by("vera").begin() as work:
        sign_version(work, versions_of_case(work.session, case.id)[0])

    assert task_form(wilma, social_work.id).kept[key].value == "2026-03-24"
    assert versions(case)[0].document["care.care_plan_prepared_on"] == "2026-03-24"


def test_each_review_judges_the_targets_anew(small_council):
    """The rows are carried into the next plan, the judgements of the last cycle are not."""
    case = small_council.start()
    case.to_signatures()
    target = {"id": "a", "horizon": "short", "target_text": "Read a book"}
    judged = {**target, "target_judgement": "achieved", "target_evidence": "She read it"}
    with small_council.by("vera").begin() as work:
        put_on_record(work, work.session.get_one(Case, case.id), "targets[]", [judged])
    to_the_next_case(case)
    following = case.next()

    with small_council.by("vera").begin(writing=False) as work:
        asked = work.session.get_one(Case, following.id)
        before = work.domain.known(work.session, asked, work.today, ["targets[]"]).kept
    begin(following)

    with small_council.by("vera").begin(writing=False) as work:
        carried = kept_values(work.session, case.child_id)["targets[]"].value
    assert versions(case)[0].document["targets[]"] == [judged]
    assert before["targets[]"].value == carried == [target]


def begin(case):
    """The first answer of a review, without waiting for the day on which it wakes."""
    with case.council.by("vera").begin() as work:
        put_on_record(work, work.session.get_one(Case, case.id), "review.planned_on", "2026-06-01")


def to_the_next_case(case):
    case.do("sign_off_teacher", "tara")
    case.do("sign_off_social_worker", "wilma")
    case.do("assure_quality", "vera", quality_rating="green")
    case.do("hold_first_review", "rob")


def test_a_plan_with_a_target_off_track_cannot_say_that_all_are_on_track(small_council):
    case = small_council.start()
    case.to_signatures()
    to_the_next_case(case)
    with small_council.by("vera").begin(writing=False) as work:
        newest = work.session.get_one(Case, case.next().id)
        entry = [Entry("targets", "targets[]", "Targets",
                       [{"target_judgement": "not_on_track"}], True, None),
                 Entry("all_on_track", "progress.all_on_track", "All?", "yes", True, None)]
        known = work.domain.known(work.session, newest, work.today)

        with pytest.raises(AnswersInvalid) as refused:
            work.domain.save(work, newest, entry, known, final=True)

    assert refused.value.errors == {"all_on_track": "Choose “No”: a target above is not on track"}


def test_the_next_review_begins_with_its_first_answer_from_the_last_record(small_council):
    case = small_council.start()
    case.to_signatures()
    case.do("sign_off_teacher", "tara")
    case.do("sign_off_social_worker", "wilma")
    case.do("assure_quality", "vera", quality_rating="green")
    case.do("hold_first_review", "rob", review_held_on="2026-03-25")
    following = case.next()
    assert versions(following) == []

    begin(following)

    with small_council.by("vera").begin(writing=False) as work:
        review = review_of(work.session, following.id)
        kept = kept_values(work.session, case.child_id)
    assert (review.number, review.limit_on) == (2, date(2026, 6, 25))
    assert [version.reason for version in versions(following)] == ["Next review"]
    assert {version.state for version in versions(case)} == {VersionState.SIGNED}
    assert "leisure.interests" in kept
    assert [path for path in kept if path.startswith(("signoff.", "quality.", "review."))] == [
        "review.planned_on"]


def test_what_is_done_after_the_review_stands_with_its_own_plan(small_council):
    """The copies and the money are decided when the next review's case is open already."""
    case = small_council.start()
    case.to_signatures()
    to_the_next_case(case)
    case.do("distribute_copies", "wilma", filed_on="2026-03-25")

    number, shown = shown_on_plan(small_council, case.child_id)

    assert (number, shown["review.filed_on"]) == (2, "25 March 2026")
    assert shown["review.progress"]
    begin(case.next())
    number, shown = shown_on_plan(small_council, case.child_id)
    assert number == 3
    assert not [path for path in shown if path.startswith("review.") and path !=
                "review.planned_on"]
    assert shown_on_plan(small_council, case.child_id, 2)[1]["review.filed_on"] == "25 March 2026"


def test_before_its_first_answer_a_review_shows_what_it_is_carried_over(small_council):
    case = small_council.start()
    case.to_signatures()
    to_the_next_case(case)
    small_council.move_to("2026-06-01")
    following = case.next()
    task = following.open()["confirm_review_date"]

    asked = task_form(small_council.by("rob"), task.id)

    assert versions(following) == []
    assert not [kept for kept in asked.kept.values() if kept.path.startswith("review.")]
    following.do("confirm_review_date", "rob")
    social_work = following.open()["update_social_work_sections"]
    leisure = {kept.path: kept.value
               for kept in task_form(small_council.by("wilma"), social_work.id).kept.values()}
    assert leisure["leisure.interests"]


def test_the_last_case_still_answers_for_itself_when_the_next_review_has_begun(small_council):
    """A plan that came late: why is written when the next review is under way."""
    case = small_council.start()
    small_council.move_to("2026-04-20")
    case.to_signatures()
    to_the_next_case(case)
    case.do("distribute_copies", "wilma")
    following = case.next()
    begin(following)
    before = shown_on_plan(small_council, case.child_id)

    case.do("explain_delay", "mona", delay_reason="The school was closed")

    told = prepared(small_council.by("vera"), case.id, lambda field_class: True)
    assert told.reason == "The school was closed"
    assert versions(case)[-1].number == 4
    assert shown_on_plan(small_council, case.child_id) == before
    assert one_record(small_council.by("vera"), case.child_id).number == 3
    [record] = list_records(small_council.by("vera"), limit=10)
    assert record.number == 3
    begin(following)
    assert [version.number for version in versions(following)] == [3]


def test_a_draft_keeps_what_was_typed_in_a_row_that_asks_it_no_longer(small_council):
    """Why not in full? Then it is found that it was; then, after all, that it was not."""
    case = small_council.start()
    case.to_signatures()
    to_the_next_case(case)
    small_council.move_to("2026-06-01")
    review = case.next()
    review.do("confirm_review_date", "rob")
    review.do("collect_progress", "tara")
    tara, task = small_council.by("tara"), review.open()["judge_progress"]
    rows = [{**row, "delivery": "part", "undelivered_reason": "The tutor was ill",
             "effect": "yes", "evidence": "Reads more"}
            for row in task_form(tara, task.id).kept["interventions"].value]
    save_draft(tara, task.id, {"interventions": rows})

    save_draft(tara, task.id, {"interventions": [{**row, "delivery": "full"} for row in rows]})

    kept = task_form(tara, task.id).kept["interventions"]
    assert kept.valid
    assert {row["undelivered_reason"] for row in kept.value} == {"The tutor was ill"}
    save_draft(tara, task.id, {"interventions": [
        {**row, "delivery": "full", "undelivered_reason": "x" * 30_000} for row in rows]})
    kept = task_form(tara, task.id).kept["interventions"]
    assert {len(row["undelivered_reason"]) for row in kept.value} == {30_000}
    review.do("judge_progress", "tara", interventions=[
        {**row, "delivery": "full"} for row in rows])
    with small_council.by("vera").begin(writing=False) as work:
        done = kept_values(work.session, case.child_id)["interventions[]"].value
    assert done
    assert not any("undelivered_reason" in row for row in done)


def test_a_reason_that_was_being_written_when_the_plan_was_in_force_is_told(small_council):
    case = small_council.start()
    small_council.move_to("2026-04-20")
    case.to_signatures()
    to_the_next_case(case)
    mona = small_council.by("mona")
    save_draft(mona, case.open()["explain_delay"].id, {"delay_reason": "The school was closed"})
    case.do("decide_pupil_premium", "vera")

    case.do("distribute_copies", "wilma")

    assert case.open() == {}
    told = prepared(small_council.by("vera"), case.id, lambda field_class: True)
    assert (told.late, told.asked, told.reason) == (True, False, "The school was closed")


@pytest.mark.parametrize("store", ["postgresql"])
def test_what_is_answered_as_the_next_review_begins_is_in_the_plan_that_it_ends(small_council):
    """The two people do not wait for each other's case; SQLite lets only one of them write."""
    case = small_council.start()
    case.to_signatures()
    to_the_next_case(case)
    small_council.move_to("2026-06-01")
    following = case.next()
    answered, begun = Event(), Event()

    def the_last_plan_is_filed():
        with small_council.by("wilma").begin() as work:
            case.do("distribute_copies", work, filed_on="2026-05-29")
            work.write()
            answered.set()
            begun.wait(2)

    def the_next_review_begins():
        assert answered.wait(20)
        following.do("confirm_review_date", small_council.by("rob"))
        begun.set()

    with ThreadPoolExecutor() as both:
        for each in [both.submit(the_last_plan_is_filed), both.submit(the_next_review_begins)]:
            each.result()

    last, *_ = reversed(versions(case))
    assert last.state == VersionState.SIGNED
    assert last.document["review.filed_on"] == "2026-05-29"
    assert [version.number for version in versions(following)] == [last.number + 1]
