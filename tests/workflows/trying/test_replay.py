"""Finished cases gone through a draft: which go another way, and what would be late.

Today is Wednesday 25 March 2026.
"""

import pytest
from sqlalchemy import func, select

from engine.domain import SYSTEM
from engine.drafts import open_draft, save_draft_file
from engine.store.base import Base
from engine.store.models import Audit
from workflows.pep.domain import vocabulary
from workflows.trying.beginning import council_days
from workflows.trying.drafts import compiled_folder
from workflows.trying.past_cases import past_cases
from workflows.trying.replay import OTHER, SAME, replay, replay_one

ONE_VOCABULARY = vocabulary()
on_one_store = pytest.mark.parametrize("store", ["sqlite"])
STEPS = (
    ("2026-03-26", "allocate_caseworker", "vera"),
    ("2026-04-01", "complete_social_work_sections", "wilma"),
    ("2026-04-01", "complete_education_sections", "tara"),
    ("2026-04-01", "record_child_views", "tara"),
    ("2026-04-01", "record_carer_view", "wilma"),
    ("2026-04-01", "convene_meeting", "vera"),
    ("2026-04-07", "hold_pep_meeting", "vera"),
    ("2026-04-07", "set_targets_and_actions", "tara"),
    ("2026-04-08", "sign_off_teacher", "tara"),
    ("2026-04-08", "sign_off_social_worker", "wilma"),
)


@pytest.fixture
def council(small_council, monkeypatch):
    """Its diagrams were found to be sound in the test before."""
    monkeypatch.setattr(small_council.installation.domain, "vocabulary", ONE_VOCABULARY)
    small_council.move_to("2026-03-25")
    return small_council


def finished(council, *, returned=False, first_rating="green"):
    """A case from its beginning to its end, in all its steps in time."""
    case = council.start(family_name="Quennell")
    council.move_to("2026-03-25")
    case.do("initiate_pep", "wilma")
    for day, element, who in STEPS:
        council.move_to(day)
        case.do(element, who)
    council.move_to("2026-04-09")
    if returned:
        case.do("assure_quality", "vera", quality_rating="red")
        while "assure_quality" not in case.open():
            element = min(case.open().keys() - {"hold_first_review"})
            case.do(element, "wilma" if element == "sign_off_social_worker" else "tara")
    case.do("assure_quality", "vera", quality_rating=first_rating)
    case.do("decide_pupil_premium", "vera")
    council.move_to("2026-04-20")
    case.do("hold_first_review", "rob")
    council.move_to("2026-04-24")
    case.do("distribute_copies", "wilma")
    return case


def change_draft(council, old, new):
    by, path = council.by("olga"), "initial-pep.bpmn"
    draft = open_draft(by, "initial-pep")
    assert old in draft.files[path]
    save_draft_file(by, "initial-pep", path, draft.files[path].replace(old, new), draft.version)


@on_one_store
def test_a_draft_that_changes_nothing_leads_every_case_the_same_way(council):
    finished(council)

    found = replay(council.by("olga"), "initial-pep")

    assert [each.verdict for each in found.cases] == [SAME]
    assert (found.finished, found.late, found.ways) == (1, 0, [])


@on_one_store
def test_a_changed_condition_leads_elsewhere_and_the_place_is_named(council):
    finished(council, first_rating="amber")
    change_draft(council, b'>quality_rating == "red"<', b'>quality_rating != "green"<')

    found = replay(council.by("olga"), "initial-pep")

    [case] = found.cases
    assert case.verdict == OTHER
    assert case.sentence == (
        "On Thu 9 Apr 2026, after “Assure the plan's quality”, release 1 went on to “Decide on "
        "pupil premium plus” and “Pass the plan on”; the draft goes on to “Sign as social worker” "
        "and “Sign as designated teacher”."
    )
    assert found.ways == [(
        "After “Assure the plan's quality” release 1 went on to “Decide on pupil premium plus” and "
        "“Pass the plan on”; the draft goes on to “Sign as social worker” and “Sign as designated "
        "teacher”.", 1,
    )]


@on_one_store
def test_a_shorter_deadline_says_what_would_have_been_late(council):
    finished(council)
    change_draft(council, b'pepway:due="later_of(working_days(plan_due, -2), '
                 b'working_days(started_on, 1))" pepway:source="S6, S7',
                 b'pepway:due="working_days(plan_due, -5)" pepway:source="S6, S7')

    [case] = replay(council.by("olga"), "initial-pep").cases

    assert [(late.step, late.days) for late in case.late] == [("Set targets and actions", 2)]
    assert case.sentence == ("In release 1 “Set targets and actions” was due on Wed 8 Apr 2026; in "
                             "the draft it is due on Wed 1 Apr 2026.")


@on_one_store
def test_an_answer_that_was_given_again_is_told_from_the_way_the_case_took(council):
    """Red, then green: on record is only the last."""
    finished(council, returned=True)
    by = council.by("olga")
    own = compiled_folder(open_draft(by, "initial-pep").files, "initial-pep")
    [case] = past_cases(by, "initial-pep", own, 10).cases

    assert replay_one(case, own, "release 1", own, council_days(by)).verdict == SAME


def test_nothing_of_the_child_and_no_word_of_anybody_is_read(council):
    finished(council)
    by = council.by("olga")
    own = compiled_folder(open_draft(by, "initial-pep").files, "initial-pep")

    [case] = past_cases(by, "initial-pep", own, 10).cases

    said = repr(case)
    for words in ("Quennell", "Robin", "Wilma", "foster carers", "reading", "CP-"):
        assert words not in said


def test_it_changes_nothing_and_the_audit_says_who_did_it(council):
    finished(council)
    before = rows(council)

    replay(council.by("olga"), "initial-pep")

    assert rows(council) == before
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        [row] = work.session.scalars(select(Audit).where(Audit.action == "replay_cases"))
    assert (row.about, row.data, row.child_id) == ("procedure:initial-pep", {"cases": 1}, None)


def rows(council):
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        return {name: work.session.scalar(select(func.count()).select_from(table))
                for name, table in Base.metadata.tables.items() if name != "audit"}
