"""The record: drafts, conflicts about values, signatures, versions that never change."""

from datetime import date

import pytest

from engine.errors import AnswersInvalid, ValuesChanged
from engine.forms.answers import Entry
from engine.store.models import Case
from engine.tasks import save_draft, task_form
from workflows.pep.changes.command import put_on_record
from workflows.pep.plan import (
    VersionState,
    kept_values,
    latest_version,
    versions_of_case,
)
from workflows.pep.reviews import review_of


def to_signatures(case):
    for element, name in (
        ("initiate_pep", "wilma"), ("allocate_caseworker", "vera"),
        ("complete_social_work_sections", "wilma"), ("complete_education_sections", "tara"),
        ("record_child_views", "tara"), ("record_carer_view", "wilma"),
        ("convene_meeting", "vera"), ("hold_pep_meeting", "vera"),
        ("set_targets_and_actions", "tara"),
    ):
        case.do(element, name)


def versions(case):
    with case.council.by("vera").begin(writing=False) as work:
        return versions_of_case(work.session, case.id)


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
    to_signatures(case)
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


def test_a_signed_version_does_not_change_when_the_review_is_recorded(small_council):
    case = small_council.start()
    to_signatures(case)
    case.do("sign_off_teacher", "tara")
    case.do("sign_off_social_worker", "wilma")
    case.do("assure_quality", "vera", quality_rating="green")
    before = dict(versions(case)[0].document)

    case.do("hold_first_review", "rob")

    signed, changed = versions(case)
    assert (signed.state, signed.document) == (VersionState.SIGNED, before)
    assert changed.document["review.progress"]
    assert "review.progress" not in before


def test_each_review_judges_the_targets_anew(small_council):
    """The rows are carried into the next plan, the judgements of the last cycle are not."""
    case = small_council.start()
    to_signatures(case)
    target = {"id": "a", "horizon": "short", "target_text": "Read a book"}
    judged = {**target, "target_judgement": "achieved", "target_evidence": "She read it"}
    with small_council.by("vera").begin() as work:
        put_on_record(work, work.session.get_one(Case, case.id), "targets[]", [judged])
    to_the_next_case(case)

    signed, *_ = versions(case)
    with small_council.by("vera").begin(writing=False) as work:
        carried = kept_values(work.session, case.child_id)["targets[]"].value

    assert signed.document["targets[]"] == [judged]
    assert carried == [target]


def to_the_next_case(case):
    case.do("sign_off_teacher", "tara")
    case.do("sign_off_social_worker", "wilma")
    case.do("assure_quality", "vera", quality_rating="green")
    case.do("hold_first_review", "rob")


def test_a_plan_with_a_target_off_track_cannot_say_that_all_are_on_track(small_council):
    case = small_council.start()
    to_signatures(case)
    to_the_next_case(case)
    with small_council.by("vera").begin(writing=False) as work:
        newest = work.session.get_one(Case, latest_version(work.session, case.child_id).case_id)
        entry = [Entry("targets", "targets[]", "Targets",
                       [{"target_judgement": "not_on_track"}], True, None),
                 Entry("all_on_track", "progress.all_on_track", "All?", "yes", True, None)]
        known = work.domain.known(work.session, newest, work.today)

        with pytest.raises(AnswersInvalid) as refused:
            work.domain.save(work, newest, entry, known, final=True)

    assert refused.value.errors == {"all_on_track": "Choose “No”: a target above is not on track"}


def test_the_next_review_begins_at_once_from_the_last_signed_record(small_council):
    case = small_council.start()
    to_signatures(case)
    case.do("sign_off_teacher", "tara")
    case.do("sign_off_social_worker", "wilma")
    case.do("assure_quality", "vera", quality_rating="green")
    case.do("hold_first_review", "rob", review_held_on="2026-03-25")

    with small_council.by("vera").begin(writing=False) as work:
        newest = latest_version(work.session, case.child_id)
        review = review_of(work.session, newest.case_id)
        kept = kept_values(work.session, case.child_id)

    assert newest.case_id != case.id
    assert (review.number, review.limit_on) == (2, date(2026, 6, 25))
    assert "leisure.interests" in kept
    assert not [path for path in kept if path.startswith(("signoff.", "quality.", "views."))]
